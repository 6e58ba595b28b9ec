# @FILE reads a prompt from a file; one final line end is taken off.
dry() { try sdctl img2img --dry-run -i "$TILE" "$@"; [ "$status" != 0 ] || pick '{prompt, negative_prompt}'; }
printf 'a cat,\nred\n' >prompt.txt
printf 'dog\r\n' >negative.txt
dry -p @prompt.txt -n @negative.txt
dry -p @none.txt
dry -p @.
dry -p '\@home'
dry -p '@'
: >empty.txt
dry -p @empty.txt
printf 'a\0b' >zero.txt
dry -p @zero.txt
printf 'caf\351' >latin1.txt
dry -p @latin1.txt
dry -p "$(printf 'caf\351')"
printf 'from a pipe' | dry -p @-
dry -p ''
head -c 1100000 /dev/zero | tr '\0' a >long.txt
dry -p @long.txt
