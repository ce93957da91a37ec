export { archiveRuns } from './archive-runs.ts';
export { messageAgent } from './message-agent.ts';
export { notify } from './notify.ts';
export { persistentAgent } from './persistent-agent.ts';
