import { z } from 'zod';

/* What the rules need of the results of the tools for packages, and no more. */

const Texts = z.array(z.string()).default([]);
const Page = { nextOffset: z.number().nullish() };

export const PackageList = z.looseObject({
  ...Page,
  fingerprint: z.string(),
  total: z.number().default(0),
  first: z.boolean().default(false),
  packages: z
    .array(
      z.looseObject({
        name: z.string(),
        change: z.string().nullish(),
        versions: Texts,
        before: Texts,
        altered: Texts,
      }),
    )
    .default([]),
});
export type PackageList = z.infer<typeof PackageList>;

const Finding = z.looseObject({
  package: z.string(),
  version: z.string().default(''),
  code: z.string(),
  detail: z.string().default(''),
  message: z.string().default(''),
});
export type Finding = z.infer<typeof Finding>;

export const Check = z.looseObject({ ...Page, findings: z.array(Finding).default([]) });

export const Memories = z.looseObject({
  memories: z.array(
    z.looseObject({ text: z.string(), agent: z.string().nullish(), at: z.string().nullish() }),
  ),
});

/** What a closer look came to; whatever else it says is left out. */
export const Advice = z.looseObject({
  result: z.looseObject({
    risk: z.string().default('unknown'),
    reasons: Texts,
    advice: z.string().default(''),
  }),
});

export const Look = z.looseObject({
  name: z.string(),
  version: z.string().default(''),
  licence: z.string().default(''),
  direct: z.boolean().default(false),
  dev: z.boolean().default(false),
  requiredBy: Texts,
  problem: z.string().nullish(),
  installed: z
    .looseObject({
      version: z.string().default(''),
      licence: z.string().default(''),
      description: z.string().default(''),
      installScripts: Texts,
      licenceFile: z.string().default(''),
    })
    .nullish(),
});
export type Look = z.infer<typeof Look>;
