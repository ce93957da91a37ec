import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** With it an admin server vouches for who is signed in; whoever can read it can say so of anybody. */
const keyFileName = 'admin-key.pem';
/** Only its owner may read it. */
const OWNER_ONLY = 0o600;

export interface AdminKey {
  /** Ed25519, hexadecimal. */
  readonly publicKey: string;
  /** Of the text as UTF-8, hexadecimal. */
  readonly sign: (text: string) => string;
}

/** The key of a data folder, which is made if there is none: whichever process comes first does it. Throws what the file system does. */
export function adminKeyIn(dataDir: string): AdminKey {
  const file = join(dataDir, keyFileName);
  const key = createPrivateKey(readKey(file) ?? makeKey(file));
  return {
    publicKey: publicKeyOf(key),
    sign: (text) => sign(null, Buffer.from(text), key).toString('hex'),
  };
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written whole beside its place first, so that nobody reads a half; the first of several wins. */
function makeKey(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, pem, { mode: OWNER_ONLY });
    linkSync(draft, file);
    return pem;
  } catch (error) {
    const theirs = readKey(file);
    if (theirs === undefined) throw error;
    return theirs;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The last 32 bytes of the structure that holds it. */
function publicKeyOf(key: KeyObject): string {
  const RAW_BYTES = 32;
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-RAW_BYTES).toString('hex');
}
