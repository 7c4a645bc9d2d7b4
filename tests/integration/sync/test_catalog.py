"""Catalog products: made, kept up to date in what the profile owns, and left alone in everything else."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cdc.keys import Key
from cdc.models import Product
from sync.outcome import Done, Outcome, ParkedFor, Retry, SkippedFor, Unchanged
from sync.preview import preview_product
from sync.productlinks import entity_of
from sync.state.changes import Klass
from tests.integration.sync.desk import ORDER, Desk

AT = datetime(2026, 1, 1, tzinfo=UTC)
CATALOG = """
products:
  sync: catalog
  update: [name, sales_price, description]
fields:
  product:
    sales_price: {expr: product.net_price}
    description: "{{ product.description }}"
"""
MUG = Product(
    id=7,
    sku="MUG-7",
    type="simple",
    attribute_set_id=4,
    created_at=AT,
    updated_at=AT,
    website_ids=(1,),
    stock=None,
    parent_ids=(),
    tax_class="Varer 25%",
    currency="DKK",
    prices_include_tax=True,
    attributes={"name": "Krus", "price": Decimal("99.950000"), "status": 1, "description": "<p>Af <b>ler</b></p>"},
)

DeskWith = Callable[..., Desk]


def save(desk: Desk, product: Product = MUG, **attributes: Any) -> Outcome | None:
    """The product is saved in Magento, and delivered."""
    product = replace(product, attributes={**product.attributes, **attributes})
    desk.orders.catalog[product.id] = product
    desk.touch(Key("product", str(product.id)))
    return desk.deliver()


def there(desk: Desk, number: str = "MUG-7") -> dict[str, Any]:
    """The product as e-conomic has it."""
    answer = desk.http.get(f"/products/{number}")
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def edit(desk: Desk, number: str = "MUG-7", **changes: Any) -> None:
    """Somebody changes a product in e-conomic."""
    kept = {k: v for k, v in there(desk, number).items() if k in BODY}
    desk.http.put(f"/products/{number}", json={**kept, **changes}).raise_for_status()


BODY = (
    "productNumber", "name", "productGroup", "description", "salesPrice", "recommendedPrice", "barCode", "barred",
    "unit", "inventory",
)  # fmt: skip


def put(desk: Desk, number: str = "MUG-7", **more: Any) -> None:
    """The bookkeeper made the product herself."""
    body = {"productNumber": number, "name": "Kaffekrus", "productGroup": {"productGroupNumber": 2}, **more}
    desk.http.put(f"/products/{number}", json=body).raise_for_status()


def test_a_product_is_made_and_follows_the_catalog(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    assert save(desk) == Done()
    made = there(desk)
    assert (made["name"], Decimal(str(made["salesPrice"])), made["description"]) == ("Krus", Decimal("79.96"), "Af ler")
    assert save(desk, name="Stort krus", price=Decimal("125.000000")) == Done()
    made = there(desk)
    assert (made["name"], Decimal(str(made["salesPrice"]))) == ("Stort krus", Decimal(100))
    assert desk.writes() == ["POST /products", "PUT /products/MUG-7"]


def test_a_product_that_is_saved_again_costs_no_call(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    desk.restart()
    desk.forget_journal()
    assert save(desk, meta_keyword="anything") == Unchanged()
    assert desk.journal() == []


def test_a_field_that_e_conomic_owns_is_never_sent_back_and_costs_no_call(desk_with: DeskWith) -> None:
    desk = desk_with("products: {sync: catalog, update: [description]}\nowners: {name: economic}\n")
    save(desk)
    edit(desk, name="Bogholderens krus")
    desk.forget_journal()
    assert save(desk, name="Bogholderens krus") == Unchanged()
    assert save(desk, name="Noget andet") == Unchanged()
    assert desk.journal() == []
    assert there(desk)["name"] == "Bogholderens krus"


def test_an_update_keeps_everything_that_the_profile_does_not_own(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    edit(
        desk,
        barCode="5701234567899",
        recommendedPrice=150,
        productGroup={"productGroupNumber": 2},
        unit={"unitNumber": 2},
        inventory={"packageVolume": 1.5, "recommendedCostPrice": 75},
    )
    before = there(desk)
    assert save(desk, name="Stort krus") == Done()
    now = there(desk)
    changing = {"name", "lastUpdated"}
    assert {k: v for k, v in now.items() if k not in changing} == {k: v for k, v in before.items() if k not in changing}
    assert now["name"] == "Stort krus"


def test_what_e_conomic_adds_later_is_sent_back(desk_with: DeskWith) -> None:
    """A property that is not known here stands in the replacement as it was answered."""
    desk = desk_with(CATALOG)
    save(desk)
    real = desk.economic.as_is

    def with_news(link: str | None, path: str) -> dict[str, Any] | None:
        found = real(link, path)
        return None if found is None else {**found, "addedLater": {"number": 5}}

    desk.economic.as_is = with_news  # type: ignore[method-assign]
    save(desk, name="Stort krus")
    (sent,) = [r["body"] for r in desk.journal() if r["method"] == "PUT"]
    assert sent["addedLater"] == {"number": 5}


def test_peoples_edits_are_left_and_said_once(desk_with: DeskWith, caplog: pytest.LogCaptureFixture) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    edit(desk, name="Krus, håndlavet")
    with caplog.at_level(logging.WARNING, "magento_economic.catalog"):
        assert save(desk, name="Krus 2", price=Decimal("125.000000")) == Done()
        assert save(desk, name="Krus 3", price=Decimal("125.000000")) == Unchanged()
    assert there(desk)["name"] == "Krus, håndlavet"
    assert Decimal(str(there(desk)["salesPrice"])) == 100
    assert [r.getMessage() for r in caplog.records if "name changed" in r.getMessage()] == [
        "product MUG-7: name changed in e-conomic since it was last written there, and is left as people made it"
    ]
    edit(desk, name="Krus 4")
    assert save(desk, name="Krus 4", price=Decimal("125.000000")) == Unchanged()
    assert save(desk, name="Krus 5", price=Decimal("125.000000")) == Done()
    assert there(desk)["name"] == "Krus 5"


def test_an_empty_field_clears_only_what_was_written_here(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    assert save(desk, description="") == Done()
    assert "description" not in there(desk)
    other = replace(MUG, id=8, sku="MUG-8", attributes={**MUG.attributes, "description": None})
    desk.path.write_text("extends: sandbox\n" + CATALOG.replace("sync:", "existing: update\n  sync:"))
    desk.restart()
    put(desk, "MUG-8", description="Bogholderens egen tekst")
    assert save(desk, other) == Done()
    assert there(desk, "MUG-8")["description"] == "Bogholderens egen tekst"


@pytest.mark.parametrize(
    ("existing", "outcome", "name"),
    [("update", Done, "Krus"), ("leave", Unchanged, "Kaffekrus"), ("warn", ParkedFor, "Kaffekrus")],
)
def test_a_product_that_somebody_else_made(
    desk_with: DeskWith, existing: str, outcome: type[Outcome], name: str
) -> None:
    desk = desk_with(CATALOG.replace("sync:", f"existing: {existing}\n  sync:"))
    put(desk)
    found = save(desk)
    assert isinstance(found, outcome)
    assert (there(desk)["name"], there(desk)["productGroup"]["productGroupNumber"]) == (name, 2)
    if isinstance(found, ParkedFor):
        assert found.reason == "product_exists"
        assert "another description, name, sales_price than the shop's" in found.advice
    else:
        desk.forget_journal()
        assert save(desk) == Unchanged()
        assert desk.journal() == []


def test_disabled_products_are_barred_and_come_back(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG.replace("sync:", "barred: on\n  sync:"))
    assert save(desk, status=2) == SkippedFor("disabled")
    assert save(desk) == Done()
    assert save(desk, status=2) == Done()
    assert there(desk)["barred"]
    assert save(desk) == Done()
    assert not there(desk)["barred"]
    edit(desk, barred=True)
    save(desk, name="Stort krus")
    assert (there(desk)["name"], there(desk)["barred"]) == ("Stort krus", True)


def test_a_product_that_is_gone_from_the_catalog_stays(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    del desk.orders.catalog[7]
    desk.touch(Key("product", "7"))
    assert desk.deliver() == Unchanged()
    assert there(desk)["name"] == "Krus"


def test_a_product_that_is_gone_is_barred_where_the_profile_says_so(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG.replace("sync:", "deleted: bar\n  sync:"))
    save(desk)
    edit(desk, barCode="5701234567899")
    del desk.orders.catalog[7]
    desk.touch(Key("product", "7"))
    assert desk.deliver() == Done()
    assert (there(desk)["barred"], there(desk)["barCode"]) == (True, "5701234567899")
    desk.forget_journal()
    desk.touch(Key("product", "7"))
    assert desk.deliver() == Unchanged()
    assert desk.writes() == []


def test_a_product_that_was_made_anew_is_not_barred_for_its_forerunner(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG.replace("sync:", "deleted: bar\n  sync:"))
    save(desk)
    del desk.orders.catalog[7]
    assert save(desk, replace(MUG, id=9)) == Unchanged()
    desk.touch(Key("product", "7"))
    assert desk.deliver() == Unchanged()
    assert not there(desk)["barred"]


def test_another_sku_is_another_number_that_people_give(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    renamed = replace(MUG, sku="CUP-7")
    parked = save(desk, renamed)
    assert isinstance(parked, ParkedFor)
    assert parked.reason == "sku_changed"
    assert "MUG-7" in parked.advice
    assert "CUP-7" in parked.advice
    desk.http.delete("/products/MUG-7").raise_for_status()
    put(desk, "CUP-7")
    desk.state.retry([Key("product", "7")])
    assert desk.deliver() == Unchanged()
    assert save(desk, renamed) == Unchanged()


def test_another_sku_makes_another_product_where_the_profile_says_so(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG.replace("sync:", "renamed: create\n  sync:"))
    save(desk)
    assert save(desk, replace(MUG, sku="CUP-7")) == Done()
    assert there(desk, "CUP-7")["name"] == "Krus"
    assert there(desk, "MUG-7")["name"] == "Krus"


def test_an_id_that_is_another_products_by_now(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    desk.forget_journal()
    parked = save(desk, replace(MUG, sku="TEA-1", created_at=datetime(2026, 2, 2, tzinfo=UTC)))
    assert isinstance(parked, ParkedFor)
    assert parked.reason == "identity_changed"
    assert desk.journal() == []


def test_two_skus_of_one_number_are_both_parked_until_they_differ(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG.replace("sync:", "number: {expr: \"product.sku|upper|replace(' ', '')\"}\n  sync:"))
    first, second = replace(MUG, sku="mug 7"), replace(MUG, id=8, sku="MUG-7".replace("-", ""))
    assert save(desk, first) == Done()
    for product in (second, first):
        parked = save(desk, product)
        assert isinstance(parked, ParkedFor)
        assert parked.reason == "number_taken"
        assert "`mug 7` and `MUG7` both come to the product number MUG7" in parked.advice
    assert save(desk, replace(second, sku="MUG8")) == Done()
    assert save(desk, first) == Unchanged()


def test_the_catalog_follows_only_where_the_profile_says_so_or_by_hand(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG.replace("catalog", "orders"))
    assert save(desk) == Unchanged()
    assert desk.journal() == []
    desk.state.enqueue([Key("product", "7")], Klass.BACKFILL, admitted=True)
    assert desk.deliver() == Done()
    assert there(desk)["name"] == "Krus"


@pytest.mark.parametrize(
    ("rows", "changes", "outcome"),
    [
        ("[{sku: ['MUG-*'], then: leave}]", {}, SkippedFor("left_by_profile")),
        ("[{sku: ['CUP-?'], then: leave}]", {}, Done()),
        ("[{status: [enabled], then: send}, {then: leave}]", {}, Done()),
        ("[]", {"type": "configurable"}, SkippedFor("sold_as_parts")),
        ("[{type: [configurable], then: send}]", {"type": "configurable"}, Done()),
    ],
)
def test_which_products(desk_with: DeskWith, rows: str, changes: dict[str, Any], outcome: Outcome) -> None:
    desk = desk_with(CATALOG.replace("sync:", f"which: {rows}\n  sync:"))
    assert save(desk, replace(MUG, **changes)) == outcome


def test_a_mass_change_leaves_calls_for_orders(desk_with: DeskWith, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_with(CATALOG)
    monkeypatch.setattr(desk.economic.pace, "room_today", lambda _share: 0)
    waits = save(desk)
    assert isinstance(waits, Retry)
    assert waits.reason == "fair_use"
    assert waits.due_at > desk.now()
    assert desk.journal() == []


def test_keys_of_numbers_are_no_products_of_the_shop(desk_with: DeskWith) -> None:
    """After a TRUNCATE every linked key of the kind is looked at."""
    desk = desk_with(CATALOG)
    save(desk)
    desk.touch(Key("product", "number:MUG-7"))
    assert desk.deliver() == Unchanged()


def test_preview_shows_exactly_what_would_be_sent(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    desk.orders.catalog[7] = MUG
    (shown,) = preview_product(desk.context, "MUG-7").documents
    assert (shown["kind"], "stands" in shown) == ("product", False)
    save(desk)
    edit(desk, barCode="5701234567899")
    preview = preview_product(desk.context, "MUG-7")
    assert (preview.documents, preview.skipped) == ([], [{"role": "product", "reason": "up_to_date"}])
    desk.orders.catalog[7] = replace(MUG, attributes={**MUG.attributes, "name": "Stort krus"})
    (changed,) = preview_product(desk.context, "MUG-7").documents
    assert changed["stands"] == "product MUG-7"
    desk.forget_journal()
    save(desk, name="Stort krus")
    (sent,) = [r["body"] for r in desk.journal() if r["method"] == "PUT"]
    assert json.dumps(sent, default=str) == json.dumps(changed["body"], default=float)


def test_preview_says_why_nothing_would_be_sent(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    reasons = []
    for changes, existing in (({"type": "grouped"}, False), ({"attributes": {"status": 2}}, False), ({}, True)):
        if existing:
            put(desk)
        desk.orders.catalog[7] = replace(MUG, **changes)
        reasons += [row["reason"] for row in preview_product(desk.context, "MUG-7").skipped]
    assert reasons == ["sold_as_parts", "disabled", "exists_already"]


def test_what_people_removed_is_made_again_only_when_people_retry(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    product = replace(MUG, id=101, sku="MUG-1")
    save(desk, product)
    desk.http.delete("/products/MUG-1").raise_for_status()
    assert save(desk, product, name="Stort krus") == SkippedFor("product_removed")
    desk.touch(inserted=True)
    assert isinstance(desk.deliver(), ParkedFor)
    desk.state.retry([ORDER])
    assert desk.deliver() == Done()
    assert there(desk, "MUG-1")["name"] == "Stort krus"
    assert save(desk, product, name="Stort krus") == Unchanged()


def test_observe_shows_and_writes_nothing(desk_with: DeskWith, caplog: pytest.LogCaptureFixture) -> None:
    desk = desk_with(CATALOG, observe=True)
    with caplog.at_level(logging.INFO, "magento_economic.deliver"):
        assert save(desk) == SkippedFor("observed")
        put(desk)
        assert save(desk) == Unchanged()
    assert "observe: product 7 MUG-7 would send product MUG-7" in [r.getMessage() for r in caplog.records]
    assert list(desk.state.links_everywhere("product")) == []
    assert desk.state.links(Key("product", "7")) == {}


def test_net_prices_are_those_of_the_group_that_the_bookkeeper_chose(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    edit(desk, productGroup={"productGroupNumber": 3})
    assert save(desk, price=Decimal("125.000000")) == Done()
    assert Decimal(str(there(desk)["salesPrice"])) == 125
    assert save(desk, price=Decimal("125.000000")) == Unchanged()
    assert there(desk)["productGroup"]["productGroupNumber"] == 3


def test_the_group_may_be_the_catalogs_own(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG.replace("update: [", "update: [group, "))
    save(desk)
    assert save(desk, replace(MUG, type="virtual")) == Done()
    assert there(desk)["productGroup"]["productGroupNumber"] == 2
    link = desk.state.link(entity_of("MUG-7"), "product")
    assert link is not None
    assert link.product_group == 2
