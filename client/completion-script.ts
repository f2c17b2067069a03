// Completion scripts are written from the commands' own definitions. They are plain text: completing starts no process.
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly string[];
  /** Words that may stand as an argument. */
  readonly values: readonly string[];
}

export function completionScript(shell: 'bash' | 'zsh' | 'fish', commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options, values }) => `    ${name}) words="${[...options, ...values].join(' ')}" ;;`);
  return `# bash completion for mooring
_mooring() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$previous" = "--manifest" ]; then
    COMPREPLY=($(compgen -f -- "$current"))
    return
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${['help', ...commands.map(({ name }) => name)].join(' ')} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _mooring mooring
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, options, values }) => `    ${name}) compadd -- ${[...options, ...values].join(' ')} ;;`);
  return `#compdef mooring
_mooring() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  if [[ "\${words[CURRENT-1]}" == --manifest ]]; then
    _files
    return
  fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
}
compdef _mooring mooring
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, values }) => [
    `complete -c mooring -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
    ...options.map(
      (option) =>
        `complete -c mooring -n ${quote(`__fish_seen_subcommand_from ${name}`)} ${option === '--manifest' ? '-r' : '-f'} -l ${option.slice(2)}`,
    ),
    ...(values.length === 0 ? [] : [`complete -c mooring -n ${quote(`__fish_seen_subcommand_from ${name}`)} -f -a ${quote(values.join(' '))}`]),
  ]);
  return `# fish completion for mooring\n${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
