"""MySQL's official image, where a Docker engine runs."""

from __future__ import annotations

from collections.abc import Mapping

from sync.demo.container import ContainerMariaDB
from tests.servers.unpacked import MYSQL_SETTINGS


class ContainerMySQL(ContainerMariaDB):
    """MySQL in a container with the settings of `PrivateMySQL`, published on a free loopback port."""

    ENVIRONMENT: Mapping[str, str] = {"MYSQL_ALLOW_EMPTY_PASSWORD": "1", "MYSQL_ROOT_HOST": "%"}
    SETTINGS = MYSQL_SETTINGS
