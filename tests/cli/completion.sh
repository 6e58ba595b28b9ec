#!/bin/sh
# Completes command lines in real shells: bash and zsh on a terminal of their own, fish by
# `complete -C`. A function named sdctl shows what the line came to.
#
# usage: tests/cli/completion.sh     from the top of the source tree
set -u

top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
passed=0 failed=0 skipped=0

mkdir -p "$work/files/dir" "$work/zsh"
: >"$work/files/cat.png"
: >"$work/files/dog house.png"

# In the lines below <TAB> completes, and <ALL> inserts all completions.
cat >"$work/cases" <<'END'
img2img --st<ALL>|<img2img><--steps><--stream><--strength><--strict><--style>
inpaint --inv<TAB>-q|<inpaint><--invert-mask><-q>
img2img --resize <ALL>|<img2img><--resize><crop><fill><just><latent>
img2img --error-format j<TAB>|<img2img><--error-format><json>
img2img -b w<TAB>|<img2img><-b><webui>
inpaint --fill <ALL>|<inpaint><--fill><fill><latent-noise><latent-nothing><original>
inpaint --fill=or<TAB>|<inpaint><--fill=original>
inpaint --mask-from lu<TAB>|<inpaint><--mask-from><luma>
img2img -i <ALL>|<img2img><-i><cat.png><dir><dog house.png>
img2img -i di<TAB>x|<img2img><-i><dir/x>
img2img --image=do<TAB>|<img2img><--image=dog house.png>
img2img -o c<TAB>|<img2img><-o><cat.png>
img2img -p @c<TAB>|<img2img><-p><@cat.png>
img2img -p @do<TAB>|<img2img><-p><@dog house.png>
img2img --prompt=@c<TAB>|<img2img><--prompt=@cat.png>
img2img -p c<TAB>|<img2img><-p><c>
img2img --steps c<TAB>|<img2img><--steps><c>
mask-invert <ALL>|<mask-invert><cat.png><dir><dog house.png>
inp<TAB>-i c<TAB>|<inpaint><-i><cat.png>
interr<TAB>|<interrogate>
sand<TAB>|<sandbox>
endpoint <ALL>|<endpoint><add><check><default><list><remove>
endpoint -q l<TAB>|<endpoint><-q><list>
help ma<TAB>|<help><mask-invert>
END

tell() { # tell SHELL LINE EXPECTED GOT
    if [ "$3" = "$4" ]; then
        echo "ok completion: $1: sdctl $2"
        passed=$((passed + 1))
    else
        echo "not ok completion: $1: sdctl $2"
        echo "  expected: $3"
        echo "  got:      $4"
        failed=$((failed + 1))
    fi
}

# on_terminal SHELL COMMAND: runs the cases in an interactive shell, all in one session
on_terminal() {
    tab=$(printf '\t')
    all=$(printf '\024')
    while IFS='|' read -r line expected; do
        echo "sdctl $line" | sed "s/<TAB>/$tab/g; s/<ALL>/$all/g"
    done <"$work/cases" >"$work/input"
    echo exit >>"$work/input"
    timeout 60 script -qec "$2" /dev/null <"$work/input" >"$work/screen" 2>&1
    grep -ao '#<.*>#' "$work/screen" | sed 's/^#//; s/#$//' >"$work/lines"
    exec 3<"$work/lines"
    while IFS='|' read -r line expected; do
        read -r got <&3 || got="nothing"
        tell "$1" "$line" "$expected" "$got"
    done <"$work/cases"
    exec 3<&-
}

missing() { # missing PROGRAM...: tells whether one of the programs is not here
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 && continue
        echo "skip completion: $program is not installed"
        skipped=$((skipped + 1))
        return 0
    done
    return 1
}

if ! missing bash script timeout; then
    cat >"$work/bashrc" <<END
PS1='> '
bind '"\\C-t": insert-completions'
bind 'set enable-bracketed-paste off'
. '$top/completions/sdctl.bash'
cd '$work/files'
sdctl() { printf '#'; printf '<%s>' "\$@"; echo '#'; }
END
    on_terminal bash "bash --noprofile --rcfile '$work/bashrc' -i"
fi

if ! missing zsh script timeout; then
    cat >"$work/zsh/.zshrc" <<END
PS1='> '
fpath=('$top/completions' \$fpath)
autoload -Uz compinit && compinit -u -D
unset zle_bracketed_paste
zstyle ':completion:*' completer _complete
zstyle ':completion:all:*' completer _all_matches _complete
zstyle ':completion:all:*' insert yes
zle -C all complete-word _generic
bindkey '^T' all
bindkey '^I' complete-word
cd '$work/files'
sdctl() { printf '#'; printf '<%s>' "\$@"; echo '#'; }
END
    ZDOTDIR=$work/zsh on_terminal zsh "zsh -d -i"
fi

if ! missing fish; then
    while IFS='|' read -r line expected; do
        case $line in
        *'<TAB>'*'<TAB>'* | *'<TAB>'?*) continue ;; # complete -C completes one word
        esac
        word=${line%<*}
        word=${word##* }
        got=$(cd "$work/files" && HOME=$work fish --no-config -c "
            source '$top/completions/sdctl.fish'
            complete -C 'sdctl ${line%<*}'" 2>&1 | sed 's/	.*//; s/\/$//')
        [ -n "$got" ] || got=$word
        before="sdctl ${line%<*}"
        before=${before%"$word"}
        got=$(echo "$before" | sed 's/^sdctl//; s/ \([^ ][^ ]*\)/<\1>/g; s/ $//'
            echo "$got" | sed 's/.*/<&>/')
        tell fish "$line" "$expected" "$(echo "$got" | tr -d '\n')"
    done <"$work/cases"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
