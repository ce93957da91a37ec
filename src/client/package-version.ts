import manifest from '../../package.json' with { type: 'json' };

/** The version of this package; what is built has it inside. */
export function packageVersion(): string {
  return manifest.version;
}
