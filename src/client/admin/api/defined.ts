type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Without the fields that were not given: a parsed object may have them as undefined. */
export function defined<Value extends object>(value: Value): Defined<Value> {
  // What is left has no undefined in it, which TypeScript can't see through the filter.
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<Value>;
}
