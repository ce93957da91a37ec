export interface RunsTable {
  run_id: string;
  namespace: string;
  agent: string;
  first_run_id: string;
  previous_run_id: string | null;
  definition: string | null;
  status: string;
  started_at: string;
  closed_at: string;
  turn: number | null;
  events: number;
  encoding: string;
  bytes: number;
  stored_bytes: number;
  sha256: string;
  history: Uint8Array;
}

interface SweepsTable {
  namespace: string;
  task_queue: string;
  swept_to: string;
  at: string;
}

interface TroublesTable {
  run_id: string;
  namespace: string;
  agent: string;
  history_bytes: number;
  since: string;
  attempts: number;
  next_at: string | null;
  reason: string;
}

/** As the migrations make them. */
export interface ArchiveTables {
  runs: RunsTable;
  sweeps: SweepsTable;
  troubles: TroublesTable;
}
