import LinuxCalls

/// What makes a shell ask `watchdog-chain complete`. What is answered is data: a candidate, or a line that begins with a
/// colon, which no candidate does: `:directory`, `:file` and `:user` are for the shell to complete, and after
/// `:command 3` its words from 3 on are another command line.
struct Stub {
  let shell: StaticString
  /// The functions, beside this file.
  let functions: [UInt8]
  /// What comes before them and after them, for these tools.
  var first: (String) -> String = { _ in "" }
  let last: (String) -> String

  static var all: [Stub] {
    [
      Stub(shell: "bash", functions: PackageResources.completion_bash) {
        "complete -F _watchdog_chain \($0)"
      },
      // A file that zsh loads by itself from one of the folders of fpath, where it is the function itself, or that is
      // sourced, and makes itself known.
      Stub(
        shell: "zsh", functions: PackageResources.completion_zsh, first: { "#compdef \($0)\n" }
      ) {
        "if [[ $funcstack[1] == _* ]]; then _watchdog_chain; else compdef _watchdog_chain \($0); fi"
      },
      Stub(shell: "fish", functions: PackageResources.completion_fish) {
        "for tool in \($0); complete -c $tool -f -a '(__watchdog_chain)'; end"
      },
    ]
  }

  func text(_ tools: [String]) -> String {
    let names = tools.joined(separator: " ")
    let origin = "# Completes \(names). Made by watchdog-chain completion.\n"
    return first(names) + origin + functions.text + last(names) + "\n"
  }
}
