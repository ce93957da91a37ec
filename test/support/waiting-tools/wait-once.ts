import type { AnyTool } from '../../../src/tools/define-tool.ts';
import type { ToolKit } from '../../../src/tools/kit.ts';
import { waitingTool } from './wait-for.ts';

export default (kit: ToolKit): AnyTool => waitingTool(kit, 'wait_once', 'once');
