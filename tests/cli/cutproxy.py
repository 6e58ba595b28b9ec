"""A proxy that understands just enough HTTP to strike at a chosen byte of a chosen exchange: it
cuts the connection there, or kills, signals or merely holds up whoever is at its other end."""

import collections
import re
import socket
import struct
import threading
import time

# Where a strike can be, in the order in which the bytes pass.
STAGES = ("accept", "line", "headers", "head", "body", "sent",
          "status", "reply-headers", "reply-head", "reply-body", "reply-end")
REQUEST_STAGES = STAGES[:5]
KINDS = (("POST", "/v3/async/", "submit"), ("GET", "/v3/async/task-result", "poll"),
         ("GET", "/v3/model", "model"), ("GET", "/results/", "download"))
LINK = re.compile(rb"http://127\.0\.0\.1:(\d+)/results/")
HEAD_END = b"\r\n\r\n"


def kind_of(head):
    method, target = (head.split(b"\r\n")[0].decode("latin-1").split(" ") + ["", ""])[:2]
    return next((kind for m, path, kind in KINDS if method == m and target.startswith(path)), "other")


def header(head, name):
    found = re.search(rb"\r\n" + name + rb":[ \t]*([^\r\n]*)", head, re.I)
    return found.group(1) if found else None


class Strike:
    """`nth`: of this kind, from 1; `stage`: one of STAGES; `at`: which part of it, from 0 to 1, or
    a count of bytes; `act`: called with the Link, after which the connection is closed."""

    def __init__(self, kind, stage, act, nth=1, at=0.5):
        self.kind, self.stage, self.act, self.nth, self.at = kind, stage, act, nth, at

    def cut(self, size):
        return min(size, int(self.at * size) if isinstance(self.at, float) else self.at)


class Link:
    """One connection of a client."""

    def __init__(self, proxy, client):
        self.proxy, self.client = proxy, client

    def reset(self):
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def hold(self, seconds=20.0):
        """Keeps the connection open until the client closes it."""
        self.client.settimeout(0.05)
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.proxy.over.is_set():
            try:
                if not self.client.recv(65536):
                    return
            except socket.timeout:
                continue
            except OSError:
                return


def fin(link):
    """The connection is closed."""


def rst(link):
    link.reset()


def hold(link):
    link.hold()


class Proxy:
    """Stands before a port of 127.0.0.1. `files`: the Proxy that links to results are led to.
    `keep`: connections stay open after an answer; else each exchange has its own."""

    def __init__(self, upstream=0, files=None, keep=False):
        self.upstream, self.files, self.keep = upstream, files, keep
        self.strikes = []
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.links = set()
        self.count = collections.Counter()   # exchanges by kind
        self.sent = collections.Counter()    # bytes of answers' bodies, by kind
        self.struck = []                     # strikes that were met
        self.times = collections.defaultdict(list)
        self.ranges = []                     # where downloads were asked to begin
        self.accepted = 0
        self.listener = None
        self.port = 0
        self.listen()

    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def listen(self):
        """Also after leave(): the network is back."""
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def leave(self):
        """Nobody listens any more, and what is under way is reset."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        with self.lock:
            links = list(self.links)
        for link in links:
            try:
                link.reset()
                link.client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def stop(self):
        self.over.set()
        self.leave()

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.accepted += 1
                link = Link(self, client)
                self.links.add(link)
                ordinal = self.accepted
            threading.Thread(target=self.serve, args=(link, ordinal), daemon=True).start()

    def serve(self, link, ordinal):
        try:
            link.client.settimeout(30)
            link.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not self.strike_at_accept(link, ordinal):
                while self.exchange(link) and self.keep:
                    pass
        except OSError:
            pass
        finally:
            with self.lock:
                self.links.discard(link)
            link.client.close()

    # --- strikes ---------------------------------------------------------------------------------

    def strike_at_accept(self, link, ordinal):
        """Here nothing has come that tells what it is about: without `keep` the order does."""
        order = ["model", "submit", "poll"] if self.files else ["download"]
        for strike in self.strikes:
            if strike.stage == "accept" and ordinal == order.index(strike.kind) + strike.nth:
                self.meet(strike, link)
                return True
        return False

    def meet(self, strike, link):
        with self.lock:
            self.struck.append(strike)
        strike.act(link)

    def find(self, kind, nth):
        return next((s for s in self.strikes if s.kind == kind and s.nth in (nth, None) and
                     s.stage != "accept"), None)

    # --- an exchange -----------------------------------------------------------------------------

    def exchange(self, link):
        """False when the connection is to be closed."""
        head = read_head(link.client)
        if head is None:
            return False
        head, body = head
        kind = kind_of(head)
        with self.lock:
            self.count[kind] += 1
            self.times[kind].append(time.monotonic())
            strike = self.find(kind, self.count[kind])
            if kind == "download":
                asked = header(head, b"Range")
                self.ranges.append(int(re.search(rb"\d+", asked).group()) if asked else 0)
        length = int(header(head, b"Content-Length") or 0)
        size = request_cut(strike, head, length)
        server = socket.create_connection(("127.0.0.1", self.upstream), timeout=30)
        try:
            whole = forward(link.client, server, head, body, length, size)
            if size is not None:
                self.meet(strike, link)
                return False
            return whole and self.reply(link, server, kind, strike)
        finally:
            server.close()

    def reply(self, link, server, kind, strike):
        answer = read_head(server)
        if answer is None:
            return False
        head, body = answer
        body = read_rest(server, body, header(head, b"Content-Length"))
        head, body = self.lead_to_files(head, body)
        if not self.keep:
            head = head[:-2] + b"Connection: close\r\n\r\n"
        size = reply_cut(strike, head, body)
        data = head + body
        part = data if size is None else data[:size]
        link.client.sendall(part)
        with self.lock:
            self.sent[kind] += max(0, len(part) - len(head))
        if size is None:
            return True
        if part and strike.stage != "reply-end":
            time.sleep(0.03)  # so that what was sent is taken in before
        self.meet(strike, link)
        return False

    def lead_to_files(self, head, body):
        """Results are on another port, which has a proxy, too."""
        found = LINK.search(body) if self.files else None
        if not found:
            return head, body
        self.files.upstream = int(found.group(1))
        body = LINK.sub(b"http://127.0.0.1:%d/results/" % self.files.port, body)
        return re.sub(rb"(?i)(\r\nContent-Length:)[^\r]*", rb"\g<1> %d" % len(body), head), body


def request_cut(strike, head, length):
    """After how many bytes of the request, or None."""
    if strike is None or strike.stage not in REQUEST_STAGES:
        return None
    line = head.index(b"\r\n") + 2
    return {"line": strike.cut(line - 2),
            "headers": line + strike.cut(len(head) - line - 4),
            "head": len(head),
            "body": len(head) + strike.cut(length)}[strike.stage]


def reply_cut(strike, head, body):
    if strike is None:
        return None
    line = head.index(b"\r\n") + 2
    return {"sent": 0,
            "status": strike.cut(line - 2),
            "reply-headers": line + strike.cut(len(head) - line - 4),
            "reply-head": len(head),
            "reply-body": len(head) + strike.cut(len(body)),
            "reply-end": len(head) + len(body)}[strike.stage]


def read_head(conn):
    """The head with its empty line, and what came behind it; None when the other side has gone."""
    data = b""
    while HEAD_END not in data:
        some = conn.recv(65536)
        if not some:
            return None
        data += some
    at = data.index(HEAD_END) + len(HEAD_END)
    return data[:at], data[at:]


def read_rest(conn, body, length):
    pieces, got = [body], len(body)
    while length is None or got < int(length):
        some = conn.recv(262144)
        if not some:
            break
        pieces.append(some)
        got += len(some)
    return b"".join(pieces)


def forward(client, server, head, body, length, size):
    """Sends the request on, or its first `size` bytes. Whether it was whole."""
    data = head + body
    total = len(head) + length
    end = total if size is None else size
    server.sendall(data[:end])
    passed = min(len(data), end)
    while passed < end:
        some = client.recv(min(262144, end - passed))
        if not some:
            return False
        server.sendall(some)
        passed += len(some)
    return True
