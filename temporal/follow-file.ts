import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

const pollIntervalMs = 200;
const bytesPerRead = 65_536;

/** Copies what is appended to a file from now on. The returned function copies the rest and ends it. */
export function followFile(path: string, write: (text: Buffer) => void): () => void {
  let offset = existsSync(path) ? statSync(path).size : 0;
  const copy = (): void => {
    if (!existsSync(path)) return;
    const file = openSync(path, 'r');
    const buffer = Buffer.alloc(bytesPerRead);
    for (let read = readSync(file, buffer, 0, bytesPerRead, offset); read > 0;) {
      offset += read;
      write(Buffer.from(buffer.subarray(0, read)));
      read = readSync(file, buffer, 0, bytesPerRead, offset);
    }
    closeSync(file);
  };
  const timer = setInterval(copy, pollIntervalMs);
  return () => {
    clearInterval(timer);
    copy();
  };
}
