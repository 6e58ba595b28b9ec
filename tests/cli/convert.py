#!/usr/bin/env python3
"""convert-params through the real program: the models of both servers accept what it writes, forms,
faults, hostile JSON, memory, reports.

usage: tests/cli/convert.py      SDCTL names the program (default ./sdctl)
"""

import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import zlib

sys.dont_write_bytecode = True
import fooocus_models as models

SDCTL = os.path.abspath(os.environ.get("SDCTL", "./sdctl"))
with open(SDCTL, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()
RANDOM = random.Random(4)
MEMORY_MAX = 4096  # KiB
passed = failed = 0


def tell(good, what, more=""):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f"not ok convert: {what}{': ' if more else ''}{str(more)[:600]}")


def run(*args, stdin=b"", timeout=60):
    if isinstance(stdin, str):
        stdin = stdin.encode()
    return subprocess.run([SDCTL, "convert-params", *args], input=stdin, capture_output=True, timeout=timeout)


def convert(text, *args):
    done = run(*args, stdin=text if isinstance(text, (str, bytes)) else json.dumps(text))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# --- what the servers accept --------------------------------------------------------------------

def some(choices):
    return RANDOM.choice(choices)


def prompts():
    return [{k: v for k, v in {"cn_img": "QUJD", "cn_stop": some([0, None, 0.5]), "cn_weight": some([0, None, 1.5]),
                               "cn_type": some(["ImagePrompt", "FaceSwap", "PyraCanny", "CPDS"])}.items()
             if k == "cn_img" or RANDOM.random() < 0.8} for _ in range(some([1, 2, 4]))]


VALUES = {
    "advanced": {"disable_preview": [True], "adm_scaler_positive": [0.1, 1.5], "adm_scaler_end": [0.3],
                 "adaptive_cfg": [7.0], "clip_skip": [2], "sampler_name": ["dpmpp_2m"], "vae_name": ["x"],
                 "overwrite_step": [-1, 30], "overwrite_switch": [-1, 1, -1.0], "overwrite_width": [1024],
                 "freeu_enabled": [True, False], "freeu_b1": [1.01], "inpaint_strength": [0.5],
                 "inpaint_mask_upload_checkbox": [True], "invert_mask_checkbox": [False],
                 "inpaint_erode_or_dilate": [-3, 5], "debugging_dino": [False],
                 "mixing_image_prompt_and_inpaint": [False, True]},
    "common": {"prompt": ["a cat", "\u732b"], "negative_prompt": [""], "style_selections": [["Fooocus V2"], []],
               "performance_selection": ["Speed", "Lightning"], "image_number": [2], "image_seed": [-1, 7],
               "sharpness": [2.0], "guidance_scale": [4], "loras": [[{"model_name": "l", "weight": 0.5}], []],
               "save_meta": [True], "meta_scheme": ["fooocus", "a111", "a1111"],
               "save_extension": ["png", "jpg", "jpeg", "webp"], "save_name": ["", "x"], "require_base64": [False],
               "async_process": [True], "webhook_url": [None, "", "http://127.0.0.1/"]},
    "uov": {"uov_method": ["Vary (Subtle)", "Upscale (Custom)"], "upscale_value": [None, 1.0, 2.5],
            "image_prompts": [prompts]},
    "inpaint": {"input_mask": ["REVG", "", None], "inpaint_additional_prompt": [None, "", "dog"],
                "outpaint_selections": [[], ["Left"], "Left,Top"], "outpaint_distance_left": [-1, 0, 100, None],
                "outpaint_distance_bottom": [5], "image_prompts": [prompts]},
    "prompt": {"image_prompts": [prompts], "outpaint_distance_top": [-1, 9]},
    "text": {"image_prompts": [prompts]},
    "enhance": {"enhance_checkbox": [True, False], "enhance_uov_method": ["Vary (Strong)"],
                "save_final_enhanced_image_only": [True]},
}


def fields(group):
    picked = {}
    for name, values in VALUES[group].items():
        if RANDOM.random() < 0.6:
            value = some(values)
            picked[name] = value() if callable(value) else value
    return picked


def old_request(kind):
    request = {**fields("common"), **fields(kind)}
    if RANDOM.random() < 0.8:
        request["advanced_params"] = fields("advanced")
    if kind in ("uov", "inpaint") or (kind == "prompt" and RANDOM.random() < 0.5):
        request["input_image"] = "QUJD"
    if kind == "prompt":
        request.setdefault("image_prompts", prompts())
    if kind == "enhance":
        request.update(enhance_input_image="QUJD", enhance_ctrlnets=[{"enhance_enabled": True}])
    order = list(request.items())
    RANDOM.shuffle(order)
    return dict(order)


def accepted():
    for kind in ("text", "uov", "inpaint", "prompt", "enhance"):
        lines = [old_request(kind) for _ in range(300)]
        pin = ["--pin-defaults"] if kind != "text" else []
        status, out, err = convert("\n".join(map(json.dumps, lines)), "--kind", kind, "--keep", "save_name", *pin)
        tell(status == 0, f"requests of kind {kind}", err)
        new = [json.loads(line) for line in out.splitlines()]
        tell(len(new) == len(lines), f"{kind}: {len(new)} of {len(lines)} requests")
        for before, after in zip(lines, new):
            wrong, unknown = models.check_new(after)
            tell(not wrong and not unknown, f"FooocusAPI takes a request of kind {kind}",
                 f"{wrong} {unknown}\n  {before}\n  {after}")
        status, back, err = convert(out, "--reverse")
        tell(status == 0, f"{kind} back", err)
        report = run("--reverse", "--check", "--report", "-", stdin=out).stdout.splitlines()
        for after, line, said in zip(new, back.splitlines(), report):
            is_kind = json.loads(said)["kind"]
            wrong, _ = models.check_old(json.loads(line), is_kind)
            tell(not wrong, f"Fooocus-API takes a {is_kind} request again", f"{wrong}\n  {after}\n  {line}")


def native():
    """Requests as users of the new server write them, with all that the old one lacks."""
    values = {"uov_input_image": ["QUJD", "None", "", None], "inpaint_input_image": ["QUJD", "None", None],
              "inpaint_mask_image_upload": ["QUJD", "None", ""], "controlnet_image": [prompts],
              "uov_method": ["Disabled", "Upscale (2x)"], "outpaint_distance": [[0, 0, 0, 0], [1, 2, 3, 4]],
              "preset": ["initial", "anime"], "stream_output": [True, False], "current_tab": ["uov"],
              "adm_scaler_positive": [0, 1.5], "overwrite_switch": [-1, 20], "overwrite_step": [30, 500],
              "output_format": ["jpeg"], "metadata_scheme": ["a1111"], "clip_skip": [2],
              "mixing_image_prompt_and_vary_upscale": [True, False], "mixing_image_prompt_and_inpaint": [True],
              "enhance_input_image": ["None", "QUJD"], "enhance_checkbox": [True, False],
              "invert_mask_checkbox": [True], "upscale_multiple": [2.0], "save_name": ["x"]}
    VALUES["native"] = values
    lines = [fields("native") for _ in range(1000)]
    status, out, err = convert("\n".join(map(json.dumps, lines)), "--reverse")
    report = run("--reverse", "--check", "--report", "-", stdin="\n".join(map(json.dumps, lines)))
    tell(status == 0, "native requests", err)
    for before, line, said in zip(lines, out.splitlines(), report.stdout.splitlines()):
        kind = json.loads(said)["kind"]
        wrong, _ = models.check_old(json.loads(line), kind)
        tell(not wrong, f"Fooocus-API takes a native request as {kind}", f"{wrong}\n  {before}\n  {line}")


# --- forms, options, faults ---------------------------------------------------------------------

def forms(folder):
    path = os.path.join(folder, "old.json")
    with open(path, "w") as f:
        json.dump([{"save_meta": True}, {"prompt": "x"}], f, indent=4)
    done = run(path)
    with open(path) as f:
        want = f.read().replace("save_meta", "save_metadata_to_images") + "\n"
    tell(done.stdout.decode() == want, "an array keeps its layout", done.stdout)
    done = run(path, "-", stdin='{"save_meta": 1}')
    tell(done.stdout.decode() == want + '{"save_metadata_to_images": 1}\n', "a file and standard input")
    status, out, err = convert('{"a":1}\n{"a":2}\n{"a":}\n{"a":4}\n')
    tell((status, out) == (3, '{"a":1}\n{"a":2}\n'), "the lines before a broken one are out", out)
    tell("(line 3, column 6)" in err, "a broken line is named", err)
    tell(convert("")[:2] == (0, ""), "an empty input")
    status, out, err = convert({"input_image": "QUJD"})
    tell(status == 3 and out == "" and "--kind" in err and "column 2" in err, "an open image is refused", err)
    for args, word in ((["--kind", "x"], "--kind"), (["--keep", "prompt"], "--keep"), (["--report", "-"], "--report"),
                       (["-", "-"], "once only"), (["--force"], "--report"), (["--table", "text", "--check"], "--table")):
        status, out, err = convert("{}", *args)
        tell(status == 2 and out == "" and word in err and err.count("\n") == 1, f"{args} is refused", err)
    status, out, err = convert("{}", os.path.join(folder, "none.json"))
    tell(status == 3 and "none.json" in err, "a missing file", err)
    status, out, err = convert("{}", folder)
    tell(status == 3, "a folder", err)
    rows = json.loads(run("--table", "json").stdout)
    text, markdown = run("--table").stdout.decode(), run("--table=markdown").stdout.decode()
    tell(len(rows) > 80 and text.count("\n") > len(rows) and markdown.count("\n| ") == len(rows), "the table's forms")


def reports(folder):
    report = os.path.join(folder, "report.jsonl")
    text = '{"save_name":"x","save_extension":"jpg"}\n{"prompt":"y","\u0080key":1}\n'
    done = run("--report", report, stdin=text)
    with open(report) as f:
        lines = [json.loads(line) for line in f]
    tell(done.returncode == 0 and [r["line"] for r in lines] == [1, 2] and lines[0]["lost"] == 1, "a report", lines)
    changed = [c for c in lines[0]["changes"] if c["what"] == "changed"]
    tell(changed and changed[0]["was"] == "jpg" and changed[0]["is"] == "jpeg", "a change in the report", changed)
    tell(lines[1]["changes"][0]["from"] == "\u0080key", "an odd key in the report", lines[1])
    tell(b"save_name (1)" in done.stderr and done.stderr.count(b"\n") == 1, "one warning", done.stderr)
    tell(b"\xc2\x80" not in done.stderr, "no control character in a warning", done.stderr)
    tell(run("-q", stdin=text).stderr == b"", "-q is quiet")
    done = run("--report", report, stdin="{}")
    tell(done.returncode == 9 and done.stdout == b"", "an existing report is kept", done.stderr)
    tell(run("--report", report, "--force", stdin="{}").returncode == 0, "--force replaces it")
    done = run("--check", stdin=text + '{"input_image":"QUJD"}')
    tell(done.returncode == 3 and done.stdout.count(b"\n") == 2 and b"-:1:2: lost: save_name" in done.stdout,
         "a check", done.stdout)
    tell(run("--check", stdin='{"prompt":"x"}').returncode == 0, "a check that finds nothing")
    done = run("--report", os.path.join(folder, "no", "r"), stdin=text)
    tell(done.returncode == 9 and done.stdout == b"", "a report in no folder", done.stderr)


def outputs():
    with open("/dev/full", "wb") as full:
        for args, stdin in (((), b'{"a":1}'), (("--table",), b""), (("--check",), b'{"save_name":"x"}')):
            done = subprocess.run([SDCTL, "convert-params", *args], input=stdin, stdout=full, stderr=subprocess.PIPE)
            tell(done.returncode == 9, f"/dev/full {args}", done.stderr)
    r, w = os.pipe()
    os.close(r)
    done = subprocess.run([SDCTL, "convert-params"], input=b'{"a":1}', stdout=w, stderr=subprocess.PIPE)
    os.close(w)
    tell(done.returncode == 9, "a reader that went away", done.stderr)
    done = subprocess.run(["sh", "-c", '"$0" convert-params >&-', SDCTL], input=b'{"a":1}', stderr=subprocess.PIPE)
    tell(done.returncode == 9, "a closed standard output", done.stderr)


def hostile():
    deep = 500_000
    cases = {
        "deep arrays": '{"a":' + "[" * deep, "deep objects": '{"a":' * deep, "many numbers":
        '{"a":[' + "1," * 2_000_000 + "1]}", "many keys": "{" + ",".join(f'"k{i}":1' for i in range(300_000)) + "}",
        "many nested keys": '{"a":{' + ",".join(f'"k{i}":1' for i in range(300_000)) + "}}",
        "9,999 nested keys": '{"a":{' + ",".join(f'"k{i}":1' for i in range(9_999)) + "}}",
        "a long key": '{"' + "k" * 5_000_000 + '":1}', "a long number": '{"a":' + "1" * 1_000_000 + "}",
        "a huge number": '{"a":1e999999999}', "white space": " " * 30_000_000 + "{}", "a long line": '{"a":"' + "x" * 60_000_000 + '"}',
        "UTF-16": '{"a":1}'.encode("utf-16"), "NULs": b"\0" * 1_000_000, "bytes": RANDOM.randbytes(1_000_000),
        "no end": '{"a":"' + "x" * 1_000_000, "long unknown": '{"a":[' + '"' + "x" * 20_000_000 + '"]}',
        "escapes only": '{"a":"' + "\\u0041" * 3_000_000 + '"}', "an address of keys":
        '{"a":{' + ",".join(f'"{chr(97 + i % 26)}\\u{i:04x}":1' for i in range(40, 9_000)) + "}}",
    }
    good = {"9,999 nested keys", "a long number", "a huge number", "a long line", "long unknown", "escapes only",
            "an address of keys", "many numbers", "white space"}
    for name, text in cases.items():
        start = time.monotonic()
        done = run(stdin=text)
        took = time.monotonic() - start
        tell(done.returncode == (0 if name in good else 3), name, f"{done.returncode} {done.stderr[:200]}")
        tell(done.returncode == 0 or (done.stderr.count(b"\n") == 1 and len(done.stderr) < 500 and done.stdout == b""),
             f"{name}: one line", done.stderr)
        tell(took < (40 if SANITIZED else 4), f"{name}: {took:.1f} s")
        if name in good and isinstance(text, str):
            tell(done.stdout.decode() == text.lstrip() + "\n", f"{name} is unchanged")


# --- memory -------------------------------------------------------------------------------------

def peak(args, chunks, path=None):
    """Peak memory in KiB of a run whose input is fed by a pipe, or is a file and then a pipe that
    stays open: read while the process still lives. The output is thrown away."""
    process = subprocess.Popen([SDCTL, "convert-params", "-q", *args, *([path] if path else []), "-"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    got = 0

    def drain():
        nonlocal got
        while data := process.stdout.read(1 << 20):
            got += len(data)

    reader = threading.Thread(target=drain)
    reader.start()
    for chunk in chunks:
        process.stdin.write(chunk)
    process.stdin.flush()
    time.sleep(0.5)
    with open(f"/proc/{process.pid}/status") as f:
        memory = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    process.stdin.close()
    status = process.wait()
    reader.join()
    return memory, got, status


def memory(folder):
    path = os.path.join(folder, "big.json")
    head, tail = b'{"uov_method":"Upscale (2x)","input_image":"', b'","save_extension":"jpg"}'
    block = base64.b64encode(RANDOM.randbytes(750_000))
    with open(path, "wb") as f:
        f.write(head + block * 40 + tail)
    size = os.path.getsize(path)
    line = json.dumps(old_request("text")).encode() + b"\n"
    cases = [("40 MB of base64 in a file", [], [b'{"a":1}\n'], path, size),
             ("40 MB of base64 through a pipe", [], [head, *[block] * 40, tail, b"\n"], None, size),
             ("200,000 lines", ["--keep", "save_name"], [line * 1000] * 200, None, len(line) * 150_000)]
    for name, args, chunks, file, least in cases:
        used, got, status = peak(args, chunks, file)
        tell(status == 0 and got >= least, f"{name}: status {status}, {got} bytes")
        tell(SANITIZED or used < MEMORY_MAX, f"{name}: {used} KiB")
    out = run("-q", path).stdout
    tell(out.startswith(b'{"uov_method":"Upscale (2x)","uov_input_image":"') and block * 40 in out, "the string is whole")


def grey_png(side, value):
    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    rows = (b"\0" + bytes([value]) * side) * side
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", side.to_bytes(4, "big") * 2 + b"\x08\0\0\0\0") +
            chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


def masks():
    text = base64.b64encode(grey_png(2000, 10)).decode()
    request = {"input_image": "QUJD", "input_mask": text, "advanced_params": {"invert_mask_checkbox": True}}
    status, out, err = convert(request)
    tell(status == 0, "a mask of 5 MB", err)
    data = base64.b64decode(json.loads(out)["inpaint_mask_image_upload"])
    raw = zlib.decompressobj()
    at, pixels = 8, b""
    while at < len(data):
        n = int.from_bytes(data[at:at + 4], "big")
        if data[at + 4:at + 8] == b"IDAT":
            pixels += raw.decompress(data[at + 8:at + 8 + n])
        at += n + 12
    tell(set(pixels[1:2001]) == {245}, "its pixels are inverted", set(pixels[1:2001]))
    for damaged in (text[:-8], text[:1000], "QUJD"):
        status, out, err = convert({**request, "input_mask": damaged})
        tell(status == 3 and out == "" and "input_mask" in err, "a damaged mask is refused", err)


def main():
    with tempfile.TemporaryDirectory(prefix="sdctl-convert-") as folder:
        accepted()
        native()
        forms(folder)
        reports(folder)
        outputs()
        hostile()
        memory(folder)
        masks()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
