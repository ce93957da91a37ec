import type { MemoryStore } from '../../src/storage/memories.ts';
import { openMemories } from '../../src/storage/sqlite-memories.ts';
import { ToolUnavailable } from '../../src/tools/define-tool.ts';

/** Memories as a worker opens them. */
export function memoriesIn(file = ':memory:'): MemoryStore {
  return openMemories(file, (message, cause) => new ToolUnavailable(message, { cause }));
}
