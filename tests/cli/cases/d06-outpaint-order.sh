# D6: distances go left, top, right, bottom, and only directions that are named count: both are sent.
start_fooocus fooocusapi
outpaint=(-i "$TILE" -p cup --seed 7 --set performance_selection=Lightning)
try sdctl img2img "${outpaint[@]}" --outpaint left=16,bottom=8 -o new.png
pick '.params | [keys, .outpaint_selections, .outpaint_distance]'
pick '.images[0] | [.width, .height]'
try sdctl inpaint "${outpaint[@]}" -q -m "$MASK" --outpaint top=5,right=6 -o both.png
pick '.params | [keys, .outpaint_selections, .outpaint_distance]'
pick '.images[0] | [.width, .height]'
say 'by hand, a number without its direction has no effect, and that is said'
try sdctl img2img "${outpaint[@]}" --set 'outpaint_selections=["Left"]' --set 'outpaint_distance=[16,9,0,0]' -o hand.png
pick '.images[0] | [.width, .height]'
run sdctl img2img "${outpaint[@]}" --set 'outpaint_distance=[16,9]' -o no.png
run sdctl img2img "${outpaint[@]}" --set 'outpaint_selections=["Up"]' -o no.png
run sdctl img2img "${outpaint[@]}" --outpaint left=0 -o no.png

say fooocus-api
start_fooocus fooocus-api
try sdctl img2img "${outpaint[@]}" --outpaint left=16,bottom=8 -o old.png
pick '.params | with_entries(select(.key | startswith("outpaint")))'
pick '.images[0] | [.width, .height]'
pixels new.png
pixels old.png
