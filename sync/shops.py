"""Several shops in one process: a service for each, one HTTP side, and a broken shop keeps no other back."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from sync.errors import ConfigError
from sync.servedshop import ServedShop
from sync.service import AWAKE
from sync.settings import from_environment
from sync.shopsweb import create_app
from sync.threads import thread
from sync.web import WebServer

log = logging.getLogger("magento_economic.service")

BEHIND, MOST_BEHIND = 0.15, 1.5
"""Seconds for which a free lock is left to other processes, for each shop that is active here already."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Shops:
    """The shops of a folder, one file `<name>.env` each; `run` until a signal.

    What a file does not say is taken from `environment`. `SHOP` is the file's name unless it says another.
    Raises `ConfigError` for a folder without shops.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], *, observe: bool = False) -> None:
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix == ".env")
        except OSError as error:
            raise ConfigError(f"--shops {folder}: {error.strerror}", hint="name the folder of the files") from error
        if not files:
            raise ConfigError(f"--shops {folder}: there is no file *.env", hint="write one file for each shop")
        self.stop = threading.Event()
        self._common = from_environment(environment, needs=frozenset())
        self._shops = [
            ServedShop(file, environment, stop=self.stop, behind=self.behind, observe=observe) for file in files
        ]
        self._check_names()

    def run(self) -> None:
        """Serve every shop, and return when all have stopped. Raises `ConfigError` for an address in use."""
        web = WebServer(create_app(self._shops), self._common.http_host, self._common.http_port)
        web.start()
        log.info("http on %s:%d for %d shops", self._common.http_host, web.port, len(self._shops))
        threads = [thread(shop.name, shop.run) for shop in self._shops]
        for one in threads:
            one.start()
        while any(one.is_alive() for one in threads):
            for one in threads:
                one.join(AWAKE)
        web.stop()
        log.info("all shops have stopped")

    def on_signal(self, *_: object) -> None:
        """Shut down, from a signal handler."""
        self.stop.set()
        for shop in self._shops:
            shop.on_signal()

    def behind(self) -> float:
        """Seconds for which this process leaves a free lock to others: the longer, the more shops it serves."""
        return min(MOST_BEHIND, BEHIND * sum(shop.active for shop in self._shops))

    def _check_names(self) -> None:
        """A name stands in addresses, and two files of one shop would take turns."""
        seen: dict[str, Path] = {}
        for shop in self._shops:
            if not _NAME.fullmatch(shop.name):
                raise ConfigError(f"{shop.file}: the shop's name is {shop.name!r}", hint="take letters, digits, . _ -")
            other = seen.setdefault(shop.name, shop.file)
            if other != shop.file:
                raise ConfigError(f"{other} and {shop.file} are both of the shop {shop.name}", hint="set SHOP in one")
