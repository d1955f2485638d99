import type { Command } from "../command.ts";
import { countArgs } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { UsageFailure } from "../failure.ts";
import { KIND_NAMES } from "../kinds.ts";

export const completionCommand: Command = {
  name: "completion",
  usage: "bash|zsh",
  summary: "Write a script that completes commands and names in a shell",
  description:
    "Names are asked of the server; without one nothing is completed. For npx, make an alias: alias gb='npx gb'.",
  examples: ["source <(gb completion bash)", "source <(gb completion zsh)"],
  async run(context) {
    countArgs(context, 1, 1, "the shell (bash or zsh)");
    const [shell] = context.args;
    if (shell !== "bash" && shell !== "zsh") throw new UsageFailure(`"${shell}" is neither bash nor zsh`);
    context.print(shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${script()}` : script());
    return 0;
  },
};

/** zsh reads the same script by way of bashcompinit. */
function script(): string {
  const options = COMMANDS.map((command) => {
    const names = ["help", "server", "request-timeout", ...Object.keys(command.options ?? {})];
    return `    ${command.name}) options="${names.map((name) => `--${name}`).join(" ")}" ;;`;
  });
  const nodeCommands = COMMANDS.filter(({ usage }) => usage.startsWith("POOL/NODE")).map(({ name }) => name);
  return `_gb() {
  local word="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" options="" kind="" IFS=$'\\n'
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "$(printf '%s\\n' ${COMMANDS.map(({ name }) => name).join(" ")})" -- "$word"))
    return
  fi
  case "$command" in
${options.join("\n")}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "\${options// /$'\\n'}" -- "$word")); return ;;
  esac
  case "$command" in
    ${nodeCommands.join("|")}) kind=nodes ;;
    top) kind=pools ;;
    rollback) kind=revisions ;;
    alerts) COMPREPLY=($(compgen -W $'list\\nshow\\nack\\nnote' -- "$word")); return ;;
    silence) COMPREPLY=($(compgen -W $'list\\nadd\\nend' -- "$word")); return ;;
    canary) COMPREPLY=($(compgen -W $'status\\nstart\\npromote\\nabort' -- "$word")); return ;;
    demo) COMPREPLY=($(compgen -W $'status\\nstart\\nstop' -- "$word")); return ;;
    apply|diff) COMPREPLY=($(compgen -f -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W $'bash\\nzsh' -- "$word")); return ;;
    get|describe)
      if [ "$COMP_CWORD" -eq 2 ]; then
        COMPREPLY=($(compgen -W "$(printf '%s\\n' ${KIND_NAMES.join(" ")})" -- "$word"))
        return
      fi
      kind="\${COMP_WORDS[2]}" ;;
  esac
  [ -n "$kind" ] || return
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" get "$kind" -o name --request-timeout 2 2>/dev/null | sed 's,^[a-z]*/,,')" -- "$word"))
}
complete -F _gb gb`;
}
