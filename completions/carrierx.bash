# Completion of carrierx for bash 4.4 and newer.
_carrierx() {
  # Bash parts words at = and : as well, which the program wants whole; what stands without a blank between is glued.
  local rest=${COMP_LINE:0:COMP_POINT} words=() word trimmed i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    trimmed=${rest#"${rest%%[![:space:]]*}"}
    if ((i == COMP_CWORD)); then
      # Up to the cursor, as typed.
      word=$trimmed
    fi
    if ((i > 0)) && [[ $rest == "$trimmed" ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    rest=${trimmed#"$word"}
  done
  local current=${words[${#words[@]}-1]} quoted=
  [[ $trimmed == [\'\"]* ]] && quoted=1

  local IFS=$'\013'
  COMPREPLY=($(_CLAP_IFS=$IFS _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) \
    CARRIERX_COMPLETE=bash carrierx -- "${words[@]}" 2>/dev/null)) || { unset COMPREPLY; return; }

  # Only what stands after the last = or : is replaced.
  local before=${current%"$trimmed"}
  [[ $trimmed == [=:] ]] && before=$current
  COMPREPLY=("${COMPREPLY[@]#"$before"}")
  compopt -o nospace
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} != *[=/:] ]] && compopt +o nospace
  # What the shell would take for more than a word is guarded, but not within quotes; a home written ~ stays one.
  if [[ -z $quoted ]]; then
    for i in "${!COMPREPLY[@]}"; do
      word=${COMPREPLY[i]#\~/}
      if [[ $word == *[^[:alnum:]_./:=,@%+-]* ]]; then
        printf -v trimmed %q "$word"
        COMPREPLY[i]=${COMPREPLY[i]%"$word"}$trimmed
      fi
    done
  fi
}
complete -o bashdefault -o nosort -F _carrierx carrierx
