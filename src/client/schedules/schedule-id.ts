/** The id of the schedule that a definition's front matter has. The prefix keeps them apart from those that people make. */
export function scheduleIdOf(definition: string): string {
  return `perdure.${definition}`;
}
