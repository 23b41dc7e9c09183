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
