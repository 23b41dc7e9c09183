import Linux
import Watchdog

/// The script for fish.
enum Fish {
  static func script(for tools: [Completable]) -> String {
    var lines = ""
    for tool in tools {
      lines += "complete -c \(tool.name) -f\n"
      lines += options(of: tool, tool: tool.name, at: tool.words.isEmpty ? nil : "")
      for word in tool.words {
        lines +=
          "complete -c \(tool.name) -n '__watchdog_chain_at \"\"' -a \(word.name) -d \(quote(word.help))\n"
      }
      for word in tool.words { lines += options(of: word, tool: tool.name, at: word.name) }
    }
    return "\(Completion.title(tools))\n\(shared)\n\(lines)"
  }

  /// - Parameter place: after which word of watchdog-chain, the empty one where there is none yet; nil for tools that
  ///   have no words.
  private static func options(of line: Completable, tool: String, at place: String?) -> String {
    let condition = place.map { "__watchdog_chain_at \"\($0)\"; and " } ?? ""
    let start = "complete -c \(tool) -n '\(condition)not __watchdog_chain_is_command'"
    var lines = ""
    for option in line.options {
      let value = option.value.map { $0.isAnything ? " -x" : " -x\(candidates($0))" } ?? ""
      lines += "\(start) -l \(option.name)\(value) -d \(quote(option.help))\n"
    }
    if !line.operand.isAnything { lines += "\(start)\(candidates(line.operand))\n" }
    if line.takesCommand {
      lines += "complete -c \(tool) -n '\(condition)__watchdog_chain_is_command' "
      lines += "-a '(__watchdog_chain_command)'\n"
    }
    return lines
  }

  private static func candidates(_ place: Place) -> String {
    switch place {
    case .hearts: " -a '(__watchdog_chain_hearts)'"
    case .folders: " -a '(__fish_complete_directories (commandline -ct))'"
    case .files: " -a '(__fish_complete_path (commandline -ct))'"
    case .users: " -a '(__fish_complete_users)'"
    case .oneOf(let words): " -a '\(words)'"
    case .anything: ""
    }
  }

  private static func quote(_ text: StaticString) -> String {
    "'\("\(text)".escaping("'\\"))'"
  }

  private static let shared = #"""
    # The names of all hearts.
    function __watchdog_chain_hearts
        set -l config /etc/watchdog
        test -n "$WATCHDOG_CONFIG"; and set config $WATCHDOG_CONFIG
        set -l words (commandline -opc)
        for index in (seq (count $words))
            switch $words[$index]
                case --config
                    set -q words[(math $index + 1)]; and set config $words[(math $index + 1)]
                case '--config=*'
                    set config (string replace -- --config= '' $words[$index])
            end
        end
        for file in $config/hearts/*
            test -f $file; and string match -r '^[A-Za-z0-9_-]+$' (string replace -r '.*/' '' $file)
        end
    end

    # Whether this is the word of watchdog-chain; the empty one: whether it is still to come.
    function __watchdog_chain_at
        set -l words (commandline -opc)
        if test -z $argv[1]
            test (count $words) -eq 1
        else
            test (count $words) -ge 2; and test $words[2] = $argv[1]
        end
    end

    # Whether another command line began, after a `--`.
    function __watchdog_chain_is_command
        contains -- -- (commandline -opc)
    end

    # Completes that one.
    function __watchdog_chain_command
        set -l words (commandline -opc) (commandline -ct)
        set -l dashes (contains -i -- -- $words)
        complete -C (string join ' ' -- (string escape -- $words[(math $dashes + 1)..-2]) $words[-1])
    end

    """#
}
