/**
 * Loaded once for each worker thread, before the first agent. The SDK takes a stack for every promise and looks up each of its
 * frames in the source map; with the usual ten frames that is a good part of what a turn costs. The nearest frames
 * say where an error was thrown.
 */
Object.assign(Error, { stackTraceLimit: 4 });
