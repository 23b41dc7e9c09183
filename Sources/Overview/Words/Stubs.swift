import Linux

/// What makes a shell ask `watchdog-chain complete`. What is answered is data: a candidate, or a line that begins with a
/// colon, which no candidate does: `:directory`, `:file` and `:user` are for the shell to complete, and after
/// `:command 3` its words from 3 on are another command line.
struct Stub {
  let shell: StaticString
  /// For these tools.
  let text: ([String]) -> String

  static var all: [Stub] {
    [
      Stub(shell: "bash", text: bash), Stub(shell: "zsh", text: zsh),
      Stub(shell: "fish", text: fish),
    ]
  }

  private static func bash(_ tools: [String]) -> String {
    let names = tools.joined(separator: " ")
    return #"""
      # Completes \#(names). Made by watchdog-chain completion.
      _watchdog_chain() {
        local answer answers current=${COMP_WORDS[COMP_CWORD]#=}
        COMPREPLY=()
        mapfile -t answers < <(watchdog-chain complete -- "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
        for answer in "${answers[@]}"; do
          case $answer in
            ':command '*)
              # Where bash-completion is, it knows those of others.
              if declare -F _command_offset >/dev/null; then _command_offset "${answer#* }"
              else mapfile -t COMPREPLY < <(compgen -A command -A file -- "$current"); fi ;;
            :user) mapfile -t COMPREPLY < <(compgen -A user -- "$current") ;;
            :*) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -A "${answer#:}" -- "$current") ;;
            "$current"*) COMPREPLY+=("${answer%%$'\t'*}") ;;
          esac
        done
      }
      complete -F _watchdog_chain \#(names)

      """#
  }

  /// A file that zsh loads by itself from one of the folders of fpath, where it is the function itself, or that is
  /// sourced, and makes itself known.
  private static func zsh(_ tools: [String]) -> String {
    let names = tools.joined(separator: " ")
    return #"""
      #compdef \#(names)
      # Completes \#(names). Made by watchdog-chain completion.
      _watchdog_chain() {
        local answer
        local -a known answers=("${(@f)$(watchdog-chain complete -- "${(@Q)words[1,CURRENT]}" 2>/dev/null)}")
        compset -P '--[^=]*='
        for answer in $answers; do
          case $answer in
            (:directory) _files -/ ;;
            (:file) _files ;;
            (:user) _users ;;
            (':command '<->) shift ${answer#* } words; (( CURRENT -= ${answer#* } )); _normal ;;
            (*) known+=("${${answer//:/\\:}/$'\t'/:}") ;;
          esac
        done
        (( $#known == 0 )) || _describe -t words word known
      }
      if [[ $funcstack[1] == _* ]]; then _watchdog_chain; else compdef _watchdog_chain \#(names); fi

      """#
  }

  private static func fish(_ tools: [String]) -> String {
    let names = tools.joined(separator: " ")
    return #"""
      # Completes \#(names). Made by watchdog-chain completion.
      function __watchdog_chain
          set -l words (commandline -opc) (commandline -ct)
          set -l option (string match -r -- '^--[^=]*=' $words[-1])
          set -l value (string replace -r -- '^--[^=]*=' '' $words[-1])
          for answer in (watchdog-chain complete -- $words 2>/dev/null)
              switch $answer
                  case :directory
                      printf '%s\n' "$option"(__fish_complete_directories $value)
                  case :file
                      printf '%s\n' "$option"(__fish_complete_path $value)
                  case :user
                      printf '%s\n' "$option"(__fish_complete_users)
                  case ':command *'
                      set -l first (math 1 + (string replace ':command ' '' $answer))
                      complete -C (string join ' ' -- (string escape -- $words[$first..-2]) $words[-1])
                  case '*'
                      printf '%s\n' "$option$answer"
              end
          end
      end
      complete\#(tools.map { " -c \($0)" }.joined()) -f -a '(__watchdog_chain)'

      """#
  }
}
