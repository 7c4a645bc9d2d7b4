from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import book, line, new_draft

pytestmark = pytest.mark.usefixtures("customer", "goods")


@pytest.mark.parametrize(
    ("product", "zone", "vat"),
    [
        ("24-MB01", 1, 25),
        ("24-MB01", 2, 0),
        ("24-MB01", 3, 0),
        ("24-MB01", 4, 0),
        ("shipping", 1, 25),
        ("shipping", 2, 0),
        ("rounding", 1, 0),
        ("rounding", 3, 0),
    ],
)
def test_the_rate_follows_from_group_and_zone(api: httpx.Client, product: str, zone: int, vat: float) -> None:
    assert api.post("/invoices/drafts", json=new_draft(line(product), zone=zone)).json()["vatAmount"] == vat


@pytest.mark.parametrize(
    ("rounding", "vat"),
    [("document/half_up", 7.51), ("document/half_even", 7.5), ("line/half_up", 7.52), ("line/half_even", 7.5)],
)
def test_where_and_how_vat_is_rounded(api: httpx.Client, rounding: str, vat: float) -> None:
    api.put("/_sandbox/agreement", json={"vat_rounding": rounding})
    lines = [line(price=10.02), line(price=10.02), line(price=9.98)]
    sale = api.post("/invoices/drafts", json=new_draft(*lines)).json()
    assert (sale["netAmount"], sale["vatAmount"], sale["grossAmount"]) == (30.02, vat, pytest.approx(30.02 + vat))
    back = api.post("/invoices/drafts", json=new_draft(*[{**found, "quantity": -1} for found in lines])).json()
    assert back["vatAmount"] == -vat


def test_rates_are_kept_apart_in_one_document(api: httpx.Client) -> None:
    doc = book(api, line(price=39.98), line("rounding-vat", price=-0.02), line("rounding", price=0.02)).json()
    assert (doc["netAmount"], doc["vatAmount"], doc["grossAmount"]) == (39.98, 9.99, 49.97)
    assert [found["vatRate"] for found in doc["lines"]] == [25, 25, 0]


def test_a_line_is_rounded_half_up_before_the_sum(api: httpx.Client) -> None:
    doc = api.post("/invoices/drafts", json=new_draft(line(quantity=1.23, price=1.12))).json()
    assert (doc["netAmount"], doc["lines"][0]["totalNetAmount"]) == (1.38, 1.38)


def test_the_rates_can_be_read_from_the_lists(api: httpx.Client) -> None:
    rates = {}
    for group in (1, 2, 3):
        for row in api.get(f"/product-groups/{group}/sales-accounts").json()["collection"]:
            code = row["salesAccount"].get("vatAccount", {}).get("vatCode")
            rate = api.get(f"/vat-accounts/{code}").json()["ratePercentage"] if code else 0
            rates[group, row["vatZone"]["vatZoneNumber"]] = rate
    assert rates == {(group, zone): 25 if zone == 1 and group < 3 else 0 for group in (1, 2, 3) for zone in range(1, 5)}
