import type { Step } from './evidence.ts';
import type { Effect } from './owner.ts';

/** A message as its sender knows it. `unknown`: no answer ever came, and the sender gave up. */
export interface SentMessage {
  readonly id: string;
  readonly by: string;
  /** Counts the messages of one sender, who sends the next one only when the one before was accepted. */
  readonly number: number;
  readonly answer: 'accepted' | 'refused' | 'unknown';
  /** Why it was refused. */
  readonly why?: string;
}

/** A decision as its sender knows it. */
export interface SentDecision {
  readonly approval: string;
  readonly decision: string;
  readonly by: string;
  readonly answer: 'accepted' | 'refused' | 'unknown';
}

/** An approval that people have seen. */
export interface SeenApproval {
  readonly id: string;
  readonly subject: string;
  readonly tool: string;
  readonly item: string | undefined;
}

/** A call as the model was told of it. */
export interface ToldCall {
  readonly callId: string;
  readonly item: string | undefined;
  readonly ok: boolean;
  /** A person said how it ended; the tool did not. */
  readonly byPerson: boolean;
  readonly errorType: string | undefined;
}

/** All that is known of an agent when the dust has settled. */
export interface AgentEvidence {
  readonly agent: string;
  readonly status: string;
  /** Kinds of its interruptions, if it waits. */
  readonly waitsFor: readonly string[];
  readonly steps: readonly Step[];
  /** Ids of the calls that its life asked for. */
  readonly planned: readonly string[];
  /** Ids of all calls in its transcript, in order. */
  readonly asked: readonly string[];
  readonly told: readonly ToldCall[];
  readonly effects: readonly Effect[];
  /** Ids of the messages that its model was told, in order. */
  readonly heard: readonly string[];
  readonly messages: readonly SentMessage[];
  /** Decisions that the agent's own log says it followed. */
  readonly followed: readonly { readonly approval: string; readonly decision: string }[];
  readonly decisions: readonly SentDecision[];
  readonly approvals: readonly SeenApproval[];
}

/** Everything about an agent that must not be; empty when it has survived. Each sentence names what was seen. */
export function violationsOf(evidence: AgentEvidence): string[] {
  return [
    ...stuck(evidence),
    ...repeatedSteps(evidence),
    ...wrongConversation(evidence),
    ...wrongEffects(evidence),
    ...dishonestUnknowns(evidence),
    ...wrongMessages(evidence),
    ...wrongDecisions(evidence),
  ].map((violation) => `${evidence.agent}: ${violation}`);
}

/** People of the suite answer every question and send every event, so in the end nothing is left to wait for. */
function stuck({ status, waitsFor }: AgentEvidence): string[] {
  if (status === 'completed') return [];
  const what = waitsFor.length === 0 ? 'and does not say what it waits for' : `for ${waitsFor.join(', ')}`;
  return [`did not end: it is ${status} ${what}`];
}

/** A step that has ended never runs again; one that was lost does only where its kind allows it or a person said so. */
function repeatedSteps({ steps, approvals, followed }: AgentEvidence): string[] {
  // A tool is asked what became of a call each time that the call is lost, and an agent below is looked at by each new run.
  const own = steps.filter(({ name }) => !name.startsWith('reconcileTool') && name !== 'lookAtAgent');
  return own.flatMap(({ name, item, key, asked }) => {
    const found: string[] = [];
    const completed = asked.filter(({ ended }) => ended === 'completed').length;
    if (completed > 1) found.push(`step ${name} was completed ${completed} times`);
    const firstEnd = asked.findIndex(({ ended }) => ended === 'completed');
    if (firstEnd >= 0 && firstEnd < asked.length - 1)
      found.push(`step ${name} was asked for again after it had ended`);
    const again = asked.filter(({ ended }) => ended !== 'moot').length - 1;
    const leave = runAgain(item, { approvals, followed }) + saidNotDone(key, steps);
    if (name.startsWith('runTool') && again > leave)
      found.push(`step ${name} was asked for ${again + 1} times, people or its tool said so ${leave} times`);
    return found;
  });
}

/** How often people answered the question after an unknown outcome with "it was not done: run it". */
function runAgain(
  item: string | undefined,
  { approvals, followed }: Pick<AgentEvidence, 'approvals' | 'followed'>,
): number {
  const questions = approvals.filter((asked) => asked.subject === 'unknown_outcome' && asked.item === item);
  return followed.filter(
    ({ approval, decision }) => decision === 'approve' && questions.some(({ id }) => id === approval),
  ).length;
}

/** How often the call's own tool found out that it had not been done. */
function saidNotDone(key: string | undefined, steps: readonly Step[]): number {
  return steps
    .filter((step) => step.name.startsWith('reconcileTool') && step.key === key)
    .flatMap(({ asked }) => asked)
    .filter(({ found }) => found === 'not-done').length;
}

/** Every reply entered the conversation once, in order, and every call of it got one result. */
function wrongConversation({ planned, asked, told, status }: AgentEvidence): string[] {
  const found: string[] = [];
  const lived = asked.filter((id) => planned.includes(id));
  const expected = planned.slice(0, lived.length);
  if (lived.join() !== expected.join()) found.push(`calls came as ${lived.join(' ')}, not as planned`);
  if (status === 'completed' && lived.length !== planned.length)
    found.push(`ended after ${lived.length} of ${planned.length} calls`);
  for (const id of new Set(planned)) {
    const results = told.filter(({ callId }) => callId === id).length;
    if (results > 1) found.push(`call ${id} has ${results} results`);
    if (results === 0 && status === 'completed') found.push(`call ${id} has no result`);
  }
  return found;
}

function wrongEffects({ effects, steps, told, approvals, followed }: AgentEvidence): string[] {
  const found: string[] = [];
  const claimed = new Set(steps.flatMap(({ key }) => (key === undefined ? [] : [key])));
  for (const { item, key } of effects) {
    if (!claimed.has(key)) found.push(`${item} happened under a key that was never claimed: ${key}`);
  }
  for (const item of new Set(effects.map((effect) => effect.item))) {
    const done = effects.filter((effect) => effect.item === item);
    const count = done.length;
    const keys = [...new Set(done.map(({ key }) => key))];
    const byTool = keys.reduce((sum, key) => sum + saidNotDone(key, steps), 0);
    const leave = 1 + runAgain(item, { approvals, followed }) + byTool;
    if (count > leave) found.push(`${item} happened ${count} times, there was leave for ${leave}`);
  }
  for (const { callId, item, ok, byPerson, errorType } of told) {
    if (item === undefined) continue;
    const happened = effects.some((effect) => effect.item === item);
    if (ok && !byPerson && !happened)
      found.push(`the model was told that ${item} (${callId}) was done; it was not`);
    if (errorType !== undefined && refusals.has(errorType) && happened)
      found.push(`${item} (${callId}) was refused (${errorType}) and happened all the same`);
  }
  return found;
}

/** Errors that say for certain that nothing was done. */
const refusals = new Set(['Rejected', 'Ignored', 'Expired', 'Forbidden', 'Invalid', 'NotFound']);

/** A person is asked only about an effect whose step was really lost, never about one that was recorded or only reads. */
function dishonestUnknowns({ approvals, steps }: AgentEvidence): string[] {
  return approvals.flatMap(({ id, subject, tool, item }) => {
    if (subject !== 'unknown_outcome') return [];
    if (tool === 'look') return [`${id} asks about a tool that only reads`];
    const asked = steps.filter((step) => step.item === item).flatMap((step) => step.asked);
    return asked.some(({ ended }) => ended === 'lost')
      ? []
      : [`${id} asks about ${item ?? tool}, which was never lost`];
  });
}

function wrongMessages({ heard, messages }: AgentEvidence): string[] {
  const found: string[] = [];
  for (const { id, answer, why } of messages) {
    // What the suite sends is in order, and it waits while the queue is full.
    if (why !== undefined && why !== 'Closed') found.push(`message ${id} was refused: ${why}`);
    const times = heard.filter((other) => other === id).length;
    if (times > 1) found.push(`message ${id} was heard ${times} times`);
    if (answer === 'accepted' && times === 0) found.push(`message ${id} was accepted and never heard`);
    if (answer === 'refused' && times > 0) found.push(`message ${id} was refused and heard`);
  }
  for (const sender of new Set(messages.map(({ by }) => by))) {
    const numbers = heard.flatMap(
      (id) => messages.find((sent) => sent.id === id && sent.by === sender)?.number ?? [],
    );
    if (numbers.some((number, index) => number < (numbers[index - 1] ?? 0)))
      found.push(`messages of ${sender} were heard in the order ${numbers.join(' ')}`);
  }
  for (const id of heard) {
    if (!messages.some((sent) => sent.id === id)) found.push(`message ${id} was heard and never sent`);
  }
  return found;
}

/** Each question is answered once; who was told that their decision counts was told the truth. */
function wrongDecisions({ followed, decisions, approvals }: AgentEvidence): string[] {
  const found: string[] = [];
  for (const { id } of approvals) {
    const answers = followed.filter(({ approval }) => approval === id);
    if (answers.length > 1) found.push(`approval ${id} was decided ${answers.length} times`);
    if (answers.length === 0) found.push(`approval ${id} was never decided`);
    for (const { decision, by, answer } of decisions.filter(({ approval }) => approval === id)) {
      if (answer === 'accepted' && decision !== answers[0]?.decision)
        found.push(
          `${by} was told that ${decision} counts for ${id}; the agent followed ${answers[0]?.decision ?? 'none'}`,
        );
    }
  }
  for (const { approval } of followed) {
    if (!approvals.some(({ id }) => id === approval))
      found.push(`a decision for ${approval} counted, which was never asked`);
  }
  return found;
}
