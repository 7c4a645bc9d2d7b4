"""The service as a process of its own, as it runs beside a shop."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from sync.errors import SyncError

COMMAND = (sys.executable, "-c", "import cli; cli.main()")
STARTUP = 30.0
_KEPT = re.compile(r"PATH|HOME|TMPDIR|TZ|LANG|LC_\w+|PYTHON\w*|VIRTUAL_ENV|SSL_CERT_\w+")


class ServiceProcess:
    """`magento-economic run` with these settings and nothing else of ours from this process's environment.

    Its log goes to `log`. It is in a session of its own: Ctrl-C in the terminal is for whoever started it.
    """

    def __init__(self, settings: Mapping[str, str], folder: Path) -> None:
        self.settings = dict(settings)
        self.log = folder / "service.log"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id; 0 when it was not started."""
        return 0 if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it and return at once."""
        kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, "run"],
                env={**kept, **self.settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Wait until it says that it is ready. Raises `SyncError` with the end of its log when it does not."""
        deadline = time.monotonic() + STARTUP
        while not self._ready():
            if not self.alive:
                raise SyncError(f"the service ended by itself:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise SyncError(f"the service was not ready within {STARTUP:.0f} s:\n{self.tail()}")
            time.sleep(0.05)  # readiness is told to those who ask

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def stop(self, patience: float = 10) -> int:
        """End it, by force after `patience` seconds; its exit code. May be called twice."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", int(self.settings["HTTP_PORT"]), timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
