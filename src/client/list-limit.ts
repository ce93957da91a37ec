/** A list is for a person or a script that asks again with a filter; beyond this, pages would be needed. */
export const MAX_LISTED = 1_000;
