import type { FindingCode, PackageFinding } from './finding.ts';
import { cut, type InstalledPackage, type Installation } from './installed.ts';
import { isLicenceAllowed } from './licence.ts';
import { compare, type LockedPackage } from './lock-file.ts';
import type { PackagePolicy } from './policy.ts';

/** A policy made ready for many packages. */
export interface Rules {
  readonly licences: ReadonlySet<string>;
  readonly forbidden: ReadonlyMap<string, string>;
  readonly scripts: ReadonlySet<string>;
  readonly sources: readonly string[] | undefined;
  readonly exceptions: PackagePolicy['exceptions'];
}

export function rulesOf({ licences, forbidden, installScripts, sources, exceptions }: PackagePolicy): Rules {
  return {
    licences: new Set(licences.allowed),
    forbidden: new Map(forbidden.map(({ package: name, reason }) => [name, reason])),
    scripts: new Set(installScripts.allowed),
    ...{ sources, exceptions },
  };
}

interface Found {
  readonly code: FindingCode;
  readonly detail: string;
  readonly message: string;
}

/** What the policy has against a package at one place, exceptions included. */
export function checkPackage(
  locked: LockedPackage,
  installation: Installation,
  rules: Rules,
): PackageFinding[] {
  const installed = installation.is === 'there' ? installation.installed : undefined;
  const found = [
    ...forbiddenFound(locked, rules),
    ...licenceFound(locked, installed, rules),
    ...scriptFound(locked, installed, rules),
    ...sourceFound(locked, rules),
    ...placeFound(locked, installation),
  ];
  const { name, version, direct, dev } = locked;
  return found.map(({ code, detail, message }) => ({
    ...{ package: cut(name), version, code, detail: cut(detail), message: cut(message), direct, dev },
  }));
}

/** Whether people have written into the policy that they accept it. */
export function isExcepted(finding: PackageFinding, { exceptions }: Rules): boolean {
  return exceptions.some(
    (each) =>
      each.package === finding.package &&
      each.finding === finding.code &&
      (each.version === undefined || each.version === finding.version),
  );
}

/** The same finding of the same version at several places is one. */
export function distinct(findings: readonly PackageFinding[]): PackageFinding[] {
  const byKey = new Map(
    findings.map((each) => [JSON.stringify([each.package, each.version, each.code, each.detail]), each]),
  );
  return [...byKey].sort(([one], [other]) => compare(one, other)).map(([, finding]) => finding);
}

function forbiddenFound({ name, installedAs }: LockedPackage, { forbidden }: Rules): Found[] {
  const reason = forbidden.get(name) ?? forbidden.get(installedAs);
  if (reason === undefined) return [];
  return [{ code: 'package_forbidden', detail: reason, message: `the policy forbids it: ${reason}` }];
}

function licenceFound(
  { licence: locked }: LockedPackage,
  installed: InstalledPackage | undefined,
  { licences }: Rules,
): Found[] {
  const licence = installed === undefined ? locked : installed.licence;
  const found: Found[] = [];
  if (licence === '') found.push({ code: 'licence_missing', detail: '', message: 'it names no licence' });
  else if (!isLicenceAllowed(licence, licences)) {
    const message = `its licence ${licence} is not among the allowed ones`;
    found.push({ code: 'licence_not_allowed', detail: licence, message });
  }
  if (installed !== undefined && locked !== '' && licence !== locked) {
    const detail = `${locked} -> ${licence || 'none'}`;
    found.push({
      code: 'licence_differs',
      detail,
      message: `licence in the lock file and as installed: ${detail}`,
    });
  }
  return found;
}

function scriptFound(
  { name, installScript }: LockedPackage,
  installed: InstalledPackage | undefined,
  { scripts }: Rules,
): Found[] {
  const hooks = installed?.hooks ?? [];
  if (scripts.has(name) || (!installScript && hooks.length === 0)) return [];
  const detail = hooks.length === 0 ? 'as the lock file says' : hooks.join('; ');
  return [{ code: 'install_script', detail, message: `it runs a script when it is installed (${detail})` }];
}

function sourceFound({ resolved, integrity }: LockedPackage, { sources }: Rules): Found[] {
  if (resolved === '') return [];
  const found: Found[] = [];
  if (sources !== undefined && !sources.some((source) => resolved.startsWith(source)))
    found.push({ code: 'source_not_allowed', detail: resolved, message: `it comes from ${resolved}` });
  if (/^https?:/u.test(resolved) && integrity === '')
    found.push({
      code: 'integrity_missing',
      detail: resolved,
      message: 'the lock file has no hash of what is downloaded',
    });
  return found;
}

function placeFound({ version }: LockedPackage, installation: Installation): Found[] {
  switch (installation.is) {
    case 'absent':
      return [];
    case 'outside':
      return [{ code: 'outside_workspace', detail: '', message: `not looked at: ${installation.problem}` }];
    case 'unreadable':
      return [{ code: 'unreadable', detail: '', message: installation.problem }];
    case 'there': {
      const there = installation.installed.version;
      if (there === version) return [];
      const message = `version ${there || 'unknown'} is installed, the lock file has ${version}`;
      return [{ code: 'version_differs', detail: there, message }];
    }
  }
}
