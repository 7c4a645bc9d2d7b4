"""e-conomic's fields on their way into Magento's attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdc.models_fields import FieldScopes, Held, HeldProduct, ProductField
from econ_client.documents import ProductAnswer
from mapping.back import Pricing, changes_back
from mapping.backfit import goals_of
from mapping.backvalues import Terms, agrees, worth
from mapping.goods import net_of
from mapping.owners import BackField, NamedTarget
from mapping.settings.back import Target

D = Decimal
SCOPES = FieldScopes(
    views={"admin": (0, 0), "default": (1, 1), "en": (2, 1), "se": (3, 2)},
    includes_tax={0: True, 1: True, 2: False},
    currencies={0: "DKK", 1: "DKK", 2: "SEK"},
    websites=True,
)
PRICING = Pricing(rate=D(25), currency="DKK")
TEXT = ProductField(code="t", id=1, backend="varchar", input="text", data_type="varchar", length=255, scope="store")
HTML = ProductField(code="h", id=2, backend="text", input="textarea", data_type="mediumtext", html=True)
MONEY = ProductField(
    code="p", id=3, backend="decimal", input="price", data_type="decimal", digits=14, scale=6, scope="website"
)
WHOLE = ProductField(code="i", id=4, backend="int", input="text", data_type="int", digits=10)
STATUS = ProductField(code="status", id=5, backend="int", input="select", source="x\\Status", data_type="int")
YES_NO = ProductField(code="y", id=6, backend="int", input="boolean", source="x\\Boolean", data_type="int")
CHOICE = ProductField(
    code="c", id=7, backend="int", input="select", data_type="int", labels={"Rød": (4,), "Blå": (5, 6)}
)
MANY = ProductField(code="m", id=8, backend="text", input="multiselect", data_type="text")
IMAGE = ProductField(code="g", id=9, backend="varchar", input="media_image", data_type="varchar", length=255)
COLUMN = ProductField(code="k", id=None, backend="static", input="", data_type="decimal", digits=8, scale=4)


def target(field: BackField, attribute: ProductField, *stores: str) -> NamedTarget:
    return NamedTarget(field, Target(attribute.code, stores), "shop.yaml", 3)


def problem(field: BackField, attribute: ProductField, *stores: str) -> str:
    _, misfits = goals_of([target(field, attribute, *stores)], {attribute.code: attribute}, SCOPES)
    return misfits[0].found if misfits else ""


def written(
    field: BackField,
    attribute: ProductField,
    values: Mapping[int, Held],
    *stores: str,
    before: tuple[str, ...] = (),
    websites: tuple[int, ...] = (1,),
    pricing: Pricing = PRICING,
    **answer: Any,
) -> dict[int, tuple[Held, str]]:
    """What is to be written by store id, and why not."""
    goals, misfits = goals_of([target(field, attribute, *stores)], {attribute.code: attribute}, SCOPES)
    assert misfits == ()
    body = {"product_number": "1", "name": "Kop", "product_group": {"product_group_number": 1}, **answer}
    held = HeldProduct(
        id=1,
        key=1,
        sku="1",
        type="simple",
        website_ids=websites,
        values={(attribute.code, store): value for store, value in values.items()},
    )
    found = changes_back(ProductAnswer.model_validate(body), held, goals, SCOPES, pricing, before)
    return {one.store_id: (one.after, one.why_not) for one in found}


@pytest.mark.parametrize("attribute", [TEXT, HTML, CHOICE])
def test_texts_go_to_texts_and_choices(attribute: ProductField) -> None:
    assert problem("name", attribute) == ""


@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("name", MONEY), ("name", WHOLE), ("name", STATUS), ("name", YES_NO), ("name", MANY), ("name", IMAGE),
        ("name", COLUMN), ("sales_price", CHOICE), ("sales_price", WHOLE), ("sales_price", STATUS),
        ("in_stock", CHOICE), ("in_stock", YES_NO), ("barred", TEXT), ("barred", CHOICE), ("barred", WHOLE),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(field: BackField, attribute: ProductField) -> None:
    assert "cannot take it" in problem(field, attribute)


def test_what_fits_beside() -> None:
    fits: list[tuple[BackField, ProductField]] = [
        ("cost_price", MONEY), ("cost_price", COLUMN), ("sales_price", TEXT), ("in_stock", WHOLE), ("available", TEXT),
        ("barred", STATUS), ("barred", YES_NO),
    ]  # fmt: skip
    assert [problem(field, attribute) for field, attribute in fits] == [""] * len(fits)


def test_store_views_have_to_be_there_and_to_matter() -> None:
    assert problem("name", TEXT, "default", "en") == ""
    assert problem("name", TEXT, "eng") == "Magento has no store view `eng`; did you mean `en`?"
    assert "one value for all store views" in problem("barred", STATUS, "en")
    assert problem("barred", STATUS, "admin") == ""
    _, (misfit,) = goals_of([target("name", TEXT)], {}, SCOPES)
    assert misfit.found == "no product of Magento's has an attribute `t`"


def test_a_text_is_left_where_the_way_there_would_make_the_same() -> None:
    assert written("name", TEXT, {0: " Kop "}) == {}
    assert written("name", TEXT, {0: "kop"}) == {0: ("Kop", "")}
    assert written("name", TEXT, {}) == {0: ("Kop", "")}
    assert written("name", TEXT, {0: None}) == {0: ("Kop", "")}


def test_a_store_view_without_a_row_inherits() -> None:
    assert written("name", TEXT, {0: "Kop"}, "en") == {}
    assert written("name", TEXT, {0: "Kop", 2: None}, "en") == {2: ("Kop", "")}
    assert written("name", TEXT, {0: "Krus"}, "en", "admin") == {0: ("Kop", ""), 2: ("Kop", "")}


def test_a_description_is_compared_as_it_would_be_sent() -> None:
    long = "Ord og ord " * 100
    page = f"<h1>Kop</h1><p>{long}</p>"
    sent = f"Kop\n{long}".strip()
    cut = sent[:499].rstrip() + "…"
    for same in (cut, sent[:500]):
        assert written("description", HTML, {0: page}, description=same) == {}
    assert written("description", HTML, {0: long}, description=long[:500]) == {}
    assert written("description", HTML, {0: page}, description="Krus") == {0: ("Krus", "")}
    assert written("description", TEXT, {0: "a <b>"}, description="a <b>") == {}


def test_a_description_is_no_markup_and_no_directive() -> None:
    text = "1 < 2 & {{block class='x'}}\n\nslut"
    ((html, _),) = written("description", HTML, {}, description=text).values()
    assert html == "1 &lt; 2 &amp; &#123;&#123;block class='x'}}<br />\n<br />\nslut"
    assert written("description", HTML, {0: html}, description=text) == {}
    assert written("description", TEXT, {}, description=text) == {0: (text, "")}


def test_what_has_no_room_says_so() -> None:
    assert written("name", replace(TEXT, length=5), {}, name="Kaffekop") == {0: ("Kaffekop", "too_long")}
    assert written("name", replace(TEXT, narrow=True), {}, name="Kop 🎄") == {0: ("Kop 🎄", "characters")}
    assert written("sales_price", COLUMN, {}, sales_price=D(100_000_000))[0][1] == "too_large"
    assert written("sales_price", MONEY, {}, sales_price=D(-1)) == {0: (None, "negative")}


def test_choices_by_label() -> None:
    assert written("name", CHOICE, {0: 9}, name="Rød") == {0: (4, "")}
    assert written("name", CHOICE, {0: 5}, name="Blå") == {}
    assert written("name", CHOICE, {0: 9}, name="Blå") == {0: ("Blå", "no_option")}
    assert written("name", CHOICE, {0: 9}, name="Grøn") == {0: ("Grøn", "no_option")}


@pytest.mark.parametrize(("barred", "status", "flag"), [(True, 2, 1), (False, 1, 0), (None, 1, 0)])
def test_barred_is_disabled(barred: bool | None, status: int, flag: int) -> None:
    other = 3 - status
    assert written("barred", STATUS, {0: other}, barred=barred) == {0: (status, "")}
    assert written("barred", STATUS, {0: status}, barred=barred) == {}
    assert written("barred", YES_NO, {0: 1 - flag}, barred=barred) == {0: (flag, "")}


def test_quantities_as_they_are() -> None:
    stock: Any = {"inventory": {"in_stock": D("7.50"), "available": D(5)}}
    assert written("in_stock", COLUMN, {0: D("7.5000")}, **stock) == {}
    assert written("in_stock", COLUMN, {0: None}, **stock) == {0: (D("7.5000"), "")}
    assert written("in_stock", WHOLE, {}, **stock) == {0: (None, "fraction")}
    assert written("available", WHOLE, {0: 4}, **stock) == {0: (5, "")}
    assert written("available", TEXT, {0: "5.0"}, **stock) == {}
    assert written("in_stock", TEXT, {0: "mange"}, **stock) == {0: ("7.5", "")}
    assert written("in_stock", COLUMN, {}) == {}


def test_prices_follow_the_websites_settings() -> None:
    assert written("sales_price", MONEY, {}, sales_price=D(80)) == {0: (D(100), "")}
    assert written("sales_price", MONEY, {}, websites=(2,), sales_price=D(80)) == {0: (D(80), "")}
    assert written("sales_price", MONEY, {}, "default", sales_price=D(80)) == {1: (D(100), ""), 2: (D(100), "")}
    assert written("sales_price", MONEY, {}, "se", sales_price=D(80)) == {3: (None, "currency")}
    own: dict[int, Held] = {0: D(100), 2: D(7), 3: D(7)}
    assert written("sales_price", MONEY, own, sales_price=D(80)) == {2: (D(100), "")}
    assert written("cost_price", MONEY, {}, cost_price=D(80)) == {0: (D(80), "")}
    unknown = Pricing(rate=None, currency="DKK")
    assert written("sales_price", MONEY, {0: D(1)}, pricing=unknown, sales_price=D(80)) == {0: (None, "no_rate")}
    assert written("sales_price", MONEY, {}, pricing=Pricing(rate=D(25), currency="EUR"), sales_price=D(80)) == {
        0: (None, "currency")
    }


def test_what_nobody_filled_in_changes_nothing() -> None:
    code: dict[int, Held] = {0: "570"}
    price: dict[int, Held] = {0: D(9)}
    assert written("bar_code", TEXT, code) == {}
    assert written("bar_code", TEXT, code, before=("bar_code",)) == {0: (None, "")}
    assert written("bar_code", replace(TEXT, required=True), code, before=("bar_code",)) == {0: (None, "required")}
    assert written("bar_code", TEXT, {0: ""}, before=("bar_code",)) == {}
    assert written("sales_price", MONEY, price, sales_price=D(0)) == {}
    assert written("sales_price", MONEY, price, before=("sales_price",)) == {}
    assert written("sales_price", MONEY, price, before=("sales_price",), sales_price=D(0)) == {0: (D(0), "")}


@given(
    net=st.integers(1, 10**8).map(lambda n: D(n) / 100),
    rate=st.sampled_from([D(0), D(6), D(12), D("12.5"), D(25), D("25.5")]),
    taxed=st.booleans(),
)
def test_a_price_that_was_written_agrees(net: Decimal, rate: Decimal, taxed: bool) -> None:
    (goal,), _ = goals_of([target("sales_price", MONEY)], {"p": MONEY}, SCOPES)
    terms = Terms(includes_tax=taxed, rate=rate, same_currency=True)
    value, why = worth(goal, net, terms)
    assert (why, agrees(goal, net, value, terms)) == ("", True)


@given(held=st.integers(0, 10**9).map(lambda n: D(n) / 10_000), rate=st.sampled_from([D(0), D(12), D(25)]))
def test_a_price_of_magentos_that_was_sent_is_left(held: Decimal, rate: Decimal) -> None:
    (goal,), _ = goals_of([target("sales_price", MONEY)], {"p": MONEY}, SCOPES)
    sent = net_of(held, rate, includes_tax=True)
    assert agrees(goal, sent, held, Terms(includes_tax=True, rate=rate, same_currency=True))
