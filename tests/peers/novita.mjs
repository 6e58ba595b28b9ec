// Drives the sandbox's ppinfra dialect with novita-sdk, the vendor's JavaScript client.
//
// usage: node novita.mjs URL KEY PHOTO.png MASK.png     novita-sdk is found from the current folder
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const { NovitaSDK, NovitaError, TaskStatus } =
  createRequire(join(process.cwd(), "package.json"))("novita-sdk");
const [url, key, photo, mask] = process.argv.slice(2);
const image_base64 = readFileSync(photo).toString("base64");
const mask_image_base64 = readFileSync(mask).toString("base64");
let passed = 0, failed = 0;

function check(good, what) {
  if (good) passed++;
  else { failed++; console.log(`not ok novita-sdk: ${what}`); }
}

function client(secret) {
  const sdk = new NovitaSDK(secret);
  sdk.setBaseUrl(url);
  return sdk;
}

const sdk = client(key);

// Every page of a list; the SDK hands its query to axios, so the dotted names are given here.
async function names(filter) {
  const all = [];
  let cursor = "c_0";
  while (cursor) {
    const page = await sdk.getModels({ ...filter, "pagination.limit": 100, "pagination.cursor": cursor });
    all.push(...page.models.map((m) => m.sd_name_in_api));
    cursor = page.pagination.next_cursor;
  }
  return all;
}

async function finish(task_id, what) {
  for (;;) {
    const answer = await sdk.progress({ task_id });
    if (answer.task.status === TaskStatus.SUCCEED) {
      check(answer.task.task_id === task_id, `${what}: the task's id`);
      return answer;
    }
    if (![TaskStatus.QUEUED, TaskStatus.PROCESSING].includes(answer.task.status))
      throw new Error(`${what}: ${answer.task.status} ${answer.task.reason}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function fetched(answer, what, magic) {
  for (const image of answer.images) {
    const reply = await fetch(image.image_url);
    const bytes = Buffer.from(await reply.arrayBuffer());
    check(reply.status === 200 && bytes.subarray(0, magic.length).equals(magic), `${what}: download`);
  }
}

async function refusal(what, promise) {
  try {
    await promise;
    check(false, `${what}: not refused`);
    return {};
  } catch (error) {
    check(error instanceof NovitaError, `${what}: ${error}`);
    return error;
  }
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]), JPEG = Buffer.from([0xff, 0xd8]);
const checkpoints = await names({ "filter.types": "checkpoint" });
check(checkpoints.length === 130, `${checkpoints.length} checkpoints`);
const [lora] = await names({ "filter.types": "lora" });
const [inpainter] = await names({ "filter.types": "checkpoint", "filter.is_inpainting": true });

const common = {
  image_base64, prompt: "a red cup", negative_prompt: "blur", steps: 6, guidance_scale: 7.5,
  sampler_name: "DPM++ 2M Karras", seed: 11, strength: 0.6,
};
let task = await sdk.img2Img({
  extra: { response_image_type: "png" },
  request: { ...common, model_name: checkpoints[0], width: 384, height: 256, image_num: 2,
             loras: [{ model_name: lora, strength: 0.7 }] },
});
let answer = await finish(task.task_id, "img2img");
check(answer.images.length === 2 && answer.images[0].image_type === "png", "img2img: images");
check(answer.extra.seed === "11", "img2img: seed");
await fetched(answer, "img2img", PNG);

task = await sdk.inpainting({
  extra: { response_image_type: "jpeg" },
  request: { ...common, model_name: inpainter, mask_image_base64, image_num: 1, mask_blur: 2,
             inpainting_full_res: 1, inpainting_full_res_padding: 32, inpainting_mask_invert: 0,
             initial_noise_multiplier: 1 },
});
answer = await finish(task.task_id, "inpainting");
check(answer.images.length === 1 && answer.images[0].image_type === "jpeg", "inpainting: images");
await fetched(answer, "inpainting", JPEG);

let error = await refusal("no prompt", sdk.img2Img({ request: { ...common, prompt: "" } }));
check(error.code === 400 && error.reason === "INVALID_REQUEST_BODY" && error.msg, "error's fields");
error = await refusal("no task", sdk.progress({ task_id: "none" }));
check(error.code === 404 && error.reason === "TASK_NOT_FOUND", "no task");
error = await refusal("wrong key", client("wrong").progress({ task_id: task.task_id }));
check(error.code === 401, "wrong key");

console.log(`novita-sdk: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
