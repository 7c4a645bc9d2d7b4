"""One shop among several in a process: its file, its service, and the next try when it could not be started."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cdc.errors import MagentoError
from econ_client.errors import EconomicError
from sync import logs, trouble
from sync.errors import ConfigError, SyncError
from sync.parts import Parts
from sync.service import Service
from sync.settings import Settings, from_environment
from sync.startup import Refused
from sync.state.errors import StateError

log = logging.getLogger("magento_economic.service")

OWN = ("SHOP", "BINLOG_SERVER_ID", "WEBHOOK_SECRET")
"""What only a shop's file can say: no two shops may have the same."""

COMMON = ("HTTP_HOST", "HTTP_PORT", "LOG_FORMAT")
"""What only the process's environment can say."""

AGAIN, REFUSED_AGAIN = 10.0, 300.0
"""Seconds after which a shop that could not be started is tried again: its file, or what refused its start."""

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


class ServedShop:
    """One shop's file and, while it can be served, its service; None before and between two tries.

    `stop` ends it. `behind` gives the seconds for which a free lock is left to other processes first.
    """

    def __init__(
        self,
        file: Path,
        environment: Mapping[str, str],
        *,
        stop: threading.Event,
        behind: Callable[[], float],
        observe: bool,
    ) -> None:
        self.file = file
        self.service: Service | None = None
        self._environment = {
            name: value for name, value in environment.items() if name.removesuffix("_FILE") not in OWN
        }
        self._stop = stop
        self._behind = behind
        self._observe = observe
        self._trouble = "it is being started"
        try:
            self.name = read_file(file).get("SHOP") or file.stem
        except ConfigError:
            self.name = file.stem  # `run` says what is wrong

    def run(self) -> None:
        """Serve until the process stops; after a failure, again after a while. Nothing is raised."""
        logs.SHOP.set(self.name)
        while not self._stop.is_set():
            pause = AGAIN
            try:
                self._serve()
            except Refused as error:
                self._say(str(error))
                pause = REFUSED_AGAIN
            except (SyncError, StateError, MagentoError) as error:
                self._say(trouble.told(error))
            except EconomicError as error:
                self._say(str(error))
            except Exception as error:  # noqa: BLE001  (the other shops go on)
                self._say(f"internal error {type(error).__name__} at {trouble.where(error)}; please report it")
            self._stop.wait(pause)

    def _serve(self) -> None:
        service = Service(Parts(self._settings(), observe=self._observe))
        service.behind = self._behind
        self.service = service
        try:
            if self._stop.is_set():
                service.shut_down()
            service.serve()
        finally:
            self.service = None

    def _settings(self) -> Settings:
        said = read_file(self.file)
        if wrong := sorted(set(said) & {name + end for name in COMMON for end in ("", "_FILE")}):
            raise ConfigError(f"{self.file}: {', '.join(wrong)} is the process's", hint="set it in its environment")
        own = {name.removesuffix("_FILE") for name in said}
        common = {name: value for name, value in self._environment.items() if name.removesuffix("_FILE") not in own}
        try:
            return from_environment({**common, "SHOP": self.name, **said})
        except ConfigError as error:
            raise ConfigError(f"{self.file}: {error}", hint=error.hint) from error

    def _say(self, why: str) -> None:
        if why != self._trouble:
            log.error("the shop is not served: %s", why)
        self._trouble = why

    def on_signal(self) -> None:
        """Shut down, from a signal handler."""
        service = self.service
        if service is not None:
            service.on_signal()

    @property
    def active(self) -> bool:
        """Whether this process is the shop's active one."""
        service = self.service
        return service is not None and service.active

    @property
    def reasons(self) -> list[str]:
        """Why the shop is not served here; none when it is."""
        service = self.service
        return [f"not served: {self._trouble}"] if service is None else service.reasons()


def read_file(file: Path) -> dict[str, str]:
    """The variables of a file as `docker run --env-file` takes them: `NAME=value` lines, `#` begins a comment line.

    Quotes around a whole value are taken off, as a shell does. Raises `ConfigError`, which repeats no value.
    """
    return dict(_lines(file))


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ConfigError(f"{file}:{number}: this is no NAME=value", hint="write one variable a line")
        name, value = found.groups()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        yield name, value
