#compdef carrierx
# Completion of carrierx for zsh.
_carrierx() {
  # A home that is written ~ stays so: what is added behind it is quoted, it is not.
  local home=
  [[ $PREFIX == '~/'* ]] && home='~/'

  local answer candidate value
  answer=$(_CLAP_COMPLETE_INDEX=$((CURRENT - 1)) CARRIERX_COMPLETE=zsh carrierx -- "${words[@]}" 2>/dev/null) || return 1
  [[ -n $answer ]] || return 1

  local tab=$'\t'
  local -a folders others
  for candidate in "${(@f)answer}"; do
    # A value, and after a tab what it means; _describe wants a colon between, and backslashes before others.
    value=${${candidate%%$tab*}#$home}
    candidate=${${value//\\/\\\\}//:/\\:}${${candidate#"${candidate%%$tab*}"}/$tab/:}
    if [[ $value == */ ]]; then
      folders+=("${candidate%/}")
    else
      others+=("$candidate")
    fi
  done
  [[ -n $home ]] && compset -P '\~/'
  [[ -n $folders ]] && _describe -V 'folders' folders -S / -r /
  [[ -n $others ]] && _describe -V 'values' others
}

if [[ $funcstack[1] == _carrierx ]]; then
  # Loaded by the first Tab, which wants an answer at once.
  _carrierx "$@"
else
  compdef _carrierx carrierx
fi
