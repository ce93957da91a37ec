import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';

/** More than any definition may have, so that whoever parses it says so; not so much that a disk image is read whole. */
const MAX_READ_BYTES = 200_000;

/**
 * What stands in a file of the folder of definitions, or at least its beginning. Fails with a `code` as Node's own functions do,
 * `EISDIR` for whatever is no regular file: a named pipe would hold up who reads it for ever.
 */
export async function readDefinitionText(folder: string, fileName: string): Promise<string> {
  const file = await open(join(folder, fileName), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile())
      throw Object.assign(new Error(`${fileName} is not a regular file`), { code: 'EISDIR' });
    // One byte more, so that the end shows; a file that says nothing of its size is read in the largest piece.
    const buffer = Buffer.allocUnsafe(
      stat.size === 0 ? MAX_READ_BYTES : Math.min(stat.size + 1, MAX_READ_BYTES),
    );
    let size = 0;
    for (let read = -1; read !== 0 && size < buffer.length; size += read)
      ({ bytesRead: read } = await file.read(buffer, size, buffer.length - size, size));
    return buffer.toString('utf8', 0, size);
  } finally {
    await file.close();
  }
}

/** The code of what was thrown, for people: where a file lies is said beside it. */
export function fileErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown problem';
}
