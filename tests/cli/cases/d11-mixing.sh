# D11: FooocusAPI looks at the image prompts alone unless mixing is asked for, so it is, for both kinds of images.
start_fooocus fooocusapi
prompt=(--controlnet image="$DATA/dot.png",type=PyraCanny,weight=0.8,stop=0.9)
flags='with_entries(select(.key | startswith("mixing"))), .controlnet_image'
try sdctl inpaint "${MASKED[@]}" -q "${prompt[@]}" -o inpaint.png
pick '.params' | jq -c "$flags"
pixels inpaint.png
try sdctl img2img "${FAST[@]}" "${prompt[@]}" -o vary.png
pick '.params' | jq -c "$flags"
say 'image prompts alone'
try sdctl img2img -p cup --seed 7 --set performance_selection=Lightning --set aspect_ratios_selection=256*192 "${prompt[@]}" -o prompts.png
pick '.params' | jq -c "$flags"
pixels prompts.png
say 'what the server would ignore'
run sdctl inpaint "${MASKED[@]}" "${prompt[@]}" --set mixing_image_prompt_and_inpaint=false -o no.png
run sdctl inpaint "${MASKED[@]}" --controlnet image="$TILE",type=Depth -o no.png
run sdctl inpaint "${MASKED[@]}" --controlnet image="$TILE",weight=3 -o no.png
run sdctl img2img "${FAST[@]}" --ip-adapter image="$TILE" -o no.png
say 'the older server mixes by itself'
start_fooocus fooocus-api
try sdctl inpaint "${MASKED[@]}" -q "${prompt[@]}" -o old.png
pick '.params' | jq -c '.image_prompts, (.advanced_params | with_entries(select(.key | startswith("mixing")))?)'
