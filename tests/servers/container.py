"""MySQL's official image, where a Docker engine runs."""

from __future__ import annotations

from collections.abc import Mapping

from sync.demo.container import ContainerMariaDB
from tests.servers.unpacked import COLLATION, MYSQL_SETTINGS


class ContainerMySQL(ContainerMariaDB):
    """MySQL in a container with the settings of `PrivateMySQL`, published on a free loopback port."""

    ENVIRONMENT: Mapping[str, str] = {"MYSQL_ALLOW_EMPTY_PASSWORD": "1", "MYSQL_ROOT_HOST": "%"}
    SETTINGS = MYSQL_SETTINGS

    def start(self, timeout: float = 120) -> ContainerMySQL:
        """Start the container and wait until the server answers."""
        super().start(timeout)
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(COLLATION)
        return self
