import { agentOperations } from './agents.ts';
import { lookingBackOperations } from './looking-back.ts';
import { auditOperations } from './audit.ts';
import { definitionOperations } from './definitions.ts';
import { meOperations } from './me.ts';
import { messageOperations } from './messages.ts';
import { overviewOperations } from './overview.ts';
import { scheduleOperations } from './schedules.ts';
import { timeTravelOperations } from './time-travel.ts';
import type { Operation } from './operation.ts';
import { readingOperations } from './reading.ts';

/** Everything that is answered with one JSON document. Routes and the OpenAPI document both come from it. */
export const operations: readonly Operation[] = [
  ...meOperations,
  ...agentOperations,
  ...readingOperations,
  ...lookingBackOperations,
  ...messageOperations,
  ...timeTravelOperations,
  ...definitionOperations,
  ...overviewOperations,
  ...scheduleOperations,
  ...auditOperations,
];
