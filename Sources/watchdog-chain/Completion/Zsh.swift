import Linux
import Watchdog

/// The script for zsh: a file that it loads by itself from one of the folders of fpath, or that is sourced.
enum Zsh {
  static func script(for tools: [Completable]) -> String {
    let names = tools.map { $0.name }
    let functions = tools.map { tool in
      tool.words.isEmpty ? function(of: tool) : functionWithWords(of: tool)
    }
    return """
      #compdef \(names.joined(separator: " "))
      \(Completion.title(tools))
      \(shared)

      \(functions.joined(separator: "\n"))
      # Loaded by its name it is the function itself, otherwise it makes itself known.
      if [[ $funcstack[1] == _* ]]; then
        "_watchdog_chain_of_$service" "$@"
      else
        () {
          local tool
          for tool; do compdef "_watchdog_chain_of_$tool" $tool; done
        } \(names.joined(separator: " "))
      fi

      """
  }

  private static func function(of tool: Completable) -> String {
    let command = tool.takesCommand ? "  _watchdog_chain_command && return\n" : ""
    return "_watchdog_chain_of_\(tool.name)() {\n\(command)\(arguments(of: tool, indent: "  "))}\n"
  }

  private static func functionWithWords(of tool: Completable) -> String {
    let words = tool.words.map { word in
      "    \(quote("\(word.name):\("\(word.help)".escaping(":\\"))"))\n"
    }
    let cases = tool.words.map { word in
      let command = word.takesCommand ? "      _watchdog_chain_command && return\n" : ""
      return "    \(word.name))\n\(command)\(arguments(of: word, indent: "      "))      ;;\n"
    }
    return """
      _watchdog_chain_words() {
        local -a words_known=(
      \(words.joined())  )
        _describe -t words word words_known
      }

      _watchdog_chain_of_\(tool.name)() {
        if (( CURRENT == 2 )); then
      \(arguments(of: tool, indent: "    ", operand: "'1:WORD:_watchdog_chain_words'"))    return
        fi
        shift words
        (( CURRENT-- ))
        case $words[1] in
      \(cases.joined())  esac
      }

      """
  }

  /// The call of _arguments that says what can follow.
  private static func arguments(
    of line: Completable, indent: String, operand: String? = nil
  ) -> String {
    let options = line.options.map { option in
      let help = "[\("\(option.help)".escaping("[]:\\"))]"
      return quote(
        option.value.map { "--\(option.name)=\(help):value:\(action($0))" }
          ?? "--\(option.name)\(help)")
    }
    let operand =
      operand ?? (line.operand.isAnything ? nil : quote("*:name:\(action(line.operand))"))
    let words = options + (operand.map { [$0] } ?? [])
    return "\(indent)_arguments -S : \\\n"
      + words.map { "\(indent)  \($0)" }.joined(separator: " \\\n") + "\n"
  }

  private static func action(_ place: Place) -> String {
    switch place {
    case .hearts: "_watchdog_chain_hearts"
    case .folders: "_files -/"
    case .files: "_files"
    case .users: "_users"
    case .oneOf(let words): "(\(words))"
    case .anything: " "
    }
  }

  private static func quote(_ text: String) -> String {
    let parts = text.utf8.split(separator: 0x27, omittingEmptySubsequences: false)
    return "'" + parts.map { String(decoding: Array($0), as: UTF8.self) }.joined(separator: "'\\''")
      + "'"
  }

  private static let shared = #"""
    # The names of all hearts.
    _watchdog_chain_hearts() {
      local config=${(Q)opt_args[--config]:-${WATCHDOG_CONFIG:-/etc/watchdog}}
      local -a names=(${~config}/hearts/*(N-.:t))
      names=(${names:#*[^A-Za-z0-9_-]*})
      _wanted hearts expl heart compadd -a names
    }

    # Completes what follows a `--`: another command line. Fails where there is no `--` before.
    _watchdog_chain_command() {
      local -i dashes=${words[(ie)--]}
      (( dashes < CURRENT )) || return 1
      shift $dashes words
      (( CURRENT -= dashes ))
      _normal
      return 0
    }
    """#
}
