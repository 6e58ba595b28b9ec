"""Runs sdctl once in a folder of its own and holds what it did against the clean failure: a
documented exit status, one printable line, standard output empty or one JSON document, no file
left, bounded time and memory, no sanitizer report."""

import atexit
import base64
import functools
import json
import os
import pty
import re
import shutil
import signal
import stat
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
# Starts sdctl from a small process, since the kernel counts the memory of whoever it was started by.
# A signal to its group is for sdctl alone.
LAUNCHER_C = r"""
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
    int tell = atoi(argv[1]), status = 0;
    struct rusage usage = {0};
    (void)argc;
    fcntl(tell, F_SETFD, FD_CLOEXEC);
    for (int i = 0; i < 3; i++) signal(numbers[i], SIG_IGN);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 3; i++) signal(numbers[i], SIG_DFL);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    while (wait4(pid, &status, 0, &usage) < 0) { }
    dprintf(tell, "%d %ld", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), usage.ru_maxrss);
}
"""
LAUNCHER_PYTHON = """
import _signal, os, sys
for number in (1, 2, 15):
    _signal.signal(number, _signal.SIG_IGN)
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, setsigdef=[1, 2, 15])
_, status, usage = os.wait4(pid, 0)
os.write(int(sys.argv[1]), b"%d %d" % (os.waitstatus_to_exitcode(status), usage.ru_maxrss))
"""
SIGNALLED = {-9, 129, 130, 143}  # only of a case that sends a signal
FOLDERS = {"home/state", "home/state/sdctl"}
STATE = FOLDERS | {"home/state/sdctl/journal.jsonl", "home/state/sdctl/journal.lock"}
PROGRESS = re.compile(rb"\r\x1b\[K")  # what the progress line erases itself with


@functools.cache
def launcher():
    """The command of the launcher: a small program, or without a compiler Python, which is slower."""
    folder = tempfile.mkdtemp(prefix="sdctl-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    program = os.path.join(folder, "launch")
    try:
        subprocess.run(["cc", "-O1", "-w", "-o", program, "-x", "c", "-"], input=LAUNCHER_C.encode(), check=True,
                       stderr=subprocess.DEVNULL)
        return [program]
    except (OSError, subprocess.CalledProcessError):
        return [sys.executable, "-S", "-E", "-c", LAUNCHER_PYTHON]


class Result:
    """files: what appeared or changed. state: of the state folder, by name, modes and contents."""

    def __init__(self, status, out, err, rss, seconds, files, state=None):
        self.status, self.out, self.err = status, out, err
        self.rss, self.seconds, self.files = rss, seconds, files
        self.state = state or {}

    def document(self):
        return json.loads(self.out)

    def tasks(self):
        """The journal's tasks, the lines of each merged."""
        merged = {}
        _, text = self.state.get("home/state/sdctl/journal.jsonl", (0, b""))
        for line in text.splitlines():
            value = json.loads(line)
            merged.setdefault(value["key"], {}).update(value)
        return list(merged.values())


class Folder:
    """A home, a working folder, an output folder and a TMPDIR that nothing else uses."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="sdctl-test-")
        self.child = None  # the group that sdctl runs in
        for name in ("home", "cwd", "cwd/out", "tmp"):
            os.mkdir(self.path(name))

    def path(self, name):
        return os.path.join(self.top, name)

    def write(self, name, data, mode=0o600):
        path = os.path.join(os.fsencode(self.top), b"cwd", os.fsencode(name))
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

    def state(self):
        found = {}
        for folder, folders, files in os.walk(self.path("home/state")):
            for path in [folder] + [os.path.join(folder, name) for name in files]:
                st = os.lstat(path)
                data = b""
                if stat.S_ISREG(st.st_mode):
                    with open(path, "rb") as f:
                        data = f.read()
                found[os.path.relpath(path, self.top)] = (st.st_mode, data)
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
            [*launcher(), str(tell), *wrapper, SDCTL, *args],
            cwd=self.path("cwd"), env=self.environment(env), stdin=source, stdout=out,
            stderr=follower if tty else err, pass_fds=[tell], start_new_session=True)
        self.child = child.pid
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
        names = [os.path.relpath(path, os.fsencode(self.top)) for path in changed]
        return Result(status, out.read(), text, rss, seconds, names, self.state())

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
    if status == -signal.SIGKILL and not err:
        return []
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
    told = [line for line in lines if ": warning: " not in line and not re.match(r"sdctl: (GET|POST|PUT) ", line)]
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


def check_state(result, secrets, prompts):
    """What is wrong with the state folder, where a task's command may keep its journal."""
    wrong = []
    for name, (mode, data) in result.state.items():
        if name not in STATE:
            wrong.append(f"{name} in the state folder")
        if stat.S_ISREG(mode) and stat.S_IMODE(mode) & 0o077 or name in FOLDERS and stat.S_IMODE(mode) & 0o022:
            wrong.append(f"{name} has mode {stat.S_IMODE(mode):o}")
        if any(form in data for secret in secrets for form in forms_of(secret)):
            wrong.append(f"the key is in {name}")
        if any(prompt in data for prompt in prompts):
            wrong.append(f"the prompt is in {name}")
    return wrong


def check(result, exits, regex=None, new_files=0, timeout=None, secrets=(), warnings=None,
          rss_max=RSS_MAX, raw_output=False, journal=False, prompts=(), lines=False):
    """Everything that is wrong with a run; an empty list when it is clean. new_files: how many
    files may appear, all in cwd/out unless the run succeeded; journal: besides the task journal,
    which holds no prompt. lines: standard output is JSON Lines."""
    wrong = []
    if result.status not in exits or result.status not in DOCUMENTED | SIGNALLED:
        wrong.append(f"exit status {result.status}, not {sorted(exits)}")
    wrong += check_lines(result.err, result.status, warnings, regex)
    for line in result.out.splitlines(keepends=True) if lines else [result.out]:
        wrong += check_out(line, raw_output)
    names = [os.fsdecode(f) for f in result.files]
    names = [n for n in names if not (n.endswith("/out") and new_files) and not (journal and n in STATE)]
    if len(names) != new_files:
        wrong.append(f"files that appeared or changed: {names}")
    wrong += check_state(result, secrets, prompts)
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
