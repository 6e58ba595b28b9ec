import fs from 'node:fs';

const names = {
  image_prompts: 'controlnet_image', upscale_value: 'upscale_multiple', save_meta: 'save_metadata_to_images',
  meta_scheme: 'metadata_scheme', save_extension: 'output_format', input_mask: 'inpaint_mask_image_upload',
};

function convert(old) {
  const fresh = {};
  for (const key in old) {
    if (key === 'advanced_params') Object.assign(fresh, old[key]);
    else if (key === 'input_image') fresh['uov_method' in old ? 'uov_input_image' : 'inpaint_input_image'] = old[key];
    else if (key.startsWith('outpaint_distance_')) {
      fresh.outpaint_distance = ['left', 'top', 'right', 'bottom'].map(s => Math.max(0, old['outpaint_distance_' + s]));
    } else if (key === 'save_extension') fresh.output_format = old[key] === 'jpg' ? 'jpeg' : old[key];
    else fresh[names[key] ?? key] = old[key];
  }
  return fresh;
}

let out = '';
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  if (!line) continue;
  out += JSON.stringify(convert(JSON.parse(line))) + '\n';
  if (out.length > 1 << 20) { fs.writeSync(1, out); out = ''; }
}
fs.writeSync(1, out);
