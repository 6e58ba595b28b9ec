#!/usr/bin/env python3
"""Tasks survive: whatever kills sdctl, cuts the network or stops the service between the first byte
of a submission and the last of a result.

usage: tests/cli/tasks.py [-v] [NAME...]      SDCTL and SANDBOX name the programs
"""

import concurrent.futures
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True
import clean
import killat
import tasks_cut
import tasks_kill
import tasks_wait

AT_A_TIME = 8


def main(args):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # whoever started this may ignore them; what is handled here is at its default in sdctl
        signal.signal(number, lambda *_: sys.exit(1))
    verbose = "-v" in args
    names = [a for a in args if a != "-v"]
    count = clean.Count()
    shared = clean.Folder()
    library = killat.build(shared.path("tmp"))
    if library is None:
        count.skip("kills at each system call", "they need a compiler")

    def one(named):
        name, case = named
        started = time.monotonic()
        try:
            wrong = case()
        except Exception as e:  # the other cases go on
            traceback.print_exc(file=sys.stdout)
            wrong = [f"{type(e).__name__}: {e}"]
        count.note(name, wrong)
        if verbose:
            print(f"{time.monotonic() - started:.2f} s {name}", flush=True)

    try:
        cases = [*tasks_wait.cases(), *tasks_cut.cases(), *tasks_kill.cases(library)]
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(one, [c for c in cases if not names or any(n in c[0] for n in names)]))
    finally:
        shared.remove()
    return count.done()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
