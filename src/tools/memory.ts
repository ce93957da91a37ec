import * as z from 'zod';
import { maxLabelChars } from '../storage/memories.ts';
import { type AgentMemory, type RunContext, ToolError } from './define-tool.ts';

export const Label = z.string().trim().min(1).max(maxLabelChars);

/** The memory that a call may reach. An agent that began before its worker knew of memories has none. */
export function memoryIn({ memory }: RunContext): AgentMemory {
  if (memory !== undefined) return memory;
  throw new ToolError('Conflict', 'this agent has no memory; an agent that starts now has one');
}
