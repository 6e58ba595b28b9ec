"""Runs sdctl once in a folder of its own and holds what it did against the clean failure: a
documented exit status, one printable line, standard output empty or one JSON document, no file
left, bounded time and memory, no sanitizer report."""

import base64
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata

SDCTL = os.path.abspath(os.environ.get("SDCTL", "./sdctl"))
with open(SDCTL, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()
DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
LINE_MAX = 500
RSS_MAX = 64 * 1024  # KiB
SLACK = 8 if SANITIZED else 2  # seconds over --timeout
# Starts sdctl from a small process, since the kernel counts the memory of
# whoever it was started by.
LAUNCHER = """
import os, sys
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
os.write(int(sys.argv[1]), b"%d %d" % (os.waitstatus_to_exitcode(status), usage.ru_maxrss))
"""
PROGRESS = re.compile(rb"\r\x1b\[K")  # what the progress line erases itself with


class Result:
    def __init__(self, status, out, err, rss, seconds, files):
        self.status, self.out, self.err = status, out, err
        self.rss, self.seconds, self.files = rss, seconds, files

    def document(self):
        return json.loads(self.out)


class Folder:
    """A home, a working folder, an output folder and a TMPDIR that nothing else uses."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="sdctl-test-")
        for name in ("home", "work", "work/out", "tmp"):
            os.mkdir(self.path(name))

    def path(self, name):
        return os.path.join(self.top, name)

    def write(self, name, data, mode=0o600):
        path = os.path.join(os.fsencode(self.top), b"work", os.fsencode(name))
        with open(path, "wb") as f:
            f.write(data)
        os.chmod(path, mode)
        return path

    def listing(self):
        """Every name below, hidden ones too, with what tells an untouched file."""
        found = {}
        for folder, folders, files in os.walk(os.fsencode(self.top)):
            for name in folders + files:
                path = os.path.join(folder, name)
                st = os.lstat(path)
                found[path] = (st.st_mode, st.st_size if name in files else 0, st.st_mtime_ns if
                               name in files else 0)
        return found

    def environment(self, changes=None):
        env = {"PATH": os.environ["PATH"], "HOME": self.path("home"), "LC_ALL": "C.UTF-8",
               "TMPDIR": self.path("tmp"), "XDG_STATE_HOME": self.path("home/state"),
               "ASAN_OPTIONS": "exitcode=99:detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1",
               "LSAN_OPTIONS": "exitcode=99"}
        for name, value in (changes or {}).items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = value
        return env

    def run(self, args, env=None, stdin=b"", limit=60, tty=False, wrapper=()):
        """stdin: bytes, an open descriptor or None (closed by the wrapper). With tty, standard
        error is a terminal. `limit`: seconds after which it is killed."""
        before = self.listing()
        out = tempfile.TemporaryFile()
        err = tempfile.TemporaryFile()
        source = stdin
        if isinstance(stdin, bytes):
            source = tempfile.TemporaryFile()
            source.write(stdin)
            source.seek(0)
        leader, follower = pty.openpty() if tty else (None, None)
        shown = []
        reader = threading.Thread(target=drain, args=(leader, shown)) if tty else None
        told, tell = os.pipe()
        started = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", LAUNCHER, str(tell), *wrapper, SDCTL, *args],
            cwd=self.path("work"), env=self.environment(env), stdin=source, stdout=out,
            stderr=follower if tty else err, pass_fds=[tell], start_new_session=True)
        os.close(tell)
        if tty:
            os.close(follower)
            reader.start()
        killer = threading.Timer(limit, os.killpg, (child.pid, signal.SIGKILL))
        killer.start()
        child.wait()
        killer.cancel()
        seconds = time.monotonic() - started
        status, rss = (int(n) for n in (os.read(told, 64) or b"-9 0").split())
        os.close(told)
        if tty:
            reader.join()
            os.close(leader)
        out.seek(0)
        err.seek(0)
        text = b"".join(shown).replace(b"\r\n", b"\n") if tty else err.read()
        after = self.listing()
        changed = sorted(path for path in set(before) | set(after)
                         if before.get(path) != after.get(path))
        return Result(status, out.read(), text, rss, seconds, changed)

    def remove(self):
        shutil.rmtree(self.top, ignore_errors=True)


def drain(leader, shown):
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:
            return
        if not data:
            return
        shown.append(data)


def unprintable(text):
    return sorted({f"U+{ord(c):04X}" for c in text
                   if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")})


def check_lines(err, status, warnings, regex):
    """What is wrong with standard error."""
    wrong = []
    try:
        lines = err.decode().split("\n")
    except UnicodeDecodeError:
        return ["standard error is not UTF-8"]
    if lines.pop() != "":
        wrong.append("the last line has no end")
    for line in lines:
        if unprintable(line):
            wrong.append("unprintable on standard error: " + " ".join(unprintable(line)))
        if len(line.encode()) + 1 >= LINE_MAX:
            wrong.append(f"a line of {len(line.encode())} bytes")
        if not line.startswith("sdctl: "):
            wrong.append("a line does not start with 'sdctl: '")
    told = [line for line in lines if ": warning: " not in line]
    if status == 0 and told:
        wrong.append("an error line, and status 0")
    if status not in (0, 10) and (len(told) != 1 or len(lines) > 2):
        wrong.append(f"{len(told)} error lines, {len(lines) - len(told)} warnings")
    if status in (0, 10) and warnings is not None and len(lines) > warnings:
        wrong.append(f"{len(lines)} warnings")
    if regex and not re.search(regex, err.decode()):
        wrong.append(f"no line is like /{regex}/")
    return wrong


def no_constants(name):
    raise ValueError(name)


def check_out(out, raw_output):
    if raw_output or out == b"":
        return []
    try:
        text = out.decode("ascii")
        json.loads(text, parse_constant=no_constants)
    except ValueError as e:
        return [f"standard output is not one document of ASCII JSON: {e}"]
    if not text.endswith("\n") or any(ord(c) < 32 or ord(c) == 127 for c in text[:-1]):
        return ["raw control characters on standard output"]
    return []


def forms_of(secret):
    """The ways in which a secret could come out: itself, and as HTTP Basic sends it."""
    forms = {secret, base64.b64encode(secret)}
    if b":" in secret:
        forms.add(secret.split(b":", 1)[1])
    return forms


def check(result, exits, regex=None, new_files=0, timeout=None, secrets=(), warnings=None,
          rss_max=RSS_MAX, raw_output=False):
    """Everything that is wrong with a run; an empty list when it is clean. new_files: how many
    files may appear, all in work/out unless the run succeeded."""
    wrong = []
    if result.status not in exits or result.status not in DOCUMENTED:
        wrong.append(f"exit status {result.status}, not {sorted(exits)}")
    wrong += check_lines(result.err, result.status, warnings, regex)
    wrong += check_out(result.out, raw_output)
    if len(result.files) != new_files + (1 if new_files else 0):  # the folder's own entry changed
        names = [os.fsdecode(f) for f in result.files]
        names = [n for n in names if not (n.endswith("/out") and new_files)]
        if len(names) != new_files:
            wrong.append(f"files that appeared or changed: {names}")
    if timeout is not None and result.seconds > timeout + SLACK:
        wrong.append(f"took {result.seconds:.1f} s of {timeout}")
    if not SANITIZED and rss_max and result.rss > rss_max:
        wrong.append(f"peak memory {result.rss} KiB")
    if b"Sanitizer" in result.err or b"runtime error:" in result.err:
        wrong.append("sanitizer report")
    for secret in secrets:
        for form in forms_of(secret):
            if form in result.err or form in result.out:
                wrong.append("the key is shown")
    return wrong


class Count:
    """Prints one line for each failed case and sums up."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()

    def note(self, name, wrong, result=None):
        with self.lock:
            if not wrong:
                self.passed += 1
                return
            self.failed += 1
            print(f"not ok {name}: " + "; ".join(dict.fromkeys(wrong)), flush=True)
            if result is not None:
                print(f"    [{result.status}] {result.err[:700]!r}", flush=True)
                if result.out:
                    print(f"    out: {result.out[:300]!r}", flush=True)

    def skip(self, name, why):
        with self.lock:
            self.skipped += 1
            print(f"skipped {name}: {why}", flush=True)

    def done(self):
        more = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{more}")
        return 1 if self.failed or not self.passed else 0
