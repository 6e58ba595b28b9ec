# Several runs into one folder at a time: every picture gets a name of its own.
start_sandbox
mkdir dir
for n in 1 2 3 4 5 6; do
    begin run$n sdctl img2img -e "$URL" -i "$TILE" --seed $n --steps 1 --size 64x48 --count 3 -q -o dir/
done
for n in 1 2 3 4 5 6; do
    end run$n >"$CASE/said"
    grep '^[!=]' "$CASE/said"
done
ls dir | wc -l
for file in dir/*; do sha256sum <"$file"; done | sort -u | wc -l
tree
