"""What the request models of both Fooocus servers take: names, types and ranges, written from their
field lists (Fooocus-API: models/common/requests.py, requests_v2.py; FooocusAPI: models/requests.py,
models/base.py). check_old() and check_new() return what the server would refuse; names that a model
does not have are ignored by the servers, so they are told apart."""


def is_int(v):
    """An integer as the servers read JSON: 3, 3.0 and "3" are one, true is not."""
    if isinstance(v, bool):
        return False
    if isinstance(v, str):
        return v.lstrip("-").isdigit()
    return isinstance(v, int) or (isinstance(v, float) and v == int(v))


def is_number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool)


def integer(least=None, most=None):
    return lambda v: is_int(v) and (least is None or int(v) >= least) and (most is None or int(v) <= most)


def number(least=None, most=None):
    return lambda v: is_number(v) and (least is None or v >= least) and (most is None or v <= most)


def text(v):
    return isinstance(v, str)


def flag(v):
    return isinstance(v, bool) or v in (0, 1)


def choice(*words):
    return lambda v: isinstance(v, str) and v in words


def maybe(check):
    return lambda v: v is None or check(v)


def listed(check):
    return lambda v: isinstance(v, list) and all(check(e) for e in v)


def model(fields, required=()):
    return lambda v: isinstance(v, dict) and not refused(v, fields, required)


def refused(v, fields, required=()):
    wrong = [f"{k}: {v[k]!r}" for k in v if k in fields and not fields[k](v[k])]
    return wrong + [f"{k} is missing" for k in required if k not in v]


PERFORMANCE = choice("Quality", "Speed", "Extreme Speed", "Lightning", "Hyper-SD")
UOV = choice("Disabled", "Vary (Subtle)", "Vary (Strong)", "Upscale (1.5x)", "Upscale (2x)",
             "Upscale (Fast 2x)", "Upscale (Custom)")
DIRECTION = choice("Left", "Right", "Top", "Bottom")
LORA = model({"enabled": flag, "model_name": text, "weight": number(-2, 2)}, ("enabled", "model_name"))
PROMPT = model({"cn_img": maybe(text), "cn_stop": maybe(number(0, 1)), "cn_weight": maybe(number(0, 2)),
                "cn_type": choice("ImagePrompt", "FaceSwap", "PyraCanny", "CPDS")})
CTRLS = model({"enhance_enabled": flag, "enhance_mask_dino_prompt": text, "enhance_prompt": text,
               "enhance_negative_prompt": text,
               "enhance_mask_model": choice("u2net", "u2netp", "u2net_human_seg", "u2net_cloth_seg", "silueta",
                                            "isnet-general-use", "isnet-anime", "sam"),
               "enhance_mask_cloth_category": text, "enhance_mask_sam_model": text,
               "enhance_mask_text_threshold": number(0, 1), "enhance_mask_box_threshold": number(0, 1),
               "enhance_mask_sam_max_detections": integer(0, 10), "enhance_inpaint_disable_initial_latent": flag,
               "enhance_inpaint_engine": text, "enhance_inpaint_strength": number(0, 1),
               "enhance_inpaint_respective_field": number(0, 1),
               "enhance_inpaint_erode_or_dilate": number(-64, 64), "enhance_mask_invert": flag})

COMMON = {"prompt": text, "negative_prompt": text, "style_selections": listed(text),
          "performance_selection": PERFORMANCE, "aspect_ratios_selection": text, "image_number": integer(1, 32),
          "image_seed": integer(), "sharpness": number(0, 30), "guidance_scale": number(1, 30),
          "base_model_name": text, "refiner_model_name": text, "refiner_switch": number(0.1, 1),
          "loras": listed(LORA), "read_wildcards_in_order": flag, "require_base64": flag, "async_process": flag,
          "webhook_url": maybe(text), "save_name": text}

ADVANCED = {"disable_preview": flag, "disable_intermediate_results": flag, "disable_seed_increment": flag,
            "black_out_nsfw": flag, "adm_scaler_end": number(0, 1), "adaptive_cfg": number(1, 30),
            "clip_skip": integer(1, 12), "sampler_name": text, "scheduler_name": text, "vae_name": text,
            "overwrite_width": integer(-1, 2048), "overwrite_height": integer(-1, 2048),
            "overwrite_vary_strength": number(-1, 1), "overwrite_upscale_strength": number(-1, 1),
            "mixing_image_prompt_and_vary_upscale": flag, "mixing_image_prompt_and_inpaint": flag,
            "debugging_cn_preprocessor": flag, "skipping_cn_preprocessor": flag,
            "canny_low_threshold": integer(1, 255), "canny_high_threshold": integer(1, 255),
            "refiner_swap_method": text, "controlnet_softness": number(0, 1), "freeu_enabled": flag,
            "freeu_b1": number(), "freeu_b2": number(), "freeu_s1": number(), "freeu_s2": number(),
            "debugging_inpaint_preprocessor": flag, "inpaint_disable_initial_latent": flag, "inpaint_engine": text,
            "inpaint_strength": number(0, 1), "inpaint_respective_field": number(0, 1),
            "inpaint_advanced_masking_checkbox": flag, "invert_mask_checkbox": flag,
            "inpaint_erode_or_dilate": integer(-64, 64), "debugging_dino": flag,
            "dino_erode_or_dilate": integer(-64, 64), "debugging_enhance_masks_checkbox": flag}

OLD_ADVANCED = {**ADVANCED, "adm_scaler_positive": number(0.1, 3), "adm_scaler_negative": number(0.1, 3),
                "overwrite_step": integer(-1, 200), "overwrite_switch": number(-1, 1)}

OLD = {**COMMON, "advanced_params": model(OLD_ADVANCED), "save_meta": flag, "meta_scheme": text,
       "save_extension": text}
OLD_IMAGES = {"image_prompts": listed(PROMPT)}
OLD_INPAINT = {**OLD_IMAGES, "input_mask": maybe(text), "inpaint_additional_prompt": maybe(text),
               "outpaint_selections": listed(DIRECTION), "outpaint_distance_left": maybe(integer()),
               "outpaint_distance_right": maybe(integer()), "outpaint_distance_top": maybe(integer()),
               "outpaint_distance_bottom": maybe(integer())}
# by kind: fields besides the common ones, and those that must be there
OLD_KINDS = {
    "text": (OLD_IMAGES, ()),
    "uov": ({**OLD_IMAGES, "uov_method": UOV, "upscale_value": maybe(number(1, 5)), "input_image": text},
            ("input_image",)),
    "inpaint": ({**OLD_INPAINT, "input_image": text}, ()),
    "prompt": ({**OLD_INPAINT, "input_image": maybe(text)}, ("image_prompts",)),
    "enhance": ({"enhance_input_image": text, "enhance_checkbox": flag, "enhance_uov_method": UOV,
                 "enhance_uov_processing_order": text, "enhance_uov_prompt_type": text,
                 "save_final_enhanced_image_only": flag, "enhance_ctrlnets": listed(CTRLS)},
                ("enhance_ctrlnets",)),
}

NEW = {**COMMON, **ADVANCED, "adm_scaler_positive": number(0, 3), "adm_scaler_negative": number(0, 3),
       "overwrite_step": integer(), "overwrite_switch": integer(), "output_format": choice("png", "jpeg", "webp"),
       "input_image_checkbox": flag, "current_tab": text, "uov_method": UOV, "uov_input_image": maybe(text),
       "outpaint_selections": listed(DIRECTION), "inpaint_input_image": maybe(text),
       "inpaint_additional_prompt": text, "inpaint_mask_image_upload": maybe(text),
       "save_final_enhanced_image_only": flag, "save_metadata_to_images": flag,
       "metadata_scheme": choice("fooocus", "a1111"), "controlnet_image": listed(PROMPT),
       "enhance_input_image": maybe(text), "enhance_checkbox": flag, "enhance_uov_method": UOV,
       "enhance_uov_processing_order": text, "enhance_uov_prompt_type": text, "enhance_ctrls": listed(CTRLS),
       "generate_image_grid": flag, "outpaint_distance": lambda v: listed(integer())(v) and len(v) == 4,
       "upscale_multiple": number(1, 5), "preset": text, "stream_output": flag}


def check_old(request, kind):
    """What Fooocus-API's endpoint for the kind would refuse, and names it does not have."""
    fields, required = OLD_KINDS[kind]
    fields = {**OLD, **fields}
    unknown = [k for k in request if k not in fields]
    unknown += [k for k in request.get("advanced_params", {}) if k not in OLD_ADVANCED]
    advanced = refused(request.get("advanced_params", {}), OLD_ADVANCED)
    return refused(request, fields, required) + advanced, unknown


def check_new(request):
    """What FooocusAPI would refuse, and names it does not have."""
    return refused(request, NEW), [k for k in request if k not in NEW]
