import * as z from 'zod';

export const FindingCode = z.enum([
  'package_forbidden',
  'licence_not_allowed',
  'licence_missing',
  'licence_differs',
  'install_script',
  'source_not_allowed',
  'integrity_missing',
  'version_differs',
  'outside_workspace',
  'unreadable',
]);
export type FindingCode = z.infer<typeof FindingCode>;

/** Something about one package that the policy does not allow. */
export const PackageFinding = z.object({
  package: z.string(),
  version: z.string(),
  code: FindingCode,
  /** What exactly was found, such as the licence: a decision holds for it, and no longer when it is another one. */
  detail: z.string(),
  message: z.string(),
  direct: z.boolean(),
  dev: z.boolean(),
});
export type PackageFinding = z.infer<typeof PackageFinding>;
