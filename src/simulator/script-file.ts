import { readFile } from 'node:fs/promises';
import { Script } from './script.ts';

/** Reads the steps of a script; throws one line that names the file and what is wrong. */
export async function readScript(path: string): Promise<Script> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`The script ${path} can't be read: ${String(error)}`, { cause: error });
  }
  const script = Script.safeParse(json);
  if (script.success) return script.data;
  const issue = script.error.issues[0];
  throw new Error(
    `The script ${path} is wrong at step [${issue?.path.join('.') ?? ''}]: ${issue?.message ?? ''}`,
  );
}
