import { contextOf, put, run, temporaryFolder } from '../support.ts';

/** A package as a test wants it, in the lock file and as installed. */
export interface TestPackage {
  version: string;
  license?: unknown;
  /** As installed, if it is another one than in the lock file; null: not installed. */
  installed?: Record<string, unknown> | null;
  /** Further fields of the lock file. */
  more?: Record<string, unknown>;
}

/** Writes a repository whose `package-lock.json` and `node_modules` hold the given packages, by name or by path. */
export function putRepository(
  folder: string,
  packages: Record<string, TestPackage>,
  { direct = Object.keys(packages), at = '' }: { direct?: string[]; at?: string } = {},
): void {
  const dependencies = Object.fromEntries(direct.map((name) => [name, '*']));
  const locked = Object.entries(packages).map(([name, { version, license, more }]) => [
    pathOf(name),
    { version, ...(license === undefined ? {} : { license }), ...more },
  ]);
  put(
    folder,
    `${at}package-lock.json`,
    JSON.stringify({
      lockfileVersion: 3,
      packages: Object.fromEntries([['', { name: 'tested', dependencies }], ...locked]) as object,
    }),
  );
  for (const [name, { version, license, installed }] of Object.entries(packages)) {
    if (installed === null) continue;
    const manifest = { name, version, ...(license === undefined ? {} : { license }), ...installed };
    put(folder, `${at}${pathOf(name)}/package.json`, JSON.stringify(manifest));
  }
}

function pathOf(name: string): string {
  return name.includes('node_modules/') ? name : `node_modules/${name}`;
}

export const basics = 'licences: { allowed: [MIT, ISC] }\n';

export interface Findings {
  findings: { package: string; version: string; code: string; detail: string }[];
  total: number;
  excepted: number;
  checked: number;
  nextOffset?: number;
}

export function repository(packages: Record<string, TestPackage>, policy = basics) {
  const folder = temporaryFolder();
  putRepository(folder, packages);
  put(folder, 'policy.yaml', policy);
  return { folder, context: contextOf(folder) };
}

export async function check(packages: Record<string, TestPackage>, policy = basics): Promise<Findings> {
  return (await run(
    'check_packages',
    { policy: 'policy.yaml' },
    repository(packages, policy).context,
  )) as Findings;
}
