# Completion of carrierx for bash 4.4 and newer.
_carrierx() {
  # Bash splits words at = and : as well, which the program wants whole; what stands without a blank between is joined.
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

  # Readline replaces what stands after an open quote, else after the last character that separates words.
  local current=${words[${#words[@]}-1]} quote= start=0 outer c
  for ((i = 0; i < ${#current}; i++)); do
    c=${current:i:1}
    if [[ $c == \\ && $quote != \' ]]; then
      ((i++))
    elif [[ -n $quote && $c != "$quote" ]]; then
      continue
    elif [[ $c == [\'\"] ]]; then
      # A quote that is closed again is part of the word.
      if [[ -n $quote ]]; then quote= start=$outer; else quote=$c outer=$start start=$((i + 1)); fi
    elif [[ $COMP_WORDBREAKS == *"$c"* ]]; then
      start=$((i + 1))
    fi
  done

  # Line by line, so that no candidate is taken for a pattern.
  mapfile -t COMPREPLY < <(_CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) \
    CARRIERX_COMPLETE=bash carrierx -- "${words[@]}" 2>/dev/null)
  ((${#COMPREPLY[@]})) || return
  local before=${current:0:start}
  before=${before//[\'\"\\]/}
  COMPREPLY=("${COMPREPLY[@]#"$before"}")
  compopt -o nospace
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} != *[=/:] ]] && compopt +o nospace
  # What is not one plain word is quoted by bash, as in its own completion of file names; it then adds the slash of a
  # folder, and leaves a quote open.
  for word in "${COMPREPLY[@]#\~/}"; do
    if [[ $word == *[^[:alnum:]_./:=,@%+-]* ]]; then
      compopt -o filenames
      COMPREPLY=("${COMPREPLY[@]%/}")
      break
    fi
  done
}
complete -o bashdefault -o nosort -F _carrierx carrierx
