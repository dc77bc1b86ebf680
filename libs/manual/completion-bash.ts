import type { Command } from '../cli/command.ts';
import { shownOptions, type Completion, type ShownOption } from './shown-options.ts';

/** Completion of a command for bash(1): options by name, and the values of those whose values are known. */
export function bashCompletion(command: Command, fields: readonly string[]): string {
  const { name } = command;
  const options = shownOptions(command);
  const words = options.flatMap((option) => spellings(option)).join(' ');
  return `# Completion of ${name} for bash.
_${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} option i
  COMPREPLY=()
  for ((i = COMP_CWORD - 1; i > 0; i--)); do
    option=\${COMP_WORDS[i]}
    [[ $option == -?* ]] && break
  done
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W '${words}' -- "$word"))
    return
  fi
  (( i > 0 )) || return
  case $option in
${options.flatMap((option) => branch(option, fields)).join('\n')}
  esac
}
complete -o default -F _${name} ${name}
`;
}

function branch(option: ShownOption, fields: readonly string[]): string[] {
  if (option.completion === undefined) return [];
  const reply = `COMPREPLY=($(${generator(option.completion, fields)} -- "$word"))`;
  const reach = option.isOpen ? reply : `(( i == COMP_CWORD - 1 )) && ${reply}`;
  return [`    ${spellings(option).join(' | ')}) ${reach} ;;`];
}

function generator(completion: Completion, fields: readonly string[]): string {
  if (completion === 'files') return 'compgen -f';
  if (completion === 'folders') return 'compgen -d';
  if (completion === 'interfaces') return `compgen -W "$(ls /sys/class/net 2>/dev/null)"`;
  return `compgen -W '${(completion === 'fields' ? fields : completion).join(' ')}'`;
}

function spellings({ name, letters }: ShownOption): string[] {
  return [...letters.map((letter) => `-${letter}`), `--${name}`];
}
