import type { FailureType } from '../../contracts/failures.ts';

/** What one check of `doctor` found. Everything that is not `ok` has the line that puts it right; `#` begins a remark. */
export type Finding = { readonly name: string; readonly message: string } & (
  | { readonly level: 'ok'; readonly fix?: undefined }
  | { readonly level: 'warn'; readonly fix: string }
  | {
      readonly level: 'fail';
      readonly fix: string;
      /** Why it could not be checked, if that is one of the known failures. */
      readonly code?: FailureType;
    }
);

export function ok(name: string, message: string): Finding {
  return { level: 'ok', name, message };
}

export function warn(name: string, message: string, fix: string): Finding {
  return { level: 'warn', name, message, fix };
}

export function fail(name: string, message: string, fix: string, code?: FailureType): Finding {
  return { level: 'fail', name, message, fix, ...(code === undefined ? {} : { code }) };
}
