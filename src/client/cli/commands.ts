import type { Command } from 'commander';
import { registerApprovals } from './approvals.ts';
import { registerArchive } from './archive.ts';
import { registerAudit } from './audit.ts';
import { registerCancel } from './cancel.ts';
import { registerDecisions } from './decisions.ts';
import { registerDefinitions } from './definitions.ts';
import { registerDeploy } from './deploy.ts';
import { registerDoctor } from './doctor.ts';
import { registerList } from './list.ts';
import { registerMemory } from './memory.ts';
import { registerMessages } from './messages.ts';
import { registerOversight } from './oversight.ts';
import { registerReplay } from './replay.ts';
import { registerSchedule } from './schedule.ts';
import type { Run } from './session.ts';
import { registerShow } from './show.ts';
import { registerStart } from './start.ts';
import { registerToken } from './token.ts';
import { registerTranscript } from './transcript.ts';
import { registerWatch } from './watch.ts';

/** Every command, in the order in which help lists them: a life of an agent. */
export function registerAll(program: Command, run: Run): void {
  registerStart(program, run);
  registerList(program, run);
  registerShow(program, run);
  registerWatch(program, run);
  registerTranscript(program, run);
  registerApprovals(program, run);
  registerDecisions(program, run);
  registerOversight(program, run);
  registerMessages(program, run);
  registerCancel(program, run);
  registerAudit(program, run);
  registerArchive(program, run);
  registerMemory(program, run);
  registerToken(program, run);
  registerSchedule(program, run);
  registerDefinitions(program, run);
  registerDeploy(program, run);
  registerReplay(program, run);
  registerDoctor(program, run);
}
