/** Parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535. */
const MAX_IDS = 1_000;

/** Ids in parts, each of which a statement can name. */
export function slices(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / MAX_IDS);
  return Array.from({ length: count }, (_, index) => ids.slice(index * MAX_IDS, (index + 1) * MAX_IDS));
}
