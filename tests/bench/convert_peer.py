import json
import sys

NAMES = {"image_prompts": "controlnet_image", "upscale_value": "upscale_multiple",
         "save_meta": "save_metadata_to_images", "meta_scheme": "metadata_scheme",
         "save_extension": "output_format", "input_mask": "inpaint_mask_image_upload"}
SIDES = ("left", "top", "right", "bottom")


def convert(old):
    new = {}
    for key, value in old.items():
        if key == "advanced_params":
            new.update(value)
        elif key == "input_image":
            new["uov_input_image" if "uov_method" in old else "inpaint_input_image"] = value
        elif key.startswith("outpaint_distance_"):
            new["outpaint_distance"] = [max(0, old["outpaint_distance_" + side]) for side in SIDES]
        elif key == "save_extension":
            new["output_format"] = "jpeg" if value == "jpg" else value
        else:
            new[NAMES.get(key, key)] = value
    return new


for line in sys.stdin:
    sys.stdout.write(json.dumps(convert(json.loads(line)), ensure_ascii=False) + "\n")
