"""Profiles: what is read, what is refused and where, what extends what."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest

from mapping.profile import ProfileError, load_profile
from mapping.settings import PER_STORE
from tests.unit.mapping.builders import Shop


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def mistakes(path: Path) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert str(caught.value).splitlines() == [str(p) for p in caught.value.problems]
    return [f"{p.line}: {p.message}" for p in caught.value.problems]


MISTAKES = """\
extends: denmark
booking: yes
bookking: on
orders: {since: 2026-13-40}
stock: {since: tomorrow}
invoices: per_ordre
reference: {prefix: "DK 1", txt: x}
vat_rounding: document/half_upp
on_gap: 3
booking_limit: many
amounts: orders
numbers:
  layout: nineteen
  payment_terms: {map: order.payment.methodd, to: {checkmo: 1}, default: 1}
  unit: "1"
  customer_groups: {private: 1.5, business: 2}
  product_groups: {goods: 1, services: 2, untaxed: 3}
  products:
    shipping: 007
    rounding: 42
    rounding_vat: rv
when:
  - {state: new, then: order}
  - {state: [complete], then: invoise}
  - {if: "order.totals.grand_total > '100'", then: wait, reason: "Too big"}
  - {older_than: 2 hours, then: order}
  - {above: -5, then: order}
  - {state: [new], thn: order}
customers:
  groups:
    - {if: "customer.emial == 'x'", group: privat}
  consumer_groups: [private, 7, firms]
products:
  groups:
    - {if: "product.sku * 3", group: goods}
  update: [nmae]
owners: {name: economics}
vat:
  zones:
    - {name: broken, postcode: "(a+)+", zone: domestic}
    - {country: [DK], zone: domestik}
    - {name: x, country: DK, zone: eu}
fields:
  customer:
    name: "{{ address.nme }}"
    zip: "{{ address.postcode "
    city: {expr: "address.city|format(1)"}
    email: {text: "{{ customer.email }}", long: wrap}
    barred: sometimes
    country: {map: address.country, to: {DK: {expr: "order.id"}}}
    phone: {expr: address.telephone, long: chop}
    website: {exp: x}
  document:
    heading: [a]
    header: x
    salesperson: Anna
    due_date: soon
    project: {text: "7", long: cut}
    text1: "{% if order %}x{% endif %}"
    text2: {expr: order.lines}
  recipient: {name: "{{ ''.__class__ }}", nem_handel_type: EAN}
  line: {quantity: 2, description: "{{ line.sku ~ order }}", unit: 0}
  delivery: {date: {expr: "order.id"}}
stores:
  en:
    booking_limit: 3
    fields: {line: {description: "{{ lines.name }}"}}
  "no": 7
payments: {record: on, sign: plus, journal: first}
pull: {every: 2, sweep: 100000, calls: many, evry: 5}
"""


def test_every_mistake_is_reported_with_its_line(tmp_path: Path) -> None:
    found = mistakes(write(tmp_path, "shop.yaml", MISTAKES))
    wanted = [
        (2, "`booking` must be on or off"),
        (3, "unknown key `bookking`; did you mean `booking`?"),
        (4, "`2026-13-40` is not a date (write it as 2026-12-31)"),
        (5, "`stock.since` must be a date, such as 2026-12-31, not `tomorrow`"),
        (6, "did you mean `per_order`? (allowed: per_order, per_magento_invoice)"),
        (7, "`reference.prefix` is `DK 1`; it takes up to 20 characters without spaces, `·` and `/`"),
        (7, "unknown key `reference.txt`; did you mean `text`?"),
        (8, "did you mean `document/half_up`?"),
        (9, "`on_gap` is `3` (allowed: backfill, stop)"),
        (10, "`booking_limit` must be a whole number from 1, or off"),
        (11, "`amounts` is `orders`; did you mean `order`?"),
        (13, "`numbers.layout` is `nineteen`; it needs a number from 1, without quotes"),
        (14, "`methodd` is not in Payment; did you mean `method`? (allowed: amount_ordered, "),
        (15, "write 1 without quotes"),
        (16, "`numbers.customer_groups.private` must be a whole number, not `1.5`"),
        (19, 'write "007" in quotes'),
        (20, 'write "42" in quotes'),
        (23, "`when[0].state` must be a list, such as [a, b], not `new`"),
        (24, "`when[1].then` is `invoise`; did you mean `invoice`?"),
        (25, "compares a number with a text, which are never equal; write 100 without quotes"),
        (25, "`when[2].reason` is `Too big`; it takes small letters, digits and `_`"),
        (26, "`when[3].older_than` must be an age such as 30m, 2h or 3d"),
        (27, "`when[4].above` is too small: it must be at least 0, not `-5`"),
        (28, "`when[5].then` is missing"),
        (28, "unknown key `when[5].thn`; did you mean `then`?"),
        (31, "`customers.groups[0].group` is `privat`; did you mean `private`?"),
        (31, "`emial` is not in Buyer; did you mean `email`?"),
        (32, "`customers.consumer_groups[2]` is `firms` (allowed: business, private, or a number)"),
        (35, "`*` works on numbers, not on texts"),
        (36, "`products.update[0]` is `nmae`; did you mean `name`?"),
        (37, "`owners.name` is `economics`; did you mean `economic`?"),
        (40, "`vat.zones[0].postcode` has a repeat or an `|` inside a repeated group, which can take for ever"),
        (41, "`vat.zones[1].name` is missing"),
        (42, "`vat.zones[2].country` must be a list, such as [a, b], not `DK`"),
        (45, "`nme` is not in Address; did you mean `name`?"),
        (46, "a `{{` has no `}}`"),
        (47, "the filter `format` is not allowed (allowed: abs, "),
        (
            48,
            "only the note lines (`fields.document.heading`, `fields.document.text1`, ",
        ),
        (49, "`fields.customer.barred` is `sometimes`; it needs on or off"),
        (50, "`order` is not known here; did you mean `store`? (allowed: address, customer, store)"),
        (51, "`fields.customer.phone` has `long: chop` (allowed: cut, wrap, stop)"),
        (52, "`fields.customer.website` has `exp`; did you mean `expr`? A field is a value, a text with {{ }}, "),
        (54, "`fields.document.heading` must be one value, not a list"),
        (55, "unknown key `fields.document.header`; did you mean `heading`?"),
        (56, "`fields.document.salesperson` is `Anna`; it needs a number from 1, without quotes"),
        (57, "`fields.document.due_date` is `soon`; it needs a date"),
        (58, "`fields.document.project` is `7`; it needs a number from 1, without quotes"),
        (58, "`fields.document.project` is no text, so leave `long` out"),
        (59, "only `{{ expression }}` may stand in a text"),
        (60, "a list is not one value; join it with `|join(', ')`"),
        (61, "names that begin with `_` are not allowed"),
        (61, "`fields.recipient.nem_handel_type` is `EAN` (allowed: ean, "),
        (62, "Order is not one value; name one of its attributes"),
        (62, "`fields.line.unit` is `0`; it needs a number from 1"),
        (
            62,
            "`fields.line.quantity`: quantity, price, discount and VAT are what the order says",
        ),
        (63, "`fields.delivery.date` is a number, but it needs a date"),
        (66, "`stores.en.booking_limit` cannot be set per store view"),
        (67, "`lines` is not known here; did you mean `line`?"),
        (68, "`stores.no` must be a table of keys"),
        (69, "`payments.journal` must be a whole number, not `first`"),
        (69, "`payments.sign` is `plus` (allowed: credit, debit)"),
        (69, "`payments.accounts` is not set"),
        (70, "`pull.every` is too small: it must be at least 5, not `2`"),
        (70, "`pull.sweep` is too large: it must be at most 86400, not `100000`"),
        (70, "`pull.calls` must be a whole number, not `many`"),
        (70, "unknown key `pull.evry`; did you mean `every`?"),
    ]
    for line, words in wanted:
        assert any(one.startswith(f"{line}: ") and words in one for one in found), (line, words, found)
    assert len(found) == len(wanted), set(found)


def test_denmark_as_it_is_asks_for_each_number_once() -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile("denmark")
    paths = [p.message.split("`")[1] for p in caught.value.problems]
    assert paths == [
        "orders.since",
        "numbers.layout",
        "numbers.payment_terms",
        "numbers.customer_groups.business",
        "numbers.customer_groups.private",
        "numbers.product_groups.goods",
        "numbers.product_groups.services",
        "numbers.product_groups.untaxed",
        "numbers.products.shipping",
        "numbers.products.rounding",
        "numbers.products.rounding_vat",
    ]
    assert {p.file for p in caught.value.problems} == {"denmark.yaml"}


def test_denmark_needs_the_numbers_and_a_go_live_line_only(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "shop.yaml",
        """\
        extends: denmark
        orders: {since: 2026-12-01}
        numbers:
          layout: 19
          payment_terms: 2
          customer_groups: {private: 1, business: 2}
          product_groups: {goods: 1, services: 2, untaxed: 3}
          products: {shipping: "F", rounding: "A0", rounding_vat: "A25"}
        """,
    )
    profile = load_profile(path)
    assert not profile.booking
    assert profile.booking_limit == 50
    assert profile.stock_since == date(2026, 12, 1)


def test_what_stock_says_belongs_to_the_shop_and_names_sources(tmp_path: Path) -> None:
    lines = """\
        extends: sandbox
        stock: {basis: availabel, source: "", outside: store}
        stores: {en: {stock: {basis: available}, pull: {every: 30}}}
        """
    assert mistakes(write(tmp_path, "shop.yaml", lines)) == [
        "2: `stock.basis` is `availabel`; did you mean `available`? (allowed: in_stock, available)",
        "2: `stock.outside` must be a list, such as [a, b], not `store`",
        "2: `stock.source` is empty; leave the key out instead",
        "3: `stores.en.pull` cannot be set per store view (allowed: " + ", ".join(sorted(PER_STORE)) + ")",
        "3: `stores.en.stock` cannot be set per store view (allowed: " + ", ".join(sorted(PER_STORE)) + ")",
    ]


def test_what_is_missing_is_reported_in_the_shops_own_file(tmp_path: Path) -> None:
    path = write(tmp_path, "shop.yaml", "extends: sandbox\n\nnumbers: {layout: null}\n")
    assert mistakes(path) == ["3: `numbers.layout` is not set; it needs the number of a layout"]


def test_the_sandbox_profile_books(tmp_path: Path) -> None:
    profile = load_profile("sandbox")
    assert profile.booking
    assert profile.booking_limit is None
    assert profile.settings.orders.since == date(2000, 1, 1)


@pytest.mark.parametrize(("word", "on"), [("on", True), ("off", False), ("true", True), ("false", False)])
def test_on_and_off(shop: Shop, word: str, on: bool) -> None:
    assert shop(f"booking: {word}").booking is on


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("orders: {since: 000000123}", '2: a number loses its leading zeros; write "000000123" in quotes'),
        ("orders: {since: {default: 2000000001}}", "2: `orders.since` must have an increment id in quotes for default"),
        ("orders: {since: 12}", "2: `orders.since` must be a date such as 2026-12-31"),
        ("orders: {since: 2026-02-30}", "2: `2026-02-30` is not a date (write it as 2026-12-31)"),
        ("booking_limit: 0", "2: `booking_limit` must be a whole number from 1, or off"),
        ("a: b: c", "2: is not YAML: mapping values are not allowed here"),
        ("booking: on\nbooking: off", "3: the key `booking` stands twice; first on line 2"),
        ("numbers: 3", "2: `numbers` must be a table of keys"),
        ("stores: [en]", "2: `stores` must be a table"),
        ("when: [{state: [new]}]", "2: `when[0].then` is missing"),
        ("rounding: {gap: -1}", "2: `rounding.gap` is too small: it must be at least 0, not `-1`"),
        ("numbers: {layout: 0}", "2: `numbers.layout` is `0`; it needs a number"),
        ("vat: {zones: [{name: x, zone: domestik}]}", "2: `vat.zones[0].zone` is `domestik`; did you mean `domestic`?"),
    ],
)  # fmt: skip
def test_single_mistakes(tmp_path: Path, lines: str, message: str) -> None:
    found = mistakes(write(tmp_path, "shop.yaml", f"extends: sandbox\n{lines}\n"))
    assert any(one.startswith(message) for one in found), found


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "extends: denmrk\n", "1: extends: there is no file `denmrk`, nor a shipped profile"),
        ("a.yaml", "extends: 3\n", "1: extends must be `denmark`, `sandbox` or the path of a profile"),
        ("a.yaml", "extends: a.yaml\n", "1: extends: `a.yaml` extends itself"),
        ("a.yaml", "- a\n", "1: a profile is a table of keys and values"),
        ("a.yaml", "a: &x [*x]\n", "1: "),
        ("a.yaml", "a: [\n", "2: is not YAML"),
        ("a.yaml", "a: !!python/object:os.system x\n", "1: the tag"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, text: str, message: str) -> None:
    assert any(one.startswith(message) for one in mistakes(write(tmp_path, name, text)))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert "there is no file" in mistakes(tmp_path / "none.yaml")[0]
    (tmp_path / "latin.yaml").write_bytes("a: æ\n".encode("latin-1"))
    assert mistakes(tmp_path / "latin.yaml") == ["1: is not UTF-8 text; save the file as UTF-8"]


def test_a_profile_extends_another_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "shops").mkdir()
    write(tmp_path, "base.yaml", "extends: sandbox\nreference: {prefix: DK-}\nnumbers: {unit: 2}\n")
    profile = load_profile(write(tmp_path / "shops", "se.yaml", "extends: ../base.yaml\nnumbers: {layout: 2}\n"))
    assert profile.settings.reference.prefix == "DK-"
    assert (profile.settings.numbers.unit, profile.settings.numbers.product_groups["goods"]) == (2, 1)


def test_the_fingerprint_follows_values_only(tmp_path: Path) -> None:
    one = load_profile(write(tmp_path, "a.yaml", "extends: sandbox\nbooking: off # drafts\n"))
    same = load_profile(write(tmp_path, "b.yaml", "# the same\nbooking: off\n\nextends: sandbox\n"))
    other = load_profile(write(tmp_path, "c.yaml", "extends: sandbox\nfields: {line: {description: x}}\n"))
    assert one.fingerprint == same.fingerprint
    assert other.fingerprint not in (one.fingerprint, load_profile("sandbox").fingerprint)


def test_numbers_tell_where_each_stands(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "shop.yaml",
        """\
        extends: sandbox
        numbers:
          payment_terms: {map: order.payment.method, to: {ean: 4}, default: 1}
        stores:
          en:
            numbers: {layout: 2}
        """,
    )
    named = {(n.kind, n.number): (Path(n.file).name, n.line, n.path) for n in load_profile(path).numbers()}
    assert named["payment_terms", 4] == ("shop.yaml", 3, "numbers.payment_terms")
    assert named["layout", 2] == ("shop.yaml", 6, "numbers.layout")
    assert named["layout", 1][0] == "sandbox.yaml"
    assert named["vat_zone", 1][0] == "denmark.yaml"
    assert named["product", "rounding-vat"][2] == "numbers.products.rounding_vat"
    assert {kind for kind, _ in named} == {
        "layout", "payment_terms", "unit", "customer_group", "product_group", "vat_zone", "product",
    }  # fmt: skip


def test_store_views_are_named_with_their_place(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "stores.yaml",
        """\
        extends: sandbox
        orders:
          since: {default: "000000123", en: "2000000001"}
        numbers:
          layout: {map: order.store.code, to: {dk: 1}, default: 1}
          payment_terms: {map: order.payment.method, to: {checkmo: 1}, default: 1}
        stores:
          se:
            orders: {since: 2026-12-01}
          no: {}
        """,
    )
    named = [(store.code, store.line, store.path) for store in load_profile(path).stores()]
    assert sorted(named, key=lambda place: place[1:]) == [
        ("default", 3, "orders.since.default"),
        ("en", 3, "orders.since.en"),
        ("dk", 5, "numbers.layout.to.dk"),
        ("se", 8, "stores.se"),
        ("no", 10, "stores.no"),
    ]
    assert load_profile("sandbox").stores() == ()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "owners: {name: economic}\nproducts: {update: [name]}",
            "2: `owners.name` is economic, but `products.update` (",
        ),
        (
            "fields: {product: {sales_price: {expr: product.net_price}}}\nowners:\n  sales_price: economic",
            "4: `owners.sales_price` is economic, but `fields.product.sales_price` (",
        ),
        (
            "owners: {barred: economic}\nproducts: {barred: on}",
            "2: `owners.barred` is economic, but `products.barred` (",
        ),
        ("owners: {name: both}", "2: `owners.name` is `both` (allowed: magento, economic)"),
        ("owners: {nmae: economic}", "2: unknown key `owners.nmae`; did you mean `name`?"),
    ],
)
def test_a_field_has_one_owner(tmp_path: Path, lines: str, said: str) -> None:
    found = mistakes(write(tmp_path, "shop.yaml", f"extends: sandbox\n{lines}\n"))
    assert [one for one in found if one.startswith(said)], found


def test_what_e_conomic_owns_may_still_be_made_there_by_the_shipped_profile(shop: Shop) -> None:
    assert shop("owners: {name: economic, sales_price: magento}").settings.owners.name == "economic"


def test_a_mistake_in_the_only_row_is_one_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, "shop.yaml", "extends: sandbox\nwhen:\n  - {status: [pending], then: ordre}\n")
    assert [said.split(":")[0] for said in mistakes(path)] == ["3"]
