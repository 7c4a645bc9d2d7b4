"""Answers of Magento's server that were garbled on the way: never taken for data, never read on behind."""

from __future__ import annotations

import random
from contextlib import closing
from unittest.mock import patch

import pytest

from cdc.errors import MagentoError
from cdc.shop import Shop
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_cart, random_person
from sync.demo.shop import SimulatedShop
from tests.faults import proxy
from tests.faults.proxy import Proxy
from tests.faults.scale import of

LOADS = of(500, 40)


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_an_order_is_loaded_right_or_not_at_all(mariadb: PrivateMariaDB, schema: str, share: float) -> None:
    install(mariadb, schema)
    with SimulatedShop(mariadb, schema) as shop:
        number = shop.place_order(random_cart(random.Random(1)), random_person(random.Random(1))).entity_id
    with closing(Shop(mariadb.url(schema))) as direct:
        right = direct.order(number)
    assert right is not None
    refused = loaded = 0
    with Proxy(mariadb.port, seed=5) as between, patch.object(proxy, "GARBLED", share):
        url = mariadb.url(schema).replace(f":{mariadb.port}/", f":{between.port}/")
        between.be("garble")
        with closing(Shop(url, read_timeout=0.2)) as through:
            for _ in range(LOADS):
                try:
                    found = through.order(number)
                except MagentoError:
                    refused += 1
                else:
                    assert found == right
                    loaded += 1
    assert between.garbled >= refused > LOADS / 20
    assert loaded > 0 or share > 0.1
