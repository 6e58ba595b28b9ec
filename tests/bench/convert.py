#!/usr/bin/python3
"""Measures sdctl convert-params beside jq, Python and Node that do the same renames, and beside a
one-pass rename that checks nothing: the limit.

usage: convert.py [GROUP...]     lines, object; both when none is named

BIN is where sdctl is; CC builds the two small helpers. Inputs and outputs are files on a memory file
system where there is one. All rows of a group run in turn, round after round, and the medians count;
only the ratios mean anything on another machine. jq runs once a group.
"""
import base64
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SDCTL = os.path.abspath(os.path.join(os.environ.get("BIN", "."), "sdctl"))
ROUNDS = max(3, round(5 * float(os.environ.get("ROUNDS", "1"))))
RANDOM = random.Random(1)


def fail(text):
    sys.exit(f"bench: {text}")


def request(i):
    """A request as clients of the old server send it, 1.2 kB on average."""
    r = {"prompt": RANDOM.choice(["a cat on a red sofa, soft light, 35mm photo", "\u4e00\u53ea\u732b\u5750\u5728\u7a97\u53f0\u4e0a",
                                  "portrait of an old sailor, oil painting"]) + f" #{i}",
         "negative_prompt": "blurry, low quality", "style_selections": ["Fooocus V2", "Fooocus Enhance"],
         "performance_selection": "Speed", "aspect_ratios_selection": "1152*896", "image_number": 1,
         "image_seed": RANDOM.randrange(2**32), "sharpness": 2.0, "guidance_scale": 4.0,
         "base_model_name": "juggernautXL_v8Rundiffusion.safetensors", "refiner_model_name": "None",
         "refiner_switch": 0.5,
         "loras": [{"enabled": True, "model_name": "sd_xl_offset_example-lora_1.0.safetensors", "weight": 0.1}],
         "advanced_params": {"adm_scaler_positive": 1.5, "adm_scaler_negative": 0.8,
                             "sampler_name": "dpmpp_2m_sde_gpu", "scheduler_name": "karras", "overwrite_step": -1,
                             "overwrite_switch": -1, "inpaint_strength": 1.0, "freeu_enabled": False},
         "save_meta": True, "meta_scheme": "fooocus", "save_extension": RANDOM.choice(["png", "jpg"]),
         "require_base64": False, "async_process": True, "webhook_url": ""}
    image = "iVBORw0KGgo" + "A" * 200
    if i % 3 == 1:
        r.update(uov_method="Upscale (2x)", upscale_value=2.0, input_image=image)
    elif i % 3 == 2:
        r.update(input_image=image, input_mask=image, outpaint_selections=["Left"], outpaint_distance_left=100,
                 outpaint_distance_right=-1, outpaint_distance_top=-1, outpaint_distance_bottom=-1)
    return r


class Bench:
    def __init__(self):
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.dir = tempfile.mkdtemp(prefix="sdctl-bench-", dir=place)
        for name in ("measure", "convert_rename"):
            subprocess.run([os.environ.get("CC", "cc"), "-O2", "-D_XOPEN_SOURCE=700", "-o", f"{self.dir}/{name}",
                            f"{HERE}/{name}.c"], check=True)
        self.rows = {"rename": [f"{self.dir}/convert_rename"], "sdctl": [SDCTL, "convert-params", "-q"],
                     "python": [sys.executable, f"{HERE}/convert_peer.py"],
                     "node": ["node", f"{HERE}/convert_peer.mjs"],
                     "jq": ["jq", "-c", "-f", f"{HERE}/convert_peer.jq"]}
        for name in ("node", "jq"):
            if shutil.which(name) is None:
                print(f"({name} is left out: not installed)")
                del self.rows[name]

    def close(self):
        shutil.rmtree(self.dir)

    def path(self, name):
        return f"{self.dir}/{name}"

    def run(self, name, source):
        """Wall ms, CPU ms and peak MiB of a row; its output is in the file `name`."""
        with open(self.path(source)) as stdin, open(self.path(name), "w") as stdout:
            done = subprocess.run([self.path("measure"), self.path("figures"), *self.rows[name]], stdin=stdin,
                                  stdout=stdout)
        if done.returncode != 0:
            fail(f"{name} ended with {done.returncode}")
        with open(self.path("figures")) as f:
            wall, cpu, peak = map(int, f.read().split())
        return wall / 1000, cpu / 1000, peak / 1024

    def same(self, name):
        """Whether a row made the same requests as sdctl."""
        with open(self.path("sdctl")) as ours, open(self.path(name)) as theirs:
            return all(json.loads(a) == json.loads(b) for a, b in zip(ours, theirs, strict=True))

    def in_turn(self, source, title):
        figures = {name: [] for name in self.rows}
        for turn in range(ROUNDS + 1):
            for name in self.rows:
                if turn > 0 and name == "jq":
                    continue
                figure = self.run(name, source)
                if turn > 0 or name == "jq":
                    figures[name].append(figure)
            if turn == 0:
                for name in self.rows:
                    if name != "rename" and not self.same(name):
                        fail(f"{name} made other requests than sdctl")
        medians = {name: tuple(map(statistics.median, zip(*rows))) for name, rows in figures.items()}
        print(f"\n{title}\n{'':10}{'wall ms':>10}{'cpu ms':>10}{'peak MiB':>10}{'sdctl / it':>12}")
        for name, (wall, cpu, peak) in medians.items():
            print(f"{name:10}{wall:10.1f}{cpu:10.1f}{peak:10.1f}{medians['sdctl'][0] / wall:12.2f}")
        return medians


def aim(text, value, most):
    print(f"  {'met   ' if value <= most else 'MISSED'} {text}: {value:.2f}, aim {most}")
    return value <= most


def lines(bench):
    with open(bench.path("lines"), "w") as f:
        for i in range(100_000):
            f.write(json.dumps(request(i), ensure_ascii=False) + "\n")
    size = os.path.getsize(bench.path("lines")) // 1_000_000
    m = bench.in_turn("lines", f"lines: 100,000 requests, {size} MB")
    return [aim("wall, sdctl / python", m["sdctl"][0] / m["python"][0], 0.3),
            *([aim("wall, sdctl / node", m["sdctl"][0] / m["node"][0], 0.5)] if "node" in m else []),
            aim("peak MiB", m["sdctl"][2], 4)]


def large(bench):
    image = base64.b64encode(RANDOM.randbytes(30_000_000)).decode()
    with open(bench.path("object"), "w") as f:
        json.dump({**request(1), "input_image": image}, f)
        f.write("\n")
    m = bench.in_turn("object", "object: one request with 40 MB of base64")
    return [aim("wall, sdctl / python", m["sdctl"][0] / m["python"][0], 0.4),
            aim("peak memory, sdctl / python", m["sdctl"][2] / m["python"][2], 0.15),
            aim("peak MiB", m["sdctl"][2], 4)]


GROUPS = {"lines": lines, "object": large}


def main():
    wanted = sys.argv[1:] or list(GROUPS)
    if any(name not in GROUPS for name in wanted):
        fail(f"the groups are {', '.join(GROUPS)}")
    bench = Bench()
    try:
        met = [ok for name in wanted for ok in GROUPS[name](bench)]
    finally:
        bench.close()
    print(f"\n{met.count(True)} of {len(met)} aims met")


if __name__ == "__main__":
    main()
