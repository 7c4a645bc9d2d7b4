"""The command on a Magento 1 shop, whose orders cannot be delivered yet: its stock can be pulled all the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from econ_client.sandbox import SandboxServer
from sync.demo.tables import Tables
from sync.pull.command import Options, pull_stock
from sync.settings import from_environment
from tests.integration.pull.till import Till
from tests.plain import plain_client


@pytest.mark.parametrize("layout", ["magento1"], indirect=True)
def test_stock_of_a_magento_1_shop(url: str, tables: Tables, sandbox: SandboxServer, tmp_path: Path) -> None:
    till = Till(tables, "magento1", 9)
    checkout = till.checkout(2)
    assert checkout is not None
    till.arrives(checkout)
    with plain_client(sandbox.url) as http:
        body = {"productNumber": till.sku, "name": "Mug", "productGroup": {"productGroupNumber": 1}}
        http.post("/products", json=body).raise_for_status()
        http.put(f"/_sandbox/stock/{till.sku}", json={"inStock": 30}).raise_for_status()
    settings = from_environment(
        {
            "MAGENTO_DATABASE_URL": url,
            "ECONOMIC_API_URL": sandbox.url,
            "ECONOMIC_APP_SECRET_TOKEN": "demo",
            "ECONOMIC_AGREEMENT_GRANT_TOKEN": "demo",
            "PROFILE": "sandbox",
            "STATE_DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        }
    )
    looked = pull_stock(settings, Options(skus=(till.sku,)), lambda _: None)
    assert (looked["dry_run"], looked["lines"][0]["old"], looked["lines"][0]["new"]) == (True, "7", "28")
    assert till.row() == Decimal(7)
    done = pull_stock(settings, Options(skus=(till.sku,), accept=True), lambda _: None)
    assert done["products"]["written"] == 1
    assert till.row() == Decimal(28)
