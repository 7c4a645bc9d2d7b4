"""Threads of the service: they belong to the shop whose thread started them, so that the log can name it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from sync.logs import SHOP


def thread(name: str, target: Callable[..., object], *args: Any) -> threading.Thread:
    """A thread that does not hold up the process's end; not started yet."""
    return threading.Thread(target=copy_context().run, args=(target, *args), name=name, daemon=True)


def started(name: str, target: Callable[..., object], *args: Any) -> threading.Thread:
    """The same, started."""
    one = thread(name, target, *args)
    one.start()
    return one


def pool(threads: int, prefix: str) -> ThreadPoolExecutor:
    """A pool of such threads."""
    return ThreadPoolExecutor(threads, thread_name_prefix=prefix, initializer=SHOP.set, initargs=(SHOP.get(),))
