"""A case of hostile_tasks.py: a service that lives behind tasks and links strikes at one stage, and
what sdctl did is held against the clean failure."""

import json
import os
import subprocess

import clean
from faults import KEY
from rawserver import PNG
from taskserver import ID, KINDS, ASKS, TaskServer

PROMPT = "canary-prompt-5d1"
OK, NET, KEYED, REFUSED, FAILED, LATE = {0}, {4}, {5}, {6}, {7}, {8}
SUBMITS = ("sync", "async", "stream", "binary", "ask")
CASES = []


class Case:
    """kind: of the service. stage: the request that is struck: facts, submit, poll, queue, link, ask,
    accept or "METHOD /path". how: sync (img2img), async, stream, binary, ask (interrogate), wait, get
    or fetch (sdctl tasks with the task's id), or a whole command line after which nothing is added.
    end: the state that the journal must have in the end. then: `tasks wait` must fetch the result
    afterwards. other: another server may be asked. known: why it cannot pass yet. The rest is as in hostile.py and taskserver.py."""

    def __init__(self, name, kind, stage, act, exits, regex=None, *, how="sync", args=(), env=None,
                 key=False, timeout=10, retries=0, submissions=1, early=False, times=None, files=None,
                 links=None, picture=PNG, state=None, journal=None, stdin=b"", then=False, tls=None,
                 url=None, other=False, own=PNG, end=None, warnings=None, raw=False, more=None,
                 prepare=None, lines=False, rss=clean.RSS_MAX, met=True, known=None):
        self.name = f"{kind}, {how if isinstance(how, str) else ' '.join(how[:2])}, {stage}: {name}"
        self.kind, self.stage, self.act = KINDS[kind], stage, act
        self.exits, self.regex, self.how, self.args, self.env = exits, regex, how, list(args), env
        self.key, self.timeout, self.retries, self.submissions = key, timeout, retries, submissions
        self.early, self.times, self.links, self.picture, self.state = early, times, links, picture, state
        self.journal, self.stdin, self.then, self.tls, self.url = journal, stdin, then, tls, url
        self.other, self.own, self.end, self.warnings, self.raw = other, own, end, warnings, raw
        self.more, self.prepare, self.lines, self.rss, self.met = more, prepare, lines, rss, met
        self.known = known
        self.brings = how in ("sync", "stream", "binary", "wait", "fetch")
        self.files = files if files is not None else (1 if 0 in exits and self.brings else 0)

    def strike(self):
        if self.stage == "ask":
            return ASKS[self.kind.name]
        return getattr(self.kind, self.stage or "", self.stage)

    def command(self, url, image):
        shared = ["-e", url, "-b", self.kind.name, "--timeout", str(self.timeout), "--retries",
                  str(self.retries)]
        if not isinstance(self.how, str):
            return [*self.how]
        if self.how in ("wait", "fetch", "get"):
            output = [] if self.how == "get" else ["-o", "out/"]
            return ["tasks", self.how, ID, *shared, *output, *self.args]
        if self.how == "ask":
            return ["interrogate", image, *shared, *self.args]
        facts = self.kind.fact_args if self.stage == "facts" else []
        option = [] if self.how == "sync" else ["--" + self.how]
        return ["img2img", "-i", image, "-p", PROMPT, "-o", "out/", *shared, *self.kind.args, *facts,
                *option, *self.args]

    def is_noted(self):
        """Whether the command keeps its task in the journal."""
        return self.how == "async" or (self.how == "sync" and self.kind.name == "ppinfra")


def case(*args, **more):
    CASES.append(Case(*args, **more))


PUBLIC = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
static struct sockaddr_in was[1024];
/* All of 203.0.113.0/24, 198.51.100.0/24, 10.0.0.0/8 and 169.254.0.0/16 is this machine, and the
 * program does not see it. */
static int is_ours(in_addr_t a)
{
    a = ntohl(a);
    return a >> 8 == 0xcb0071 || a >> 8 == 0xc63364 || a >> 24 == 10 || a >> 16 == 0xa9fe;
}
int connect(int fd, const struct sockaddr *to, socklen_t size)
{
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    struct sockaddr_in v4;
    if (to->sa_family == AF_INET && fd >= 0 && fd < 1024) {
        memcpy(&v4, to, sizeof v4);
        was[fd] = v4;
        if (is_ours(v4.sin_addr.s_addr)) v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return real(fd, (struct sockaddr *)&v4, sizeof v4);
    }
    return real(fd, to, size);
}
int getpeername(int fd, struct sockaddr *to, socklen_t *size)
{
    int (*real)(int, struct sockaddr *, socklen_t *) = dlsym(RTLD_NEXT, "getpeername");
    int result = real(fd, to, size);
    if (result == 0 && to->sa_family == AF_INET && fd >= 0 && fd < 1024 && is_ours(was[fd].sin_addr.s_addr))
        memcpy(to, &was[fd], sizeof was[fd]);
    return result;
}
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **to)
{
    static const char *const names[][2] = {{"public.example", "203.0.113.5"},
        {"loop.example", "127.0.0.1"}, {"private.example", "10.1.2.3"}, {"meta.example", "169.254.169.254"}};
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        dlsym(RTLD_NEXT, "getaddrinfo");
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i][0]) == 0) name = names[i][1];
    return real(name, service, hints, to);
}
"""


def public_library(folder):
    """A library in which public, private and link-local addresses lead to this machine, or None
    without a compiler."""
    library = folder + "/public.so"
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", library, "-x", "c", "-", "-ldl"],
                       input=PUBLIC.encode(), check=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return library


def check_server(c, server, other):
    """What the servers saw that they should not have."""
    wrong = []
    if server.submissions > c.submissions:
        wrong.append(f"{server.submissions} submissions")
    if other.connections and not c.other:
        wrong.append("another server was asked")
    if c.act and c.met and c.stage != "accept" and not server.struck:
        wrong.append("the fault was never met")
    if c.other == "must" and not other.heads:
        wrong.append("the other server was not asked")
    if c.key and any(form in head for head in other.heads for form in clean.forms_of(KEY)):
        wrong.append("the key went to another server")
    line = c.kind.header % KEY
    if c.key and c.more is None and not all(line in head for head in server.heads):
        wrong.append("a request without the key")
    if c.more == "no key" and any(form in head for head in server.heads for form in clean.forms_of(KEY)):
        wrong.append("the key went along")
    return wrong


def check_journal(c, result, server):
    """Whether what was sent can be found again."""
    wrong = []
    if c.is_noted() and c.journal is None:
        tasks = result.tasks()
        if server.submissions and not tasks:
            wrong.append("nothing is in the journal")
        if server.taken and not any(task.get("task_id") == ID for task in tasks):
            wrong.append("the task's id is not in the journal")
        if not server.submissions and any(task["state"] != "failed" for task in tasks):
            wrong.append(f"the journal has {[task['state'] for task in tasks]}, and nothing was sent")
        if c.end and [task["state"] for task in tasks] != [c.end]:
            wrong.append(f"the journal has {[task['state'] for task in tasks]}, not {c.end}")
    if server.taken and result.status not in (0, -9) and ID.encode() not in result.err:
        wrong.append("the task's id is not shown")
    return wrong


def check_good(c, result, folder):
    """A success: the document, and the picture byte for byte."""
    if not c.brings or c.raw:
        return []
    document = result.document()
    if document["status"] != "succeeded" or not document["images"]:
        return [f"the document has {document['status']} and {len(document['images'])} pictures"]
    with open(os.path.join(folder.path("cwd"), document["images"][0]["path"]), "rb") as f:
        return ["the picture is not what was sent"] if c.own is not None and f.read() != c.own else []


def check_then(c, server, folder, env):
    """`sdctl tasks wait` from the journal alone."""
    server.strike = None
    env = {name: value for name, value in env.items() if name != "LD_PRELOAD"}
    result = folder.run(["tasks", "wait", ID, "--timeout", "10", "--retries", "1"], env, limit=30)
    wrong = clean.check(result, OK, None, 1, 10, [KEY] if c.key else [], None, journal=True)
    if server.submissions > c.submissions:
        wrong.append(f"{server.submissions} submissions")
    if not wrong and [task["state"] for task in result.tasks()] != ["succeeded"]:
        wrong.append("the journal does not know that it succeeded")
    return [f"tasks wait: {text}" for text in wrong], result


def fill(value, server, tools):
    if value is None or isinstance(value, bytes) and b"{" not in value:
        return value
    words = {"port": str(server.port), "other": str(server.other.port), "ca": tools["ca"],
             "public": tools["public"] or "", "top": server.folder.top}
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text.encode("latin-1") if isinstance(value, bytes) else text


def run_case(c, tools):
    folder = clean.Folder()
    server = TaskServer(c.kind.name, c.strike() if c.act else None, c.act, c.early, c.times,
                        tls=tools["tls"][c.tls] if c.tls else None, links=c.links, picture=c.picture,
                        state=json.loads(json.dumps(c.state)))
    other = TaskServer(c.kind.name, picture=c.picture)
    server.other, server.folder = other, folder
    server.start()
    other.start()
    try:
        env = {name: fill(value, server, tools) for name, value in (c.env or {}).items()}
        if c.key:
            env["SDCTL_API_KEY"] = KEY.decode()
        url = fill(c.url or "http://127.0.0.1:{port}", server, tools)
        server.url = url
        image = folder.write("in.png", PNG).decode()
        if c.journal is not None:
            write_journal(folder, fill(c.journal, server, tools))
        if c.prepare:
            c.prepare(folder, server)
        command = [fill(word, server, tools) for word in c.command(url, image)]
        result = folder.run(command, env, fill(c.stdin, server, tools), limit=c.timeout + 20)
        noted = c.is_noted() or c.journal is not None
        wrong = clean.check(result, c.exits, c.regex, c.files if result.status in (0, 10) else 0, c.timeout,
                            [KEY] if c.key else [], c.warnings, c.rss, c.raw, noted,
                            [PROMPT.encode()] if c.journal is None else [], c.lines)
        wrong += check_server(c, server, other) + check_journal(c, result, server)
        if result.status == 0 and not wrong and c.files == 1:
            wrong += check_good(c, result, folder)
        if callable(c.more):
            wrong += c.more(result, server, other, folder)
        if c.then and not wrong:
            wrong, result = check_then(c, server, folder, env)
        return wrong, result
    finally:
        server.stop()
        other.stop()
        folder.remove()


def write_journal(folder, data):
    for name in ("home/state", "home/state/sdctl"):
        os.mkdir(folder.path(name), 0o700)
    for name, text in (("journal.jsonl", data), ("journal.lock", b"")):
        with open(os.open(folder.path("home/state/sdctl/" + name), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
            f.write(text)
