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
