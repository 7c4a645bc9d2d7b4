"""The private MariaDB in a container instead, where a Docker engine runs."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sync.demo.mariadb import BINLOG_SETTINGS, COMMON_SETTINGS, PrivateMariaDB, free_port

IMAGE = "mariadb:10.11"
ENGINE = Path("/var/run/docker.sock")


def engine_runs(engine: Path = ENGINE) -> bool:
    """Whether a local Docker engine listens and testcontainers is installed."""
    if find_spec("testcontainers") is None:
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(engine))
        except OSError:
            return False
    return True


def throwaway_server(options: Iterable[str] = (), *, engine: Path = ENGINE) -> PrivateMariaDB:
    """A private MariaDB, not yet started: in a container where an engine runs, else Debian's mariadbd.

    Raises `FileNotFoundError` when there is neither an engine nor mariadb-server.
    """
    return ContainerMariaDB(options) if engine_runs(engine) else PrivateMariaDB(options)


class ContainerMariaDB(PrivateMariaDB):
    """MariaDB's official image with the same settings, published on a free loopback port; its data go with it."""

    ENVIRONMENT: Mapping[str, str] = {"MARIADB_ALLOW_EMPTY_ROOT_PASSWORD": "1"}
    SETTINGS: tuple[str, ...] = (*COMMON_SETTINGS, *BINLOG_SETTINGS)

    def __init__(self, options: Iterable[str] = (), *, port: int | None = None, image: str = IMAGE) -> None:
        self.options = tuple(options)
        self.port = port or free_port()
        self.image = image
        self._container: Any = None

    def start(self, timeout: float = 120) -> ContainerMariaDB:
        """Start the container, pulling the image when it is missing, and wait until the server answers."""
        if self._container is None:
            from testcontainers.core.container import DockerContainer  # a development dependency

            container: Any = DockerContainer(self.image)
            for name, value in self.ENVIRONMENT.items():
                container.with_env(name, value)
            container.with_command([*self.SETTINGS, *self.options])
            container.ports["3306/tcp"] = ("127.0.0.1", self.port)
            self._container = container.start()
        else:
            self._container.get_wrapped_container().start()
        self._wait(timeout)
        return self

    def stop(self, *, kill: bool = False) -> None:
        """Stop the server but keep its data, so that `start` goes on where it was."""
        if self._container is not None:
            container = self._container.get_wrapped_container()
            container.kill() if kill else container.stop()

    def remove(self) -> None:
        """Stop the server and delete its data."""
        if self._container is not None:
            self._container.stop()
            self._container = None

    def _failed(self) -> str | None:
        container = self._container.get_wrapped_container()
        container.reload()
        if container.status in ("created", "running"):
            return None
        return str(container.logs(tail=20).decode(errors="replace"))
