#!/usr/bin/env python3
"""Hostile, broken and merely odd services behind tasks, links and streams: PPInfra, FooocusAPI and
Fooocus-API at every stage, in tables, each case held against the clean failure.

usage: tests/cli/hostile_tasks.py [-v] [NAME...]      SDCTL names the program (default ./sdctl)
"""

import concurrent.futures
import importlib
import sys
import time

sys.dont_write_bytecode = True
import clean
import taskcase
from rawserver import contexts

TABLES = ("http", "links", "answers", "text", "stream", "journal")


def main(args):
    verbose = "-v" in args
    names = [a for a in args if a != "-v"]
    for table in TABLES:
        importlib.import_module("hostile_tasks_" + table)
    count = clean.Count()
    shared = clean.Folder()
    try:
        made, authority = contexts(shared.path("tmp"), "openssl")
        tools = {"tls": made, "ca": authority, "public": taskcase.public_library(shared.path("tmp"))}
        chosen = [c for c in taskcase.CASES if not names or any(n in c.name for n in names)]

        def one(c):
            started = time.monotonic()
            if "{public}" in (c.env or {}).values() and (tools["public"] is None or clean.SANITIZED):
                count.skip(c.name, "it needs a compiler and a build without sanitizers")
                return
            if c.known and not names:
                count.skip(c.name, c.known)
                return
            wrong, result = taskcase.run_case(c, tools)
            count.note(c.name, wrong, result)
            if verbose:
                print(f"[{result.status}] {time.monotonic() - started:.2f} s {result.rss} KiB {c.name}: "
                      f"{result.err[:300]!r}", flush=True)

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(one, chosen))
    finally:
        shared.remove()
    return count.done()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
