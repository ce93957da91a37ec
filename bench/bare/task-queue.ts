export const bareTaskQueue = 'bare';
/** For the worker whose sticky timeout is 1 s instead of the SDK's 10 s. */
export const bareStickyTaskQueue = 'bare-sticky';
