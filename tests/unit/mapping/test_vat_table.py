"""The shipped VAT table: every row is reached, every country has one, and reasons say what decided."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from cdc.models import Address, Order
from mapping.case import case_of
from mapping.choice import Choice
from mapping.halves import choices
from mapping.order import plan_order
from mapping.problems import CannotMap
from mapping.profile import Profile, load_profile
from mapping.profile_yaml import ProfileError
from mapping.supply import Supply
from mapping.target import ordered
from tests.unit.mapping.builders import AGREEMENT, RETAIL, Shop, address, line, order

COUNTRIES = re.findall(
    "..",
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCA"
    "CCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGA"
    "GBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJP"
    "KEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMS"
    "MTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORS"
    "RURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTW"
    "TZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW",
)
MEMBERS = frozenset(re.findall("..", "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEITLTLULVMTNLPLPTROSESISK"))
ABROAD = "vat_zones: {uk_low_value: 6, voec: 7, oss_de: 8, oss_fr: 9, oss_xi: 10}"
REGISTERED = f"numbers: {{{ABROAD}}}\nvat: {{currencies: {{NOK: 0.64, GBP: 8.7}}}}\n"


@cache
def profile(lines: str = "") -> Profile:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shop.yaml"
        path.write_text(f"extends: sandbox\n{lines}", encoding="utf-8")
        return load_profile(path)


def sold(to: Address, supply: Supply = "goods", *, row: str = "100", qty: str = "1", **changes: Any) -> Order:
    """An order of one line, delivered and billed to one address; what Magento charged does not matter here."""
    one = line(
        row=row, qty=qty, is_virtual=supply == "services", product_type="virtual" if supply == "services" else "simple"
    )
    return order(one, billing=to, shipping=to, **changes)


def choice(one: Order, lines: str = "") -> Choice:
    case = case_of(one, profile(lines).for_store("default"), AGREEMENT, {})
    (found,) = choices(case, ordered(one)).values()
    return found


def there(country: str, postcode: str = "", **changes: Any) -> Address:
    return address(country=country, postcode=postcode, city="", **changes)


def firm(country: str, postcode: str = "", prefix: str = "", **changes: Any) -> Address:
    return there(country, postcode, vat_id=f"{prefix or country} 123456789", vat_is_valid=True, **changes)


GBP: dict[str, Any] = {"currency": "GBP", "base_currency": "GBP"}
NOK: dict[str, Any] = {"currency": "NOK", "base_currency": "NOK"}
EXEMPT: dict[str, Any] = {"customer_group": replace(RETAIL, code="Momsfri", tax_class="momsfri")}

SHIPPED: list[tuple[Order, str, str, int]] = [
    (sold(there("GL", "3900")), "", "Greenland", 3),
    (sold(there("DK", "3952")), "", "Greenland with a Danish address", 3),
    (sold(there("FO", "100")), "", "Faroe Islands", 3),
    (sold(there("DK", "FO-100")), "", "Faroe Islands with a Danish address", 3),
    (sold(there("DK", "8000"), **EXEMPT), "", "domestic exempt", 4),
    (sold(there("DK", "8000")), "", "domestic", 1),
    (sold(firm("DK", "8000")), "", "domestic", 1),
    (sold(there("")), "", "domestic", 1),
    (sold(there("AX", "22100")), "", "Aaland", 3),
    (sold(there("FI", "22100")), "", "Aaland with a Finnish address", 3),
    (sold(there("ES", "35001")), "", "Canary Islands", 3),
    (sold(there("ES", "38 670")), "", "Canary Islands", 3),
    (sold(there("ES", "51001")), "", "Ceuta and Melilla", 3),
    (sold(there("ES", "52006")), "", "Ceuta and Melilla", 3),
    (sold(there("DE", "78266")), "", "Buesingen", 3),
    (sold(there("DE", "D-27498")), "", "Heligoland", 3),
    (sold(there("IT", "23041")), "", "Livigno", 3),
    (
        sold(
            there(
                "IT",
                "23030",
            )
        ),
        "",
        "EU consumer",
        1,
    ),
    (sold(address(country="IT", postcode="23030", city="LIVIGNO ")), "", "Livigno by its old postcode", 3),
    (sold(there("IT", "22061")), "", "Campione d'Italia", 3),
    (
        sold(address(country="IT", postcode="22060", city="Campione d'Italia")),
        "",
        "Campione d'Italia by its old postcode",
        3,
    ),
    (sold(there("GR", "630 86")), "", "Mount Athos", 3),
    (sold(there("RE", "97400")), "", "French overseas departments", 3),
    (sold(there("FR", "97110")), "", "French overseas with a French address", 3),
    (sold(there("FR", "98800")), "", "French overseas with a French address", 3),
    (sold(there("FR", "98000")), "", "EU consumer", 1),
    (sold(firm("GB", "BT1 1AA", "XI")), "", "Northern Ireland, business, goods", 2),
    (sold(there("GB", "bt1 1aa")), "", "Northern Ireland, consumer, goods", 1),
    (sold(there("GB", "BT1 1AA")), REGISTERED, "Northern Ireland, consumer, goods, OSS", 10),
    (sold(firm("GB", "BT1 1AA", "GB")), "", "Northern Ireland, consumer, goods", 1),
    (sold(there("GB", "BT1 1AA"), "services"), "", "United Kingdom", 3),
    (sold(firm("GB", "BT1 1AA", "XI"), "services"), "", "United Kingdom", 3),
    (sold(there("GB", "EC1A 1BB")), "", "United Kingdom", 3),
    (sold(there("GB", "B1 1AA"), row="135", **GBP), REGISTERED, "United Kingdom, low value", 6),
    (sold(there("IM", "IM1 1AA"), row="20", **GBP), REGISTERED, "United Kingdom, low value", 6),
    (sold(there("GB", "B1 1AA"), row="135.01", **GBP), REGISTERED, "United Kingdom", 3),
    (sold(there("GB", "B1 1AA"), row="1174.50"), REGISTERED, "United Kingdom, low value", 6),
    (sold(there("GB", "B1 1AA"), row="1174.60"), REGISTERED, "United Kingdom", 3),
    (sold(there("GB", "B1 1AA", vat_id="GB123456789"), row="20", **GBP), REGISTERED, "United Kingdom", 3),
    (sold(there("NO", "0150"), row="5998", qty="2", **NOK), REGISTERED, "Norway, VOEC, goods", 7),
    (sold(there("NO", "0150"), row="3000", **NOK), REGISTERED, "Norway", 3),
    (sold(there("NO", "0150"), "services"), REGISTERED, "Norway, VOEC, services", 7),
    (sold(there("NO", "0150")), "", "Norway", 3),
    (sold(there("SJ", "9170")), REGISTERED, "Norway", 3),
    (sold(there("CH", "8000")), "", "Switzerland and Liechtenstein", 3),
    (sold(there("LI", "9490")), "", "Switzerland and Liechtenstein", 3),
    (sold(there("SM", "47890")), "", "San Marino and the Vatican", 3),
    (sold(firm("DE", "10115")), "", "EU business", 2),
    (sold(firm("GR", "10431", "EL")), "", "EU business", 2),
    (sold(firm("MC", "98000", "FR")), "", "EU business", 2),
    (sold(firm("DE", "10115"), "services"), "", "EU business", 2),
    (sold(firm("GR", "10431", "GR")), "", "EU consumer", 1),
    (sold(firm("MC", "98000", "MC")), "", "EU consumer", 1),
    (sold(there("DE", "10115", vat_id="DE123456789", vat_is_valid=False)), "", "EU consumer", 1),
    (sold(there("DE", "10115", vat_id="DE123456789")), "", "EU consumer", 1),
    (sold(there("DE", "10115")), "", "EU consumer", 1),
    (sold(there("DE", "10115")), REGISTERED, "EU consumer, OSS", 8),
    (sold(there("DE", "10115"), "services"), REGISTERED, "EU consumer, OSS", 8),
    (sold(there("MC", "98000")), REGISTERED, "EU consumer, OSS", 9),
    (sold(there("SE", "11120")), REGISTERED, "EU consumer", 1),
    (sold(firm("DE", "10115")), REGISTERED, "EU business", 2),
    (sold(there("US", "10001")), "", "rest of the world", 3),
    (sold(there("JE", "JE1 1AA")), "", "rest of the world", 3),
    (sold(there("GI", "GX11 1AA")), "", "rest of the world", 3),
]


@pytest.mark.parametrize(("one", "lines", "name", "zone"), SHIPPED)
def test_shipped_rows(one: Order, lines: str, name: str, zone: int) -> None:
    found = choice(one, lines)
    assert (found.row.name, found.row.zone) == (name, zone)
    names = [row.name for row in profile().settings.vat.zones]
    assert [passed.name for passed in found.passed] == names[: names.index(name)]
    assert all(passed.why for passed in found.passed)
    assert found.held


def test_every_shipped_row_is_reached() -> None:
    assert {name for _, _, name, _ in SHIPPED} == {row.name for row in profile().settings.vat.zones}
    assert len({row.name for row in profile().settings.vat.zones}) == len(profile().settings.vat.zones)


def test_every_shipped_row_has_its_source_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "vat.md").read_text(encoding="utf-8")
    table = page.partition("| row | zone, rate | source |")[2]
    assert [row.name for row in profile().settings.vat.zones if row.name not in table] == []


def test_the_eu_is_complete() -> None:
    settings = profile().settings.vat
    assert set(settings.eu) - {"MC"} == MEMBERS
    assert {*settings.rates} == MEMBERS - {"DK"}
    assert settings.counts_as["MC"] == "FR"


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_has_a_row_that_fits_the_agreement_or_parks(country: str) -> None:
    ids: dict[str, dict[str, Any]] = {
        "consumer": {},
        "valid": {"vat_id": f"{ {'GR': 'EL', 'MC': 'FR'}.get(country, country) }123456789", "vat_is_valid": True},
        "invalid": {"vat_id": f"{country}123456789", "vat_is_valid": False},
    }
    supplies: tuple[Supply, ...] = ("goods", "services")
    for (kind, changes), supply in product(ids.items(), supplies):
        to = there(country, "10000", **changes)
        found = choice(sold(to, supply))
        zone = found.row.zone
        assert zone in AGREEMENT.vat_zones
        taxed = country in (*MEMBERS, "MC") and (kind != "valid" or country == "DK")
        assert zone == (1 if taxed else 2 if kind == "valid" and country in (*MEMBERS, "MC") else 3)
        rates = found.row.rates
        assert rates is None or AGREEMENT.vat_rates[1, zone] in rates
        for percent in (0, 25):
            vat = str(percent)
            virtual = supply == "services"
            charged = line(
                row="100", vat=vat, rate=vat, is_virtual=virtual, product_type="virtual" if virtual else "simple"
            )
            plan = plan_order(order(charged, billing=to, shipping=to), profile(), AGREEMENT)
            if percent == (25 if taxed else 0) or country == "DK":
                (document,) = plan.documents
                assert document.body.recipient.vat_zone.vat_zone_number == zone
                assert document.expected.vat == percent
            else:
                assert [parked.reason for parked in plan.parked] == ["vat_rate"]
                assert f"charged {percent}%" in plan.parked[0].advice
                assert found.row.name in plan.parked[0].advice


def test_a_row_that_expects_another_rate_than_the_agreement_has_parks() -> None:
    one = sold(there("DE", "10115"))
    taxed = replace(one, lines=(line(row="100", vat="25", rate="25"),))
    (parked,) = plan_order(
        order(*taxed.lines, billing=one.billing, shipping=one.shipping),
        profile(REGISTERED),
        replace(AGREEMENT, vat_rates={**AGREEMENT.vat_rates, (1, 8): Decimal(25)}),
    ).parked
    assert parked.reason == "vat_rate"
    assert "expects 19% or 7%, but e-conomic has 25%" in parked.advice


def test_oss_needs_nothing_but_a_number() -> None:
    to = there("DE", "10115")
    one = order(line(row="100", vat="19", rate="19"), billing=to, shipping=to)
    (parked,) = plan_order(one, profile(), AGREEMENT).parked
    assert parked.reason == "vat_rate"
    assert "set numbers.vat_zones.oss_de" in parked.advice
    rated = replace(AGREEMENT, vat_rates={**AGREEMENT.vat_rates, (1, 8): Decimal(19)})
    (document,) = plan_order(one, profile(REGISTERED), rated).documents
    assert document.body.recipient.vat_zone.vat_zone_number == 8
    assert document.expected.vat == 19


def test_what_has_no_vat_anywhere_may_be_sold_by_oss() -> None:
    to = there("DE", "10115")
    card = order(line("CARD", row="100", vat="0", rate="0"), billing=to, shipping=to)
    rated = replace(AGREEMENT, vat_rates={**AGREEMENT.vat_rates, (1, 8): Decimal(19), (3, 8): Decimal(0)})
    (document,) = plan_order(card, profile(REGISTERED), rated, {"CARD": 3}).documents
    assert document.expected.vat == 0


def test_a_limit_that_cannot_be_compared_says_so_and_a_later_row_decides() -> None:
    lines = f"numbers: {{{ABROAD}}}\n"
    found = choice(sold(there("NO", "0150"), row="100"), lines)
    assert found.row.name == "Norway"
    (why,) = [passed.why for passed in found.passed if passed.name == "Norway, VOEC, goods"]
    assert "worth 100.00 DKK" in why
    assert "vat.currencies needs DKK and NOK" in why


def test_magentos_own_rate_is_enough_for_its_base_currency() -> None:
    one = sold(there("NO", "0150"), row="4700", currency="SEK", base_currency="NOK", base_to_order_rate=Decimal("1.5"))
    assert choice(one, f"numbers: {{{ABROAD}}}\n").row.name == "Norway"
    assert (
        choice(replace(one, base_to_order_rate=Decimal("1.6")), f"numbers: {{{ABROAD}}}\n").row.name
        == "Norway, VOEC, goods"
    )


def test_the_number_may_stand_on_either_address_for_goods_but_not_for_services() -> None:
    here, far = there("DE", "10115"), firm("SE", "11120")
    assert choice(replace(sold(here), billing=far)).row.name == "EU business"
    service = replace(sold(here, "services"), shipping=far)
    assert choice(service).row.name == "EU consumer"
    assert choice(replace(service, is_virtual=True, shipping=None)).row.name == "EU consumer"
    assert choice(replace(service, billing=far, shipping=here)).row.name == "EU business"
    home = replace(sold(here), billing=firm("DK", "8000"))
    assert choice(home).row.name == "EU consumer"


def test_goods_go_by_delivery_and_services_by_billing() -> None:
    far, home = there("US", "10001"), there("DK", "8000")
    assert choice(replace(sold(home), billing=far)).by == "delivery"
    assert choice(replace(sold(home), billing=far)).row.name == "domestic"
    assert choice(replace(sold(home, "services"), billing=far)).by == "billing"
    assert choice(replace(sold(home, "services"), billing=far)).row.name == "rest of the world"


OWN = """
vat:
  own:
    - {name: cheap, country: [US], above: 10, below: "50 DKK", zone: abroad}
    - {name: club, customer_group: [Wholesale], region: [bayern], zone: 4}
    - {name: odd, if: "order.coupon_code == 'ODD'", zone: eu}
"""


def test_own_rows_come_first_and_keep_the_shipped_ones() -> None:
    assert choice(sold(there("US"), row="49.99"), OWN).row.name == "cheap"
    assert choice(sold(there("US"), row="50"), OWN).row.name == "rest of the world"
    assert choice(sold(there("US"), row="10"), OWN).row.name == "rest of the world"
    wholesale: dict[str, Any] = {"customer_group": replace(RETAIL, code="Wholesale")}
    assert choice(sold(there("DE", region="Bayern"), **wholesale), OWN).row.zone == 4
    assert choice(sold(there("DE", region="Hessen"), **wholesale), OWN).row.name == "EU consumer"
    assert choice(sold(there("DE"), coupon_code="ODD"), OWN).held == ("if: order.coupon_code == 'ODD'",)


def test_no_row_parks(shop: Shop) -> None:
    bare = shop("vat: {zones: [{name: domestic, country: [DK], zone: domestic}]}")
    (parked,) = plan_order(sold(there("SE")), bare, AGREEMENT).parked
    assert parked.reason == "vat_zone"
    with pytest.raises(CannotMap):
        choices(case_of(sold(there("SE")), bare.for_store("default"), AGREEMENT, {}), None)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("vat: {own: [{name: a, country: [Danmark], zone: eu}]}", "`vat.own[0].country[0]` must be a country's code"),
        ("vat: {own: [{name: a, postcode: '(', zone: eu}]}", "`vat.own[0].postcode` is not a regular expression"),
        ("vat: {own: [{name: a, rate: 25%, zone: eu}]}", "`vat.own[0].rate` must be a rate in percent, or a list"),
        ("vat: {own: [{name: a, below: cheap, zone: eu}]}", "`vat.own[0].below` must be an amount, with or without"),
        ("vat: {own: [{name: a, zone: europe}]}", "`vat.own[0].zone` is `europe`"),
        ("vat: {own: [{name: a}]}", "`vat.own[0].zone` is missing"),
        ("vat: {own: [{name: a, zone: eu, suply: goods}]}", "unknown key `vat.own[0].suply`; did you mean `supply`?"),
        ("vat: {own: [{name: a, zone: eu, supply: service}]}", "did you mean `services`?"),
        ("vat: {two_zones: splitt}", "`vat.two_zones` is `splitt`; did you mean `split`?"),
        ("vat: {currencies: {kroner: 1}}", "vat.currencies.kroner"),
        ("numbers: {vat_zones: {oss_dk: 8}}", "`numbers.vat_zones.oss_dk`: no row of `vat` uses this name"),
        ("numbers: {vat_zones: {oss_d: 8}}", "`numbers.vat_zones.oss_d`: no row of `vat` uses this name"),
    ],
)
def test_mistakes_in_the_table(shop: Shop, lines: str, message: str) -> None:
    with pytest.raises(ProfileError) as caught:
        shop(lines)
    assert "shop.yaml:2: " in str(caught.value)
    assert message in str(caught.value)
