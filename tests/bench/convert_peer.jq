. as $old
| reduce to_entries[] as {key: $k, value: $v} ({};
    if $k == "advanced_params" then . + $v
    elif $k == "input_image" then
      .[if $old | has("uov_method") then "uov_input_image" else "inpaint_input_image" end] = $v
    elif $k | startswith("outpaint_distance_") then
      .outpaint_distance = [("left", "top", "right", "bottom") | [0, $old["outpaint_distance_" + .]] | max]
    elif $k == "save_extension" then .output_format = (if $v == "jpg" then "jpeg" else $v end)
    else .[{"image_prompts": "controlnet_image", "upscale_value": "upscale_multiple",
            "save_meta": "save_metadata_to_images", "meta_scheme": "metadata_scheme",
            "input_mask": "inpaint_mask_image_upload"}[$k] // $k] = $v
    end)
