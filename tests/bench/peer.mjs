// The usual client with fetch:  peer.mjs URL IMAGE FOLDER
import { readFile, writeFile } from "node:fs/promises";

const [url, image, folder] = process.argv.slice(2);
const encoded = (await readFile(image)).toString("base64");
const answer = await fetch(url, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ prompt: "a cat", init_images: [encoded] }),
});
if (!answer.ok) throw new Error(`status ${answer.status}`);
const { images } = await answer.json();
for (const [i, picture] of images.entries()) {
  await writeFile(`${folder}/node-${i + 1}.png`, Buffer.from(picture, "base64"));
}
