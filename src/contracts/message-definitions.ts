import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AgentMessageName } from './messages.ts';
import type { ContextPage, StatusDocument, TranscriptPage, TransitionsPage } from './status.ts';
import type { AgentState } from './state.ts';

/** Payloads are `unknown` on purpose: whoever sends them may be a person at a command line; the handler parses. */
export const messageSignal = (name: AgentMessageName) => defineSignal<[unknown]>(name);
export const messageUpdate = (name: AgentMessageName) => defineUpdate<StatusDocument, [unknown]>(name);

export const statusQuery = defineQuery<StatusDocument>('status');
export const transcriptQuery = defineQuery<TranscriptPage, [unknown]>('transcript');
export const transitionsQuery = defineQuery<TransitionsPage, [unknown]>('transitions');
export const stateAtQuery = defineQuery<AgentState, [unknown]>('stateAt');
/** For workers: the context of the next model call, in pages. */
export const contextQuery = defineQuery<ContextPage, [unknown]>('workerContext');

/** Type name and default task queues; people type the first two on command lines. */
export const AGENT_WORKFLOW_TYPE = 'persistentAgent';
