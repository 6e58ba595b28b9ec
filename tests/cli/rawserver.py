"""A WebUI of raw sockets that strikes at a chosen point of the dialogue."""

import base64
import json
import socket
import ssl
import struct
import threading
import time
import zlib

HEAD_MAX = 65536


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=8, height=8, extra=b"", seed=0):
    """A small grey PNG."""
    rows = b"".join(b"\0" + bytes((x * y + seed) & 255 for x in range(width))
                    for y in range(height))
    return (
        b"\x89PNG\r\n\x1a\n" +
        chunk(
            b"IHDR",
            struct.pack(
                ">IIBBBBB",
                width,
                height,
                8,
                0,
                0,
                0,
                0)) +
        extra +
        chunk(
            b"IDAT",
            zlib.compress(rows)) +
        chunk(
            b"IEND",
            b""))


PNG = png()
PNG64 = base64.b64encode(PNG).decode()


def answer(images=None, **more):
    """An img2img answer."""
    value = {"images": [PNG64] if images is None else images, "parameters": {},
             "info": json.dumps({"all_seeds": [1], "seed": 1, "index_of_first_image": 0})}
    value.update(more)
    return json.dumps(value).encode()


FACTS = {
    "/sdapi/v1/samplers": [{"name": "Euler", "aliases": ["k_euler"], "options": {}}],
    "/sdapi/v1/schedulers": [{"name": "karras", "label": "Karras"}],
    "/sdapi/v1/sd-models": [{"title": "m.safetensors [abc]", "model_name": "m", "hash": "abc"}],
    "/sdapi/v1/interrogate": {"caption": "a cat"},
    "/internal/progress": {"active": True, "queued": False, "completed": False, "progress": 0.5,
                           "eta": 3.0, "id_live_preview": -1, "live_preview": None,
                           "textinfo": "Waiting..."},
    "/sdapi/v1/progress": {"progress": 0.5, "eta_relative": 3.0, "current_image": None,
                           "state": {"job_count": 1, "sampling_step": 3, "sampling_steps": 20}},
}


def http(body=b"", status="200 OK", headers=(), ctype="application/json", length=None, close=True):
    """A whole answer; length: None for the true one, False for none, else what to claim."""
    lines = [f"HTTP/1.1 {status}"]
    if ctype:
        lines.append(f"Content-Type: {ctype}")
    if length is not False:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    if close:
        lines.append("Connection: close")
    lines += headers
    return "\r\n".join(lines).encode("latin-1", "surrogateescape") + b"\r\n\r\n" + body


def chunked(pieces, status="200 OK", headers=(), end=b"0\r\n\r\n"):
    head = http(status=status, headers=["Transfer-Encoding: chunked", *headers], length=False)
    return head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + end


class Request:
    def __init__(self, head):
        line, _, rest = head.partition(b"\r\n")
        self.head = head
        self.method, self.target = (line.decode("latin-1").split(" ") + ["", ""])[:2]
        self.path = self.target.partition("?")[0]
        self.headers = {}
        for each in rest.split(b"\r\n"):
            name, _, value = each.partition(b":")
            self.headers[name.strip().lower().decode("latin-1")] = value.strip()
        self.length = int(self.headers.get("content-length", b"0"))
        self.body = b""


class Server(threading.Thread):
    """strike: "accept", or "METHOD /path"; act(conn, request, server): sends what it likes and
    returns True to keep the connection. `early`: it acts before the body is read. times: how often
    it strikes (None: always). slow: seconds that the submission's normal answer takes."""

    def __init__(self, strike=None, act=None, early=False, times=None, slow=0.0, tls=None,
                 good=None, keep_body=False):
        super().__init__(daemon=True)
        self.strike, self.act, self.early, self.times = strike, act, early, times
        self.slow, self.tls, self.good, self.keep_body = slow, tls, good, keep_body
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.submissions = self.connections = self.struck = 0
        self.heads, self.bodies, self.held = [], [], []
        self.submissions_at = ("POST /sdapi/v1/img2img", "POST /sdapi/v1/interrogate")
        self.over = threading.Event()

    def run(self):
        while True:
            try:
                conn, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def stop(self):
        self.over.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def serve(self, conn):
        try:
            conn.settimeout(30)
            if self.strike == "accept" and self.act:
                self.struck += 1
                self.act(conn, None, self)
                return
            if self.tls:
                conn = self.tls.wrap_socket(conn, server_side=True)
            while self.exchange(conn):
                pass
        except (OSError, ValueError):
            pass
        finally:
            if conn not in self.held:
                conn.close()

    def exchange(self, conn):
        head = b""
        while b"\r\n\r\n" not in head:
            some = conn.recv(HEAD_MAX)
            if not some or len(head) > HEAD_MAX:
                return False
            head += some
        head, _, body = head.partition(b"\r\n\r\n")
        request = Request(head)
        self.heads.append(head)
        self.submissions += f"{request.method} {request.path}" in self.submissions_at
        hit = self.strike == f"{request.method} {request.path}" and (
            self.times is None or self.struck < self.times)
        if hit and self.early:
            self.struck += 1
            request.body = body
            return self.act(conn, request, self)
        self.read_body(conn, request, body)
        if hit:
            self.struck += 1
            return self.act(conn, request, self)
        return self.answer(conn, request)

    def read_body(self, conn, request, body):
        got = len(body)
        while got < request.length:
            some = conn.recv(min(262144, request.length - got))
            if not some:
                raise OSError("the body was cut off")
            got += len(some)
            if self.keep_body:
                body += some
        if self.keep_body:
            request.body = body
            self.bodies.append(body)

    def answer(self, conn, request):
        if request.path == "/sdapi/v1/img2img":
            self.over.wait(self.slow)
            body = self.good or answer()
        elif request.path in FACTS:
            body = json.dumps(FACTS[request.path]).encode()
        else:
            conn.sendall(http(b'{"detail":"Not Found"}', "404 Not Found", close=False))
            return True
        conn.sendall(http(body, close=False))
        return True


def send(data):
    """Sends these bytes and closes."""

    def act(conn, request, server):
        conn.sendall(data)
        return False

    return act


def send_keep(data):
    def act(conn, request, server):
        conn.sendall(data)
        return True

    return act


def endless(head, block, seconds=60):
    """Sends head and then block again and again, until the other side has had enough."""

    def act(conn, request, server):
        conn.sendall(head)
        big = block * max(1, 65536 // len(block))
        until = time.monotonic() + seconds
        while time.monotonic() < until and not server.over.is_set():
            conn.sendall(big)
        return False

    return act


def parts(*pieces):
    """Sends bytes, (count, bytes) for many times the same, and floats, which are pauses."""

    def act(conn, request, server):
        for piece in pieces:
            if isinstance(piece, float):
                server.over.wait(piece)
            elif isinstance(piece, tuple):
                count, block = piece
                for _ in range(count):
                    conn.sendall(block)
            else:
                conn.sendall(piece)
        return False

    return act


def drip(data, pause=0.0, size=1):
    def act(conn, request, server):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(data), size):
            conn.sendall(data[at:at + size])
            if pause and server.over.wait(pause):
                break
        return False

    return act


def silence(head=b"", seconds=60.0):
    """Sends head and then nothing, with the connection open."""

    def act(conn, request, server):
        conn.sendall(head)
        server.over.wait(seconds)
        return False

    return act


def reset(head=b""):
    """Sends head and resets the connection."""

    def act(conn, request, server):
        conn.sendall(head)
        time.sleep(0.05)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return act


def half_close(head=b""):
    def act(conn, request, server):
        conn.sendall(head)
        conn.shutdown(socket.SHUT_WR)
        server.over.wait(60)
        return False

    return act


def contexts(folder, openssl):
    """Server contexts by name, made by the openssl program: good, wrong (name), expired, and the
    path of the CA."""
    import subprocess

    def run(*args):
        subprocess.run([openssl, *args], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    with open(f"{folder}/ca.cnf", "w") as f:
        f.write("[ca]\ndefault_ca=d\n[d]\ndir=.\ndatabase=index.txt\nserial=serial\n"
                "new_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\n"
                "[p]\ncommonName=supplied\n"
                "[own]\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n"
                "[other]\nsubjectAltName=DNS:example.org\n")
    open(f"{folder}/index.txt", "w").close()
    with open(f"{folder}/serial", "w") as f:
        f.write("1000\n")
    run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
        "ca.key", "-out", "ca.pem", "-subj", "/CN=test CA", "-days", "30")
    made = {}
    for name, section, dates in (
            ("good", "own", ["-days", "10"]), ("wrong", "other", ["-days", "10"]),
            ("expired", "own", ["-startdate", "200101000000Z", "-enddate", "210101000000Z"])):
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        run("ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in",
            f"{name}.csr", "-out", f"{name}.pem", "-extensions", section, "-notext", *dates)
        made[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made[name].load_cert_chain(f"{folder}/{name}.pem", f"{folder}/{name}.key")
    return made, f"{folder}/ca.pem"
