import { SetupError } from './setup-error.ts';

/** Does what writes to a folder of the data. What the system has against it is for whoever chose the folder to mend. */
export function writing<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new SetupError(
      `${path} can't be written (${error.message}): let this user write there, or set PERDURE_DATA_DIR to another folder.`,
    );
  }
}

/** An answer of the file system, or SQLite's to one. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error && ('syscall' in error || ('code' in error && error.code === 'ERR_SQLITE_ERROR'))
  );
}
