# offers.zsh FOLDER LINE: what an interactive zsh offers at the end of LINE, with the completion functions in FOLDER.
# In a terminal of its own, because zsh completes nowhere else; `compadd` is how a function makes an offer.
zmodload zsh/zpty
zpty shell zsh -f -i
wait-for() { local line; while zpty -r shell line; do [[ $line == *$1* ]] && return; done }

cat >$1/.hook <<'HOOK'
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  typeset -a offered
  builtin compadd -A offered "$@"
  (( $#offered )) && print -rl -- '' offered:${^offered}
  builtin compadd "$@"
}
end-of-offers() { print; print end-of-offers; exit }
comppostfuncs=(end-of-offers)
bindkey '^I' complete-word
HOOK
zpty -w shell "PROMPT= RPS1=; fpath=($1 \$fpath)"
zpty -w shell "autoload -Uz compinit; compinit -u -d $1/.dump; source $1/.hook; cd $1; print ready-''to-offer"
wait-for ready-to-offer
zpty -n -w shell "$2"$'\t'
while zpty -r shell line; do
  [[ $line == *end-of-offers* ]] && break
  line=${line%%$'\r'*}
  [[ $line == *offered:* ]] && print -r -- "${line##*offered:}"
done
exit 0
