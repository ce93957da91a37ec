export { archiveRun } from './archive-run.ts';
export { messageAgent } from './message-agent.ts';
export { notify } from './notify.ts';
export { persistentAgent } from './persistent-agent.ts';
