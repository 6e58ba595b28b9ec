"""Where results are said to be: URLs, hosts, redirects; and what comes from there."""

import random

from clean import SANITIZED
from faults import BOMBS, BROKEN_PICTURES, EVIL, KEY, redirect
from rawserver import PNG, chunk, endless, http, png, send
from taskcase import FAILED, NET, OK, case
from taskserver import KINDS, ppinfra_state

PATH = "/results/1.png"
HERE, OTHER = "http://127.0.0.1:{port}" + PATH, "http://127.0.0.1:{other}" + PATH


def link(name, target, exits, regex=None, kind="ppinfra", **more):
    more.setdefault("how", "wait" if exits != OK else "sync")
    case(f"link, {name}", kind, "none", None, exits, regex, links=[target], key=True, **more)


# --- schemes, hosts, spellings ------------------------------------------------------------------

for name, url in (
        ("file:", "file:///etc/passwd"), ("file: with a host", "file://127.0.0.1/etc/passwd"),
        ("ftp:", "ftp://127.0.0.1:{other}/x"), ("gopher:", "gopher://127.0.0.1:{other}/_GET%20/"),
        ("dict:", "dict://127.0.0.1:{other}/d:x"), ("javascript:", "javascript:alert(1)"),
        ("data:", "data:image/png;base64,iVBORw0KGgo="), ("s3:", "s3://bucket/key"), ("ws:", "ws://127.0.0.1:{other}/"),
        ("smb:", "smb://127.0.0.1:{other}/x"), ("ldap:", "ldap://127.0.0.1:{other}/x"), ("scp:", "scp://127.0.0.1/x"),
        ("a scheme in upper case that is none", "FILE:///etc/passwd"), ("http without slashes", "http:results/1.png"),
        ("one slash", "http:/127.0.0.1:{other}/x"),
        ("a folder above", "../results/1.png"), ("no slash", "results/1.png"), ("a query", "?x=1"),
        ("a fragment", "#x"), ("a space", " "), ("a tab before it", "\t" + HERE), ("backslashes", "http:\\\\127.0.0.1\\x"),
        ("a drive", "C:\\results\\1.png"), ("userinfo", "http://a:b@127.0.0.1:{port}" + PATH),
        ("userinfo that looks like a host", "http://127.0.0.1:{port}@169.254.169.254/x"),
        ("a host behind an escaped slash", "http://169.254.169.254%2f@127.0.0.1:{port}/x"),
        ("port 0", "http://127.0.0.1:0" + PATH), ("port 99999", "http://127.0.0.1:99999" + PATH),
        ("a negative port", "http://127.0.0.1:-1" + PATH), ("a port that is none", "http://127.0.0.1:8o" + PATH),
        ("a bad bracket", "http://[::1/x"), ("a zone", "http://[fe80::1%25eth0]/x"), ("no host", "http:///x"),
        ("a percent-coded host", "http://%31%36%39.254.169.254%00.example/x"), ("a host of escapes", "http://\x9b31m/x"),
        ("CRLF and a header", HERE + "\r\nX-Evil: 1"), ("LF", HERE + "\nx"), ("a CR in the host", "http://127.0.0.1\r:{port}/"),
        ("an escape", HERE + "\x1b]0;x\x07"), ("DEL", HERE + "\x7f"), ("2 MB", HERE + "?" + "a" * 700000),
        ("20 KB", HERE + "?" + "a" * 20000), ("all that is evil", EVIL), ("a name without end", "http://" + "a" * 5000 + "/"),
        ("labels that are too long", "http://" + "a" * 200 + ".example/")):
    link(name, url, {4, 7})
link("three slashes", "http:///127.0.0.1:{other}/x", {4, 7}, other=True)
for name, host in (
        ("plain", "169.254.169.254"), ("decimal", "2852039166"), ("hex", "0xa9fea9fe"), ("octal", "0251.0376.0251.0376"),
        ("hex parts", "0xa9.0xfe.0xa9.0xfe"), ("three parts", "169.254.43518"), ("two parts", "169.16689662"),
        ("mapped", "[::ffff:169.254.169.254]"), ("mapped in hex", "[::ffff:a9fe:a9fe]"), ("compatible", "[::169.254.169.254]"),
        ("NAT64", "[64:ff9b::a9fe:a9fe]"), ("6to4", "[2002:a9fe:a9fe::1]"), ("local link v6", "[fe80::a9fe:a9fe]"),
        ("the v6 service", "[fd00:ec2::254]:1"), ("a final dot", "169.254.169.254."), ("userinfo", "x@169.254.169.254"),
        ("circled digits", "\u2460\u2465\u2468.\u2461\u2464\u2463.\u2460\u2465\u2468.\u2461\u2464\u2463"),
        ("full-width dots", "169\uff0e254\uff0e169\uff0e254"), ("leading zeros", "0169.0254.0169.0254"),
        ("the broadcast", "255.255.255.255"), ("multicast", "224.0.0.1"), ("class E", "240.0.0.1")):
    plain = name in ("plain", "decimal", "hex", "octal", "mapped", "NAT64", "6to4", "multicast")
    link(f"metadata: {name}", f"http://{host}/latest/meta-data/", {4, 7} if not plain else FAILED,
         "will not fetch" if plain else None, timeout=3)
for name, url in (("another port", OTHER), ("another name", "http://localhost:{other}" + PATH),
                  ("decimal", "http://2130706433:{other}" + PATH), ("hex", "http://0x7f000001:{other}" + PATH),
                  ("another loopback address", "http://127.0.0.2:{other}" + PATH),
                  ("0.0.0.0", "http://0.0.0.0:{other}" + PATH)):
    link(f"loopback to loopback: {name}", url, {0, 4} if "0.0" in name or "another loop" in name else OK,
         other="must" if name in ("another port", "another name", "decimal", "hex") else True)
for name, url in (("the service itself", HERE), ("a path", PATH), ("a path and a query", PATH + "?X-Sig=a/b+c%20d&e=f"),
                  ("a fragment", HERE + "#x"), ("a space in it", "/results/1 2.png"), ("UTF-8 in it", "/results/\u00e9\u202e.png"),
                  ("a scheme in capitals", "HTTP://127.0.0.1:{port}" + PATH), ("dots", "/results/../results/./1.png"),
                  ("15 KB", PATH + "?" + "a" * 15000), ("an escaped NUL", "/results/a%00b.png"),
                  ("escapes, coded", "/results/%1b%5b2J%0d%0aX-Evil:%201.png"), ("a name of dashes", "/results/--force"),
                  ("a name that climbs", "/results/..%2f..%2fevil.png"), ("a dot name", "/results/.bashrc")):
    link(f"works: {name}", url, OK)
# The Fooocus servers misstate their own host: only the path counts.
for kind in ("fooocusapi", "fooocus-api"):
    at = KINDS[kind].link.split()[1]
    for name, url in (("metadata", "http://169.254.169.254" + at), ("another port", "http://127.0.0.1:{other}" + at),
                      ("a name", "http://files.example:1" + at), ("https", "https://127.0.0.1:1" + at),
                      ("no host", at), ("userinfo", "http://a:b@127.0.0.1:1" + at)):
        link(f"works: {name}", url, OK, kind=kind)
    for name, url in (("file:", "file://" + at), ("javascript:", "javascript:alert(1)"), ("nothing", ""),
                      ("CRLF", "http://127.0.0.1:{port}" + at + "\r\nX-Evil: 1"), ("2 MB", at + "?" + "a" * 700000),
                      ("escapes", "http://127.0.0.1:{port}/\x1b[2J\u202e"), ("climbing", "/outputs/../../x"),
                      ("two slashes", "//169.254.169.254/x")):
        # of a FooocusAPI URL all before /outputs/ is passed over, and the rest is encoded
        link(name, url, OK if kind == "fooocusapi" and name in ("file:", "CRLF") else FAILED, kind=kind)

# --- a service that is not here -----------------------------------------------------------------

PUBLIC = {"url": "http://203.0.113.5:{port}", "env": {"LD_PRELOAD": "{public}"}, "how": "wait",
          "args": ["--insecure-http"]}
PRIVATE = dict(PUBLIC, url="http://10.1.1.1:{port}")
NAMED = dict(PUBLIC, url="http://public.example:{port}")
LOCAL = ("127.0.0.1", "localhost", "loop.example", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]",
         "0.0.0.0", "127.9.9.9")
for host in (*LOCAL, "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "private.example", "169.254.169.254",
             "meta.example", "[fd00::1]", "[fe80::1]"):
    link(f"public to {host}", f"http://{host}:{{other}}{PATH}", FAILED, "will not fetch", **PUBLIC)
for host in ("127.0.0.1", "localhost", "loop.example", "169.254.169.254", "meta.example"):
    link(f"private to {host}", f"http://{host}:{{other}}{PATH}", FAILED, "will not fetch", **PRIVATE)
    link(f"public by name to {host}", f"http://{host}:{{other}}{PATH}", FAILED, "will not fetch", **NAMED)
    case(f"redirect, public to {host}", "ppinfra", "link", redirect(302, f"http://{host}:{{other}}{PATH}"), FAILED,
         "will not fetch", links=["http://203.0.113.5:{port}" + PATH], key=True, **PUBLIC)
link("public to public", "http://198.51.100.7:{other}" + PATH, OK, other="must", **PUBLIC)
link("public to itself", "http://203.0.113.5:{port}" + PATH, OK, **PUBLIC)
link("public by name to itself", "http://public.example:{port}" + PATH, OK, **NAMED)
link("private to private", "http://10.9.9.9:{other}" + PATH, OK, other="must", **PRIVATE)
link("private to public", "http://198.51.100.7:{other}" + PATH, OK, other="must", **PRIVATE)
for kind in ("fooocusapi", "fooocus-api"):
    link("public, and its links are of loopback", "http://127.0.0.1:{other}" + KINDS[kind].link.split()[1], OK, kind=kind,
         **PUBLIC)

# --- redirects of downloads ---------------------------------------------------------------------


def hop(name, act, exits, regex=None, **more):
    case(f"redirect, {name}", "ppinfra", "link", act, exits, regex, how="wait", key=True, **more)


for status in (301, 302, 303, 307, 308):
    hop(f"{status} to another port", redirect(status, OTHER), OK, other="must")
    hop(f"{status} to another name", redirect(status, "http://localhost:{other}" + PATH), OK, other="must")
hop("to a path", redirect(302, "/results/2.png"), OK)
for name, to in (("file:", "file:///etc/passwd"), ("ftp:", "ftp://127.0.0.1:{other}/"), ("gopher:", "gopher://127.0.0.1:{other}/_x"),
                 ("data:", "data:image/png;base64,AAAA"), ("javascript:", "javascript:alert(1)"),
                 ("userinfo", "http://a:b@127.0.0.1:{other}/"), ("a bad port", "http://127.0.0.1:99999/"),
                 ("metadata", "http://169.254.169.254/latest"), ("metadata in hex", "http://0xa9fea9fe/latest"),
                 ("escapes", "http://127.0.0.1:{other}/\x1b]0;x\x07"), ("a private host", "http://240.0.0.1/")):
    hop(f"to {name}", redirect(302, to), {4, 7})
hop("to nowhere", redirect(302, ""), {4, 7})
hop("to itself", redirect(302, PATH), NET, "without end")
hop("to 2 MB", send(http(b"", "302 x", headers=["Location: /" + "a" * 2000000])), NET)
hop("with a body without end", endless(http(b"", "302 x", headers=["Location: /x"], length=False), b"x"), NET)


def back_and_forth(conn, request, server):
    """To the other server, which leads back here: not even then does the key go along."""
    if server.struck == 1:
        server.other.strike, server.other.act = KINDS["ppinfra"].link, redirect(302, HERE.replace("{port}", str(server.port)))
        return redirect(302, OTHER)(conn, request, server)
    server.returned = request.head
    return server.answer(conn, request)


hop("to another server and back", back_and_forth, OK, other="must", more=lambda result, server, other, folder:
    ["the key came back"] if KEY in getattr(server, "returned", KEY) else [])
CA = {"SSL_CERT_FILE": "{ca}"}
HTTPS = {"tls": "good", "url": "https://127.0.0.1:{port}", "env": CA, "key": True}
case("redirect of a download to http", "ppinfra", "link", redirect(302, OTHER), NET, "from https to http", how="wait",
     links=["https://127.0.0.1:{port}" + PATH], **HTTPS)
case("https works", "ppinfra", "none", None, OK, how="sync", links=["https://127.0.0.1:{port}" + PATH], **HTTPS)
case("https, and the link is http", "ppinfra", "none", None, {0, 4, 7}, how="wait", links=[OTHER], other=True, **HTTPS)
for name in ("wrong", "expired"):
    for kind in KINDS:
        case(f"TLS, a certificate that is {name}", kind, "none", None, NET, how="sync", tls=name, key=True, more="no key",
             url="https://127.0.0.1:{port}", env=CA)
for kind in KINDS:
    case("TLS, an unknown authority", kind, "none", None, NET, how="sync", tls="good", key=True, more="no key",
         url="https://127.0.0.1:{port}")
    case("TLS, plain HTTP on https", kind, "accept", send(http(b"{}")), NET, how="stream" if kind == "fooocusapi" else
         "sync", key=True, more="no key", url="https://127.0.0.1:{port}")

# --- pictures -----------------------------------------------------------------------------------

for name, data in BROKEN_PICTURES.items():
    case(f"picture: {name}", "ppinfra", "none", None, FAILED, "result 1", how="wait", picture=data)
    case(f"picture: {name}", "fooocusapi", "none", None, FAILED, how="binary", picture=data)
for name, data in BOMBS.items():
    case(f"picture, saved as it is: {name}", "ppinfra", "none", None, OK, how="wait", picture=data, own=data)
    case(f"picture, saved as it is: {name}", "fooocus-api", "none", None, OK, how="binary", picture=data, own=data)
START = PNG[:33] + b"\x7f\xff\xff\xffIDAT\0"
for kind, stage, how in (("ppinfra", "link", "wait"), ("fooocusapi", "submit", "binary")):
    case("a picture over 256 MiB", kind, stage, endless(http(length=False) + START, b"A" * 4096),
         {7, 8} if SANITIZED else FAILED, "256 MiB|deadline", how=how, timeout=15)
    case("4 GB that are no picture", kind, stage, endless(http(length=False), b"A" * 4096), FAILED, how=how)
    case("zeros without end", kind, stage, endless(http(length=False), bytes(4096)), FAILED, how=how)
    for name, headers in (("Content-Disposition", ['Content-Disposition: attachment; filename="../../evil.sh"']),
                          ("a type of escapes", ["Content-Type: image/\x1b[2J"]),
                          ("Content-Location", ["Content-Location: file:///etc/passwd"]),
                          ("Refresh", ["Refresh: 0; url=http://169.254.169.254/"]),
                          ("Set-Cookie", ["Set-Cookie: a=b", "Link: </x>; rel=preload"])):
        case(f"a header: {name}", kind, stage, send(http(PNG, headers=headers, ctype=None)), OK, how=how)

# --- resuming -----------------------------------------------------------------------------------

LARGE = png(extra=chunk(b"junK", random.Random(3).randbytes(300000)))
CUT = http(LARGE, headers=['ETag: "a"'])[:-100000]


def resumed(*answers):
    """One answer after the other, the last one again and again."""
    def act(conn, request, server):
        answer = answers[min(server.struck, len(answers)) - 1]
        conn.sendall(answer(request) if callable(answer) else answer)
        return False
    return act


def rest(shift=0, etag='"a"', total=None, data=LARGE, status="206 x"):
    def make(request):
        first = int(request.headers["range"].split(b"=")[1].split(b"-")[0]) if "range" in request.headers else 0
        body = data[first + shift:]
        return http(body, status, headers=[
            f"ETag: {etag}", f"Content-Range: bytes {first + shift}-{len(data) - 1}/{total or len(data)}"])
    return make


for name, answers, exits in (
        ("goes on", (CUT, rest()), OK), ("from the start", (CUT, http(LARGE)), OK),
        ("another part", (CUT, rest(shift=-10), http(LARGE)), OK), ("a part of another file", (CUT, rest(etag='"b"'), http(LARGE)), OK),
        ("a total that lies", (CUT, rest(total=10**15), http(LARGE)), OK),
        ("416", (CUT, http(b"", "416 x"), http(LARGE)), OK),
        ("a part that does not fit", (CUT, rest(data=LARGE[:200000] + bytes(len(LARGE) - 200000)), http(LARGE)), OK),
        ("a part and no Content-Range", (CUT, http(LARGE[-100:], "206 x"), http(LARGE)), OK),
        ("parts that lie for ever", (CUT, rest(shift=-10)), {4, 7}), ("cut for ever", (CUT, CUT), {0, 4, 7}),
        ("a page, then", (CUT, http(b"<html>")), {4, 7}), ("damaged, then well", (http(LARGE[:-20]), http(LARGE)), OK)):
    case(f"resumed: {name}", "ppinfra", "link", resumed(*answers), exits, how="wait", retries=3, own=LARGE, timeout=15,
         files=None if exits == OK else 0)

# --- how many -----------------------------------------------------------------------------------

case("64 links", "ppinfra", "none", None, OK, how="wait", links=[PATH] * 64, files=64)
for n in (65, 10000):
    case(f"{n} links", "ppinfra", "none", None, {0, 7}, how="wait", links=[PATH] * n, files=0)
case("the second link is broken", "ppinfra", "none", None, FAILED, how="wait", links=[PATH, "file:///x"], retries=1)
case("the second link is missing", "ppinfra", "none", None, FAILED, "404", how="wait", links=[PATH, "/none"])
for name, ttl in (("negative", -5), ("huge", "99999999999999999999"), ("2^63", 9223372036854775807), ("junk", "soon"),
                  ("an object", {}), ("0", "0")):
    state = ppinfra_state([])
    state["images"] = [{"image_url": PATH, "image_url_ttl": ttl, "image_type": "../../x\x1b"}]
    case(f"a time to live that is {name}", "ppinfra", "none", None, OK, how="wait", state=state)
