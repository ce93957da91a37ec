import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { registerAll } from '../../src/client/cli/commands.ts';

const program = fileURLToPath(new URL('../../src/client/cli/main.ts', import.meta.url));
const shells = ['bash', 'zsh', 'fish'] as const;

describe('completion in a shell', () => {
  const scripts = { bash: '', zsh: '', fish: '' };
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-completion-'));
    await mkdir(join(folder, 'here'));
    for (const shell of shells) scripts[shell] = perdure('completion', shell).stdout;
    await writeFile(join(folder, 'bash'), scripts.bash);
  });
  after(() => rm(folder, { recursive: true }));

  /** What bash offers for the last word of a line, as it splits it. */
  function offered(...words: string[]): string[] {
    const lines = [
      'source "$1"; shift',
      'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
      '_perdure; printf "%s\\n" "${COMPREPLY[@]}"',
    ];
    const args = ['--noprofile', '--norc', '-c', lines.join('\n'), 'bash', join(folder, 'bash')];
    const { stdout, stderr } = spawnSync('bash', [...args, 'perdure', ...words], {
      cwd: join(folder, 'here'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(stderr, '');
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('has every command with its options in the script of each shell', () => {
    const all = commandsBelow(registered());
    assert.ok(all.length > 50);
    for (const { path, parent, name, flags } of all) {
      for (const script of [scripts.bash, scripts.zsh]) {
        assert.match(script, new RegExp(`^ +'${parent}'\\) names='[^']*\\b${name}\\b`, 'm'));
        assert.match(script, new RegExp(`^ +'${path}'\\) names='[^']*' flags='${flags.join(' ')}'`, 'm'));
      }
      const at = (words: string) => `complete -c perdure -n '__perdure_at${words && ` ${words}`}'`;
      assert.ok(scripts.fish.includes(`${at(parent)} -f -a ${name} `), path);
      for (const flag of flags.filter((each) => each.startsWith('--')))
        assert.ok(scripts.fish.includes(`${at(path)} -l ${flag.slice(2)} `), `${path} ${flag}`);
    }
  });

  it('has a script for both names of the program', () => {
    assert.match(scripts.bash, /^complete -o default -F _perdure perdure temporal-perdure$/m);
    assert.match(scripts.zsh, /^compdef _perdure perdure temporal-perdure$/m);
    assert.match(scripts.fish, /^complete -c temporal-perdure -w perdure$/m);
  });

  it('has scripts that start and evaluate nothing', () => {
    for (const shell of shells) {
      assert.doesNotMatch(scripts[shell], /\b(eval|source|exec)\b/);
      // Descriptions stand between quotes.
      const code = scripts[shell].replaceAll(/ -d '(?:[^'\\]|\\.)*'/g, '');
      assert.doesNotMatch(code, /`|<\(|\$\((?!compgen -W )/);
    }
  });

  it('knows the commands, and those below them', () => {
    assert.deepEqual(offered('st'), ['start', 'state', 'stop']);
    assert.deepEqual(offered('definitions', 'c'), ['check']);
    assert.deepEqual(offered('schedule', 'res'), ['resume']);
    assert.deepEqual(offered('completion', ''), ['bash', 'zsh', 'fish']);
    assert.deepEqual(offered('start', 'st'), []);
  });

  it('knows the options of a command, and those of all commands behind it', () => {
    assert.deepEqual(offered('start', 'desk', 'Go.', '--wa'), ['--wait', '--watch']);
    assert.deepEqual(offered('list', '--js'), ['--json']);
    assert.deepEqual(offered('--addr'), ['--address']);
    assert.deepEqual(offered('show', '--wa'), []);
  });

  it('knows what an option may be, and takes nothing else for it', () => {
    assert.deepEqual(offered('list', '--output', 'json'), ['json', 'jsonl']);
    assert.deepEqual(offered('list', '-o', ''), ['text', 'json', 'jsonl']);
    assert.deepEqual(offered('list', '--output', '='), ['text', 'json', 'jsonl']);
    assert.deepEqual(offered('list', '--status', '=', 'wai'), ['waiting']);
    assert.deepEqual(offered('fork', '--tools', ''), ['recorded', 'dry', 'live']);
    assert.deepEqual(offered('list', '--definition', ''), []);
  });

  it('does not take the value of an option for a command', () => {
    assert.deepEqual(offered('--namespace', 'list', 'sta'), ['start', 'state']);
    assert.deepEqual(offered('--output', '=', 'json', 'list', '--sta'), ['--status']);
  });

  it('runs nothing of what is typed', async () => {
    const typed = [
      '$(touch x)',
      '"$(touch x)',
      '`touch x`',
      '${a[$(touch x)]}',
      'a[$(touch x)]',
      '<(touch x)',
      ';touch x;',
      "';touch x;'",
      '*',
    ];
    for (const word of typed) {
      assert.deepEqual(offered(word), []);
      assert.deepEqual(offered(`--${word}`), []);
      assert.deepEqual(offered('list', '--output', word), []);
      assert.deepEqual(offered(word, 'definitions', 'c'), ['check']);
      assert.deepEqual(offered('list', '--status', word, '--js'), ['--json']);
    }
    assert.deepEqual(await readdir(join(folder, 'here')), []);
  });

  it('says for which shells it has a script', () => {
    const { status, stdout, stderr } = perdure('completion', 'tcsh');
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /bash, zsh, fish/);
  });
});

function perdure(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

function registered(): Command {
  const root = new Command('perdure');
  registerAll(root, () => Promise.resolve());
  return root;
}

interface Found {
  readonly path: string;
  readonly parent: string;
  readonly name: string;
  readonly flags: readonly string[];
}

function commandsBelow(command: Command, parent = ''): Found[] {
  return command.commands.flatMap((below) => {
    const name = below.name();
    const path = `${parent} ${name}`.trim();
    const flags = below.options.flatMap(({ long, short }) =>
      [long, short].filter((flag) => flag !== undefined),
    );
    return [{ path, parent, name, flags }, ...commandsBelow(below, path)];
  });
}
