import type { ApprovalView } from '../../../contracts/status.ts';
import type { DecisionKind } from '../../../contracts/messages.ts';

type Subject = ApprovalView['subject'];

interface Words {
  readonly button: string;
  readonly done: string;
  /** What follows when it is confirmed. */
  readonly effect: string;
}

/** What each decision is called and does, for each kind of question. */
export function decisionWords(decision: DecisionKind, subject: Subject): Words {
  if (subject === 'budget') return budgetWords(decision);
  switch (decision) {
    case 'approve':
      if (subject === 'suggestion')
        return {
          button: 'Let the agent do it',
          done: 'left to the agent',
          effect: 'The agent does it now, with exactly the arguments above.',
        };
      return subject === 'unknown_outcome'
        ? {
            button: 'Run it',
            done: 'run again',
            effect: 'It was not done: the call runs now, with the same key.',
          }
        : {
            button: 'Approve',
            done: 'approved',
            effect: 'The call runs once, with exactly the arguments above.',
          };
    case 'edit':
      return {
        button: 'Edit & approve',
        done: 'edited and approved',
        effect: 'The call is judged again with your arguments, and runs if the rules let it.',
      };
    case 'reject':
      return subject === 'unknown_outcome'
        ? {
            button: 'Give up',
            done: 'given up',
            effect: 'The call does not run again. The agent is told why.',
          }
        : { button: 'Reject', done: 'rejected', effect: 'The call does not run. The agent is told why.' };
    case 'respond':
      return respondWords(subject);
    case 'ignore':
      return { button: 'Ignore', done: 'ignored', effect: 'The agent goes on without an answer.' };
  }
}

function budgetWords(decision: DecisionKind): Words {
  switch (decision) {
    case 'edit':
      return {
        button: 'Edit & extend',
        done: 'edited and extended',
        effect: 'The agent goes on with what you add.',
      };
    case 'reject':
      return { button: 'Reject', done: 'rejected', effect: 'The agent ends as failed.' };
    default:
      return {
        button: 'Extend',
        done: 'extended',
        effect: 'The agent goes on with the budget that is proposed.',
      };
  }
}

function respondWords(subject: Subject): Words {
  switch (subject) {
    case 'question':
      return { button: 'Answer', done: 'answered', effect: 'The agent gets your answer.' };
    case 'suggestion':
      return {
        button: 'Report it done',
        done: 'done by hand',
        effect: 'You have done it. The agent takes this as the result.',
      };
    case 'unknown_outcome':
      return {
        button: 'It was done',
        done: 'found done',
        effect: 'The agent takes this as the result; the call does not run again.',
      };
    case 'tool':
    case 'budget':
      return {
        button: 'Respond',
        done: 'answered instead',
        effect: 'The call does not run. The agent gets your words as its result.',
      };
  }
}

/** What happens if nobody decides in time. */
export function deadlineWords(outcome: string | undefined): string {
  switch (outcome) {
    case 'reject':
      return 'then it is rejected';
    case 'ignore':
      return 'then the agent goes on without an answer';
    case 'end':
      return 'then the agent ends';
    case 'ask':
      return 'then it is asked on';
    default:
      return '';
  }
}
