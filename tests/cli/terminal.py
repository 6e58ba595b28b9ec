"""Runs a command on a terminal of its own and prints what it wrote there.

usage: terminal.py [--size COLSxROWS] COMMAND...
Standard input, output and error of the command are the terminal; the exit status is the command's.
"""
import fcntl, os, pty, struct, sys, termios

args = sys.argv[1:]
cols, rows = 80, 24
if args[0] == "--size":
    cols, rows = map(int, args[1].split("x"))
    args = args[2:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    os.environ.setdefault("TERM", "xterm")
    os.execvp(args[0], args)
while True:
    try:
        got = os.read(fd, 65536)
    except OSError:
        break
    if not got:
        break
    os.write(1, got)
_, status = os.waitpid(pid, 0)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
