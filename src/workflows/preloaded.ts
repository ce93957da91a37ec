/**
 * Evaluated once for each worker thread, before the first agent: what every agent needs and none changes. Only libraries
 * without a state of their own may stand here; the sandbox freezes what they export, which zod's schemas do not survive.
 */
import '@marcbachmann/cel-js';
import '@noble/hashes/sha2.js';
import '@noble/hashes/utils.js';

/**
 * The SDK takes a stack for every promise, and looks up each of its frames in the source map: with the usual ten frames that
 * is a tenth of what a turn costs the worker. The nearest ones say where an error was thrown.
 */
Error.stackTraceLimit = 4;
