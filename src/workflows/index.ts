export { messageAgent } from './message-agent.ts';
export { persistentAgent } from './persistent-agent.ts';
