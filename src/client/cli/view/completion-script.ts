/** What may follow a command on its line. */
export interface CompletedCommand {
  /** The words that lead to it; none for the program itself. */
  readonly path: string;
  /** Commands below it, or what its argument may be. */
  readonly words: readonly { readonly word: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
}

export interface CompletedOption {
  /** The long one first. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** What it may be, where that is known. */
  readonly values: readonly string[];
}

interface Completed {
  /** Options that stand behind any command. */
  readonly shared: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

/**
 * Scripts for shells, for both names of the program. All that they offer is written in them as words that mean nothing to a
 * shell, and what was typed is only compared with these: nothing is started or evaluated because somebody pressed Tab.
 */
export const completionScripts = { bash, zsh, fish };
export type Shell = keyof typeof completionScripts;

function bash({ shared, commands }: Completed): string {
  return `# Completion of perdure for bash.
${commandsFunction(commands)}

_perdure() {
  local IFS=$' \\t\\n' cur=\${COMP_WORDS[COMP_CWORD]} word at='' option='' i names flags valued values
  _perdure_at ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
${step(shared)}
  done
  # For bash --output=json is three words.
  if [[ $cur == '=' ]]; then cur=''; fi
  if [[ -n $option ]]; then
    COMPREPLY=($(compgen -W "$values ${valuesOf(shared)}" -- "$option=$cur"))
    COMPREPLY=("\${COMPREPLY[@]#*=}")
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags ${flagsOf(shared)}" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$names" -- "$cur"))
  fi
}

complete -o default -F _perdure perdure temporal-perdure`;
}

function zsh({ shared, commands }: Completed): string {
  return `# Completion of perdure for zsh, after compinit.
${commandsFunction(commands)}

_perdure() {
  local word at='' option='' i names flags valued values
  _perdure_at ''
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
${step(shared)}
  done
  if [[ -z $option && $PREFIX == --*=* ]]; then
    option=\${PREFIX%%=*}
    compset -P '*='
  fi
  values="$values ${valuesOf(shared)}"
  if [[ -n $option && " $values" == *" $option="* ]]; then
    for word in \${=values}; do
      if [[ $word == "$option="* ]]; then compadd -- "\${word#*=}"; fi
    done
  elif [[ -z $option && $PREFIX == -* ]]; then
    compadd -- \${=flags} ${flagsOf(shared)}
  elif [[ -z $option && -n $names ]]; then
    compadd -- \${=names}
  elif [[ $PREFIX$SUFFIX != *[^[:alnum:]/._~-]* ]]; then
    # Of any other word zsh would evaluate what is in it, to complete the name of a file.
    _files
  fi
}

compdef _perdure perdure temporal-perdure`;
}

/** For bash and zsh: a function that sets what may follow a command, and leaves options as they are behind an argument. */
function commandsFunction(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ path, words, options }) => {
    const names = words.map(({ word }) => safe(word)).join(' ');
    return `    '${path}') names='${names}' flags='${flagsOf(options)}' valued='${flagsOf(options.filter(takesValue))}' values='${valuesOf(options)}' ;;`;
  });
  return `_perdure_at() {
  case $1 in
${cases.join('\n')}
    *) names='' ;;
  esac
}`;
}

/** For bash and zsh: what the next word before the cursor makes of the command and of the option whose value comes next. */
function step(shared: readonly CompletedOption[]): string {
  return `    if [[ $word == '=' ]]; then
      continue
    elif [[ -n $option ]]; then
      option=''
    elif [[ " $valued ${flagsOf(shared.filter(takesValue))} " == *" $word "* ]]; then
      option=$word
    elif [[ " $names " == *" $word "* ]]; then
      at="\${at:+$at }$word"
      _perdure_at "$at"
    fi`;
}

function fish({ shared, commands }: Completed): string {
  const lines = commands.flatMap(({ path, words, options }) => {
    const here = `complete -c perdure -n '__perdure_at${path && ` ${path}`}'`;
    return [
      ...words.map(({ word, description }) => `${here} -f -a ${safe(word)}${described(description)}`),
      ...options.map((option) => `${here} ${fishOption(option)}`),
    ];
  });
  // The command so far and a word, as the function puts them together.
  const deeper = commands.flatMap(({ path, words }) => words.map(({ word }) => `'${path} ${word}'`));
  const valued = commands.flatMap(({ path, options }) =>
    options.filter(takesValue).flatMap(({ flags }) => flags.map((flag) => `'${path} ${flag}'`)),
  );
  const sharedValued = shared.filter(takesValue).flatMap(({ flags }) => flags.map((flag) => `'* ${flag}'`));
  return `# Completion of perdure for fish.
function __perdure_at
    set -l at
    set -l is_value no
    set -l typed (commandline -opc)
    set -e typed[1]
    for word in $typed
        if test $is_value = yes
            set is_value no
            continue
        end
        switch "$at $word"
            case ${deeper.join(' ')}
                set -a at $word
            case ${[...sharedValued, ...valued].join(' ')}
                set is_value yes
        end
    end
    test "$at" = "$argv"
end

${lines.join('\n')}
${shared.map((option) => `complete -c perdure ${fishOption(option)}`).join('\n')}
complete -c temporal-perdure -w perdure`;
}

function fishOption({ flags, description, takesValue: isValued, values }: CompletedOption): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${safe(flag.slice(2))}` : `-s ${safe(flag.slice(1))}`,
  );
  const value = values.length > 0 ? ` -x -a '${values.map(safe).join(' ')}'` : isValued ? ' -r' : '';
  return `${names.join(' ')}${value}${described(description)}`;
}

function described(description: string): string {
  return description === '' ? '' : ` -d '${description.replaceAll(/[\\']/g, '\\$&')}'`;
}

function takesValue(option: CompletedOption): boolean {
  return option.takesValue;
}

function flagsOf(options: readonly CompletedOption[]): string {
  return options.flatMap(({ flags }) => flags.map(safe)).join(' ');
}

function valuesOf(options: readonly CompletedOption[]): string {
  return options
    .flatMap(({ flags, values }) =>
      flags.flatMap((flag) => values.map((value) => `${safe(flag)}=${safe(value)}`)),
    )
    .join(' ');
}

/** Words are put between quotes and split at spaces, so these are the characters that they may have. */
function safe(word: string): string {
  if (!/^[\w-]+$/.test(word)) throw new Error(`a script can't complete ${JSON.stringify(word)}`);
  return word;
}
