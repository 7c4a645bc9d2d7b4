"""A service that reaches Magento's server and e-conomic through proxies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.faults.books import assert_equal
from tests.faults.proxy import Proxy
from tests.world import Service, World

Side = Literal["magento", "economic"]

SHORT = "import econ_client.client as it; it.Timeouts.__init__.__defaults__ = (1.0, 2.0, 2.0, 2.0, 4.0)"
"""A call waits half a minute for e-conomic; here two seconds."""
WELL_WITHIN = 60.0


@dataclass
class Wires:
    """A world whose service reaches both sides through proxies."""

    world: World
    magento: Proxy
    economic: Proxy

    def of(self, side: Side) -> Proxy:
        """The proxy before a side."""
        return self.magento if side == "magento" else self.economic

    def service(self) -> Service:
        """A service behind them."""
        url = self.world.environment["MAGENTO_DATABASE_URL"].replace(
            f":{self.world.server.port}/", f":{self.magento.port}/"
        )
        return self.world.service(
            before=SHORT, MAGENTO_DATABASE_URL=url, ECONOMIC_API_URL=f"http://127.0.0.1:{self.economic.port}"
        )

    def well(self, service: Service, orders: int) -> None:
        """Everything stands as it should, nobody had to help, and the service ends as it should."""
        log = service.log.read_text()
        assert "Traceback" not in log
        assert "internal error" not in log
        assert not self.world.tasks("parked")
        assert service.stop() == 0
        assert assert_equal(self.world) == orders
