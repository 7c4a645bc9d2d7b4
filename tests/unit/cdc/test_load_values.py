from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cdc.columns import READS, columns_to_read, guarded
from cdc.config import DEFAULTS, Config
from cdc.eav import Attribute, label, option_ids
from cdc.load_address import build_address
from cdc.rows import EPOCH, moment, money, scalar, text, time_of, whole_or_none
from cdc.stores import References


def test_what_is_guarded() -> None:
    names = (
        "password_hash rp_token cc_number_enc cc_last_4 card_holder saved_card api_key API_SECRET auth_code form_key"
        " protect_code gift_cards giftcard_code remote_ip customer_ip x_forwarded_for customer_dob dob cpr_number"
        " confirmation session_cutoff iban oauth_token"
    )
    assert [name for name in names.split() if not guarded(name)] == []


def test_what_is_not() -> None:
    names = (
        "frequency footprint co2_footprint shipping_description ean requisition fee_tax_amount ext_order_id description"
        " shipping_method weight author tip_amount announcement zip equipment gender hashtag caribana"
    )
    assert [name for name in names.split() if guarded(name)] == []


def test_gift_card_amounts_are_money() -> None:
    assert not guarded("gift_cards_amount", "decimal")
    assert not guarded("base_gift_cards_invoiced", "decimal")
    assert guarded("gift_cards_amount", "text")
    assert not guarded("gw_card_base_price", "decimal")
    assert not guarded("card_fee_amount", "decimal")
    assert guarded("card_fee_amount", "varchar")
    assert guarded("card_number", "decimal")


def test_no_column_of_ours_is_guarded() -> None:
    for table, reads in READS.items():
        for column in (*reads.needed, *reads.wanted):
            assert not guarded(column), (table, column)


def test_third_party_columns_by_type_and_name() -> None:
    present = {"entity_id": "int", "ean": "varchar", "raw": "blob", "cc_x": "varchar", "quote_id": "int", "bits": "bit"}
    assert columns_to_read("sales_order", present) == (["entity_id"], ["ean"])
    assert columns_to_read("sales_shipment", present) == (["entity_id"], [])


def test_values_of_rows() -> None:
    row = {"a": None, "b": Decimal("1.5"), "c": 0.1, "d": 7, "e": Decimal("1.234567"), "f": "x"}
    assert str(money(row, "a")) == str(money(row, "missing")) == "0.0000"
    assert str(money(row, "b")) == "1.5000"
    assert str(money(row, "c")) == "0.1000"
    assert str(money(row, "e")) == "1.234567"
    assert (text(row, "a"), text(row, "d"), text(row, "missing")) == ("", "7", "")
    assert (whole_or_none(row, "d"), whole_or_none({"d": 0}, "d"), whole_or_none(row, "a")) == (7, None, None)


def test_times_are_utc_and_zero_dates_are_none() -> None:
    assert time_of(datetime(2026, 12, 31, 23, 30)) == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # noqa: DTZ001
    assert time_of("0000-00-00 00:00:00") is None
    assert time_of(None) is None
    assert moment({"t": "0000-00-00"}, "t") == EPOCH
    assert scalar("0000-00-00") is None
    assert scalar(date(2026, 1, 2)) == "2026-01-02"
    assert scalar(0.1) == Decimal("0.1")


TIMEZONE = "general/locale/timezone"


def test_settings_fall_back_from_store_to_website_to_default_to_magentos_own() -> None:
    config = Config({("default", 0, TIMEZONE): "D", ("websites", 2, TIMEZONE): "W", ("stores", 3, TIMEZONE): "S"})
    assert config.value(TIMEZONE, store_id=3, website_id=2) == "S"
    assert config.value(TIMEZONE, store_id=4, website_id=2) == "W"
    assert config.value(TIMEZONE, store_id=1, website_id=1) == "D"
    assert Config({}).value(TIMEZONE) == DEFAULTS[TIMEZONE] == "America/Los_Angeles"
    assert Config({}).flag("cataloginventory/item_options/manage_stock")
    assert not Config({("default", 0, "tax/calculation/price_includes_tax"): "0"}).flag(
        "tax/calculation/price_includes_tax"
    )
    with pytest.raises(KeyError):
        config.value("web/unsecure/base_url")


def test_a_store_that_is_gone() -> None:
    config = Config({("websites", 2, TIMEZONE): "W"})
    references = References(config=config, stores={}, groups={}, tax_classes={}, website_codes={2: "se"})
    gone = references.store(9, name="Før", website_id=2)
    assert (gone.id, gone.code, gone.name, gone.website_code, gone.timezone) == (9, "", "Før", "se", "W")
    assert references.store(None).timezone == "America/Los_Angeles"


def test_option_labels() -> None:
    labels = {4: {0: "Rød", 2: "Red"}, 5: {0: "Blå"}}
    one = Attribute(id=1, code="farve", backend="int", options=True, multiple=False)
    many = Attribute(id=2, code="farver", backend="text", options=True, multiple=True)
    assert label(labels, one, 4, 0) == "Rød"
    assert label(labels, one, 4, 2) == "Red"
    assert label(labels, one, 5, 2) == "Blå"
    assert label(labels, one, 9, 0) is None
    assert label(labels, many, "4,5,9", 2) == "Red, Blå"
    assert label(labels, many, "", 0) is None
    assert option_ids("4, 5,x") == [4, 5]


def test_street_lines() -> None:
    address = build_address({"entity_id": 1, "street": "c/o Ø\r\nVej 1\n\n", "country_id": "dk", "city": None}, {})
    assert address.street == ("c/o Ø", "Vej 1")
    assert address.country == "DK"
    assert address.city == ""
    assert address.vat_is_valid is None
    assert build_address({"entity_id": 1, "street": None}, {}).street == ()
