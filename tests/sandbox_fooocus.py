"""What the tests of the sandbox's two Fooocus dialects share.

Where FOOOCUSAPI_SOURCE and FOOOCUS_API_SOURCE name folders with the servers' own source, their
request models are compared field by field with what the sandbox checks.
"""
import ast
import base64
import io
import json
import os
import time
import urllib.error
import urllib.request

try:
    from PIL import Image, ImageChops
except ImportError:
    Image = None

JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def call(server, path, body=None, method=None, **headers):
    """Status, headers and bytes; a header of None is not sent."""
    url = path if path.startswith("http") else server.url + path
    headers = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    headers = {name: value for name, value in headers.items() if value is not None}
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def ask(server, path, body=None, **headers):
    status, _, text = call(server, path, body, **headers)
    return status, json.loads(text) if text[:1] in b"{[n\"" and text else text


def png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def wait_for(condition, seconds=20):
    until = time.time() + seconds
    while time.time() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    return None


# --- request models -------------------------------------------------------------------------

PLAIN = {"str": "string", "StrictStr": "string", "int": "integer", "float": "number", "bool": "boolean"}


def model(folder, file, name):
    """Fields of a pydantic class: (type or class, list, nullable, required, low, high)."""
    with open(os.path.join(folder, file), encoding="utf-8") as f:
        classes = {c.name: c for c in ast.parse(f.read()).body if isinstance(c, ast.ClassDef)}
    fields = {}
    for line in classes[name].body:
        if not isinstance(line, ast.AnnAssign):
            continue
        kind = ast.unparse(line.annotation)
        nullable, kind = kind.endswith(" | None"), kind.removesuffix(" | None")
        is_list, kind = kind.startswith("List["), kind.removeprefix("List[").removesuffix("]")
        call_ = line.value if isinstance(line.value, ast.Call) and ast.unparse(line.value.func) == "Field" else None
        words = {k.arg: k.value for k in call_.keywords} if call_ else {}
        required = line.value is None or bool(call_ and not call_.args and "default" not in words)
        limits = [ast.literal_eval(words[w]) if w in words and "max" not in ast.unparse(words[w]) else
                  12 if w in words else None for w in ("ge", "le")]
        fields[line.target.id] = (PLAIN.get(kind), is_list, nullable, required, *limits)
    return fields


def from_schema(schema):
    fields = {}
    for name, field in schema["properties"].items():
        nullable = "anyOf" in field
        field = field["anyOf"][0] if nullable else field
        is_list = field["type"] == "array"
        field = field["items"] if is_list else field
        kind = field["type"] if field["type"] != "object" and "enum" not in field else None
        fields[name] = (kind, is_list, nullable, name in schema["required"], field.get("minimum"),
                        field.get("maximum"))
    return fields


def compare_models(server, check, source, names):
    folder = os.environ.get(source)
    if not folder:
        return
    schemas = json.loads(call(server, "/openapi.json")[2])["components"]["schemas"]
    for name, files in names.items():
        wanted = {}
        for file, class_ in files:
            wanted.update(model(folder, file, class_))
        given = from_schema(schemas[name])
        check(set(wanted) == set(given), f"{name}: fields {sorted(set(wanted) ^ set(given))}")
        for field in sorted(set(wanted) & set(given)):
            check(wanted[field] == given[field], f"{name}.{field}: {wanted[field]} {given[field]}")


def test_pixels(check, photo, mask, paint):
    """paint(image, mask, **fields) gives the bytes of a result, or b""; both servers."""
    original = Image.open(io.BytesIO(base64.b64decode(photo))).convert("RGB")
    grey = Image.open(io.BytesIO(base64.b64decode(mask))).convert("L")

    def changed(result):
        picture = Image.open(io.BytesIO(result)).convert("RGB")
        if picture.size != original.size:
            return None
        difference = ImageChops.difference(picture, original).convert("L").point(lambda v: 255 * (v > 0))
        near = grey.point(lambda v: 255 * (v > 127)).resize((96, 64), Image.Resampling.BOX)
        near = near.point(lambda v: 255 * (v > 0)).resize(grey.size, Image.Resampling.NEAREST)
        outside = ImageChops.multiply(difference, ImageChops.invert(near)).getbbox()
        inside = ImageChops.multiply(difference, grey.point(lambda v: 255 * (v > 127)))
        return outside is None, sum(inside.histogram()[1:]) / sum(grey.point(lambda v: v > 127 and 255).histogram()[1:])

    for name, picture in (("grey", grey), ("RGB", grey.convert("RGB"))):
        unchanged, share = changed(paint(photo, png(picture))) or (False, 0)
        check(unchanged and share > 0.7, f"a {name} mask: {unchanged} {share}")
    check(changed(paint(photo, None)) is None, "no mask: nothing is inpainted")
    check(paint(photo, png(grey.resize((384, 256)))) == b"", "a mask of another size fails")
    for sides, distance, size in ((["Left", "Top"], [100, 50, 9, 9], (868, 562)), (["Right"], [0, 0, 0, 0], (998, 512)),
                                  (["Bottom"], [-1, -1, -1, 40], (768, 552))):
        result = Image.open(io.BytesIO(paint(photo, None, sides, distance)))
        check(result.size == size, f"painted outwards {sides}: {result.size}")
    return changed
