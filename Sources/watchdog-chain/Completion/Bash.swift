import Linux
import Watchdog

/// The script for bash. It needs nothing of the package bash-completion, but uses it where it is there.
enum Bash {
  static func script(for tools: [Completable]) -> String {
    let functions = tools.map { tool in
      """
      _watchdog_chain_of_\(tool.name)() {
        local \(line(tool))
      \(words(of: tool))  _watchdog_chain
      }
      complete -F _watchdog_chain_of_\(tool.name) \(tool.name)

      """
    }
    return "\(Completion.title(tools))\n\(engine)\n\n\(functions.joined(separator: "\n"))"
  }

  /// What can follow.
  private static func line(_ line: Completable) -> String {
    let operand =
      line.words.isEmpty
      ? kind(line.operand) : "words:" + line.words.map { $0.name }.joined(separator: ",")
    let options = line.options.map { option in
      "--\(option.name)" + (option.value.map { "=\(kind($0))" } ?? "")
    }
    return "operand='\(operand)' command='\(line.takesCommand ? "yes" : "")' \\\n"
      + "    options='\(options.joined(separator: " "))'"
  }

  /// What follows each word instead.
  private static func words(of tool: Completable) -> String {
    if tool.words.isEmpty { return "" }
    let cases = tool.words.map { "    1-\($0.name)) \(line($0)) ;;\n" }.joined()
    return "  case $((COMP_CWORD > 1))-${COMP_WORDS[1]} in\n\(cases)"
      + "    1-*) operand='' options='' ;;\n  esac\n"
  }

  private static func kind(_ place: Place) -> String {
    switch place {
    case .hearts: "hearts"
    case .folders: "folders"
    case .files: "files"
    case .users: "users"
    case .oneOf(let words):
      "words:"
        + String(decoding: words.utf8.map { $0 == 0x20 ? 0x2C : $0 }, as: UTF8.self)
    case .anything: "anything"
    }
  }

  private static let engine = #"""
    # The names of all hearts in the folder $1.
    _watchdog_chain_hearts() {
      local file name
      for file in "$1"/hearts/*; do
        name=${file##*/}
        if [[ -f $file && ! $name =~ [^A-Za-z0-9_-] ]]; then printf '%s\n' "$name"; fi
      done
    }

    # Completes $1 as what $2 says it is, with the configuration in the folder $3.
    _watchdog_chain_reply() {
      local words=''
      case $2 in
        hearts) words=$(_watchdog_chain_hearts "$3") ;;
        words:*) words=${2#words:} words=${words//,/ } ;;
        options:*) words=${2#options:} ;;
        folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$1"); return ;;
        files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$1"); return ;;
        users) mapfile -t COMPREPLY < <(compgen -u -- "$1"); return ;;
        *) return ;;
      esac
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$1")
    }

    # Completes what follows the `--` at $1: another command line.
    _watchdog_chain_command() {
      if declare -F _command_offset >/dev/null; then
        _command_offset $(($1 + 1))
      elif ((COMP_CWORD == $1 + 1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
      else
        _watchdog_chain_reply "${COMP_WORDS[COMP_CWORD]}" files
      fi
    }

    # Completes a command line of which $operand, $options and $command say what can follow.
    _watchdog_chain() {
      local IFS=$' \t\n' option names='' i config=${WATCHDOG_CONFIG:-/etc/watchdog}
      local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
      COMPREPLY=()
      # Readline makes three words of --option=value.
      if [[ $current == '=' ]]; then
        current=''
      elif [[ $before == '=' ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
      fi
      for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
          --)
            if [[ $command ]]; then _watchdog_chain_command "$i"; fi
            return
            ;;
          --config)
            config=${COMP_WORDS[i + 1]}
            if [[ $config == '=' ]]; then config=${COMP_WORDS[i + 2]}; fi
            ;;
        esac
      done
      for option in $options; do
        if [[ $option == "$before="* ]]; then
          _watchdog_chain_reply "$current" "${option#*=}" "$config"
          return
        fi
        names+=" ${option%%=*}"
      done
      if [[ $current == -* || $operand == anything ]]; then
        _watchdog_chain_reply "$current" "options:$names"
      else
        _watchdog_chain_reply "$current" "$operand" "$config"
      fi
    }
    """#
}
