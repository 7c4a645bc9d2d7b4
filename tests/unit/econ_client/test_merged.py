"""A replacement starts from what is there: nothing is cleared that it does not name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from econ_client import requests, wire
from econ_client.documents import Contact, Customer, DeliveryLocation, Product
from econ_client.requests import SERVER_ONLY, WriteRequest
from tests.unit.econ_client.strategies import documents

Update = Callable[[Mapping[str, Any]], WriteRequest]

UPDATES: list[tuple[type[BaseModel], Update, dict[str, Any]]] = [
    (Customer, lambda body: requests.update_customer(7, body), {"customerNumber": 7}),
    (Product, lambda body: requests.update_product("a", body), {"productNumber": "a"}),
    (Contact, lambda body: requests.update_contact(7, 3, body), {"customerContactNumber": 3}),
    (DeliveryLocation, lambda body: requests.update_delivery_location(7, 3, body), {"deliveryLocationNumber": 3}),
]
LINKS = dict.fromkeys(sorted(SERVER_ONLY), "https://api.example/x")
UNKNOWN = {"addedByEconomicLater": {"number": 5, "self": "https://api.example/x"}, "flag": False, "empty": ""}


@pytest.mark.parametrize(("model", "update", "named"), UPDATES, ids=lambda value: getattr(value, "__name__", ""))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_property_survives_but_the_changed_and_the_servers_own(
    model: type[BaseModel], update: Update, named: dict[str, Any], data: st.DataObject
) -> None:
    current = {**wire.plain(data.draw(documents(model, fitting=True))), **named, **LINKS, **UNKNOWN}
    wanted = wire.plain(data.draw(documents(model, fitting=True)))
    owned = data.draw(st.sets(st.sampled_from(sorted(wanted)))) - {"inventory", *named} if wanted else set()
    cleared = data.draw(st.sets(st.sampled_from(sorted(set(current) - set(named))))) - owned
    changes = {name: wanted[name] for name in sorted(owned)} | dict.fromkeys(cleared)
    sent = wire.decode(update(requests.merged(current, changes)).body)
    expected = {name: value for name, value in current.items() if name not in SERVER_ONLY and name not in cleared}
    assert sent == wire.decode(wire.encode(expected | {name: wanted[name] for name in owned}))


def test_a_products_stock_figures_change_one_by_one() -> None:
    """`inventory` is the one object that is partly ours; its cost price stays when the volume changes."""
    current = {"inventory": {"packageVolume": 1, "recommendedCostPrice": 75, "inStock": 3}}
    assert requests.merged(current, {"inventory": {"packageVolume": 2}}) == {
        "inventory": {"packageVolume": 2, "recommendedCostPrice": 75, "inStock": 3}
    }
    assert requests.merged(current, {"inventory": {"packageVolume": None}})["inventory"] == {
        "recommendedCostPrice": 75,
        "inStock": 3,
    }
    assert requests.merged({}, {"inventory": {"packageVolume": 2}}) == {"inventory": {"packageVolume": 2}}


def test_a_reference_changes_whole_so_that_its_link_does_not_contradict_its_number() -> None:
    current = {"layout": {"layoutNumber": 1, "self": "https://api.example/layouts/1"}}
    assert requests.merged(current, {"layout": {"layoutNumber": 2}}) == {"layout": {"layoutNumber": 2}}


def test_nothing_is_changed_in_what_was_read() -> None:
    inventory = {"packageVolume": 1}
    current = {"name": "Old", "inventory": inventory}
    requests.merged(current, {"name": "New", "inventory": {"packageVolume": 2}})
    assert current == {"name": "Old", "inventory": {"packageVolume": 1}}
