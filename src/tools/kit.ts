import * as z from 'zod';
import { type AnyTool, defineTool, RateLimited, ToolError, ToolUnavailable } from './define-tool.ts';

/**
 * What a tool module outside of this package is handed, so that its folder needs no package of ours: the very classes
 * that the worker tells apart, and the zod that reads its schemas.
 */
export const toolKit = { defineTool, z, ToolError, ToolUnavailable, RateLimited } as const;
export type ToolKit = typeof toolKit;

/** The default export of a module in `PERDURE_TOOLS_DIR`. */
export type ToolModule = (kit: ToolKit) => AnyTool | Promise<AnyTool>;
