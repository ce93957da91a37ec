/**
 * Changes of what an agent does that histories recorded before them do not know. The workflow answers with `patched`,
 * whoever reads a history by its marker. Asked only where it matters, because the first time costs a marker.
 */
export interface Changes {
  /**
   * A lost call is reconciled, and one whose tool can't work now waits for it; before, a person was asked or the model told at
   * once. Can go, and `asksAtOnce` with it, when no agent has a run open that began before version 0.2.
   */
  readonly toolWaits: () => boolean;
  /**
   * The definition is read as a local activity, within the first workflow task. Can go, with the other activity, when no
   * agent has a run open that began before version 0.2.
   */
  readonly localLoad: () => boolean;
  /**
   * A reset is an event of the agent's, so that what Temporal tells once more counts as such. Can go when no agent has a run
   * open that was reset before version 0.3.
   */
  readonly resets: () => boolean;
  /**
   * What follows from a local step has the time of the workflow task that began it, which is the same on replay; before, it had that of
   * the step's end, or a later one if the workflow heard of it late. Its marker stands for `localLoad` as well. Can go when no agent has a
   * run open that began before version 0.3.
   */
  readonly stepTimes: () => boolean;
  /**
   * The run goes by the rules of edition 2 (`Definition.edition`); before, whoever loaded the definition or ended the run before said by
   * which. Its marker stands for `stepTimes` as well. Can go when no agent has a run open that began before version 0.3.
   */
  readonly edition: () => boolean;
  /**
   * A workflow that Temporal starts once more by itself is refused, by a cron schedule or a retry policy: it would be a new agent under
   * the keys and approval ids of the one before. Can go when no agent has a run open that began so before version 0.3.
   */
  readonly oneLife: () => boolean;
}

/** The names of their markers. */
export const changeNames = {
  toolWaits: 'tool-waits',
  localLoad: 'local-load',
  resets: 'resets',
  stepTimes: 'step-times',
  edition: 'edition-2',
  oneLife: 'one-life',
} as const satisfies Record<keyof Changes, string>;

/** `isMade`: whether an agent makes the change of a name. */
export function changesBy(isMade: (name: string) => boolean): Changes {
  const edition = (): boolean => isMade(changeNames.edition);
  const stepTimes = (): boolean => edition() || isMade(changeNames.stepTimes);
  return {
    toolWaits: () => isMade(changeNames.toolWaits),
    localLoad: () => stepTimes() || isMade(changeNames.localLoad),
    resets: () => isMade(changeNames.resets),
    stepTimes,
    edition,
    oneLife: () => isMade(changeNames.oneLife),
  };
}
