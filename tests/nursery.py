"""The program that `tests.warm` forks commands from. It imports the command line once, and nothing else of tests."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

LARGEST = 1 << 17  # bytes of one request


def _reap(reports: dict[int, socket.socket]) -> None:
    """Tell about each child that has ended."""
    while reports:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with reports.pop(pid) as report, suppress(OSError):  # nobody may wait for it any more
            report.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(request: dict[str, Any], fds: list[int]) -> None:
    """In the child: environment, folder and output of the command."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    for fd, number in zip(fds, (1, 2), strict=True):
        os.dup2(fd, number)
        os.close(fd)
    sys.argv = ["-c", *request["arguments"]]


def serve(control: socket.socket) -> str:
    """Fork a child for each request until nobody can ask any more. In a child: returns the code that it is to run.

    A request is JSON with two descriptors for its output and one on which its pid and its exit code are told.
    """
    woken, wakes = os.pipe()
    for end in (woken, wakes):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    reports: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([control.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
        _reap(reports)
        if control.fileno() not in ready:
            continue
        said, fds, _, _ = socket.recv_fds(control, LARGEST, 3)
        if not said:
            sys.exit()
        request, report = json.loads(said), socket.socket(fileno=fds.pop())
        pid = os.fork()
        if not pid:
            for one in (control, report, *reports.values()):
                one.close()
            for end in (woken, wakes):
                os.close(end)
            _become(request, fds)
            return str(request["code"])
        for fd in fds:
            os.close(fd)
        report.send(str(pid).encode())
        reports[pid] = report


if __name__ == "__main__":
    import cli  # noqa: F401, TID251  (what every child would import first)

    assert threading.active_count() == 1, "a forked child would lack a thread that an import has started"
    gc.collect()
    gc.freeze()
    exec(compile(serve(socket.socket(fileno=int(sys.argv[1]))), "<command>", "exec"), {"__name__": "__main__"})  # noqa: S102
