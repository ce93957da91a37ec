export { persistentAgent } from './persistent-agent.ts';
