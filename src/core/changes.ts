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
}

/** The names of their markers. */
export const changeNames = {
  toolWaits: 'tool-waits',
  localLoad: 'local-load',
  resets: 'resets',
  stepTimes: 'step-times',
} as const satisfies Record<keyof Changes, string>;
