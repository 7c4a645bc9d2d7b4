from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sync.demo.tables import Value
from tests.integration.cdc.load_world import World


def _customer(world: World, **columns: Value) -> int:
    number = world.order()  # only for a number of its own
    return world.tables.insert(
        "customer_entity",
        {
            "email": f"kunde{number}@example.dk",
            "website_id": 1,
            "store_id": 1,
            "group_id": 4,
            "firstname": "Søren",
            "lastname": "Æbleø",
            "taxvat": "DK12345678",
            "created_at": "2026-06-30 22:30:00",
            **columns,
        },
    )


def _address(world: World, customer_id: int, **columns: Value) -> int:
    row: dict[str, Value] = {
        "parent_id": customer_id,
        "firstname": "Søren",
        "lastname": "Æbleø",
        "street": "Vej 1\n",
        "city": "Roskilde",
        "postcode": "4000",
        "country_id": "DK",
        "telephone": "1",
    }
    return world.tables.insert("customer_address_entity", row | columns)


def test_a_customer_with_addresses_and_custom_attributes(world: World) -> None:
    customer_id = _customer(world)
    first = _address(world, customer_id, company="Firma ApS", vat_id="DK12345678", vat_is_valid=0)
    second = _address(world, customer_id, street="Gade 2\n3. th\n\n")
    world.tables.update(
        "customer_entity", {"default_billing": first, "default_shipping": second}, entity_id=customer_id
    )
    world.value("customer_entity_int", customer_id, 138, 5)
    world.value("customer_entity_varchar", customer_id, 139, "5790000000000")
    world.value("customer_entity_text", customer_id, 140, "7,8")
    world.value("customer_address_entity_varchar", second, 141, "Bag skuret")

    customer = world.shop.customer(str(customer_id))

    assert customer is not None
    assert customer.group.code == "Erhverv"
    assert customer.store.code == "default"
    assert customer.created_at == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert customer.is_active
    assert customer.attributes == {
        "kundetype": "Forhandler",
        "ean_nummer": "5790000000000",
        "interesser": "Have, Køkken",
    }
    assert customer.billing is not None
    assert (customer.billing.id, customer.billing.company, customer.billing.vat_is_valid) == (first, "Firma ApS", False)
    assert customer.addresses[1].street == ("Gade 2", "3. th")
    assert customer.addresses[1].attributes["leveringsnote"] == "Bag skuret"
    assert "leveringsnote" not in customer.addresses[0].attributes


def test_what_is_gone_does_not_stop_it(world: World) -> None:
    customer_id = _customer(world, website_id=None, store_id=None, group_id=99, default_billing=999_999_999)
    world.value("customer_entity_int", customer_id, 138, 999_999)
    customer = world.shop.customer(customer_id)
    assert customer is not None
    assert customer.billing is None
    assert customer.addresses == ()
    assert (customer.group.id, customer.group.code) == (99, "")
    assert customer.attributes["kundetype"] is None
    assert world.shop.customer(4_000_000_000) is None


def test_an_attribute_and_an_option_made_later_are_seen(world: World) -> None:
    customer_id = _customer(world)
    assert world.shop.customer(customer_id) is not None
    attribute = world.attribute(1, f"rabat{customer_id}", "decimal", frontend_input="text")
    choice = world.attribute(1, f"valg{customer_id}", "int", frontend_input="select")
    option = world.option(choice, s0="Ja tak", s2="Yes")
    world.value("customer_entity_decimal", customer_id, attribute, Decimal("12.5"))
    world.value("customer_entity_int", customer_id, choice, option)
    customer = world.shop.customer(customer_id)
    assert customer is not None
    assert customer.attributes[f"rabat{customer_id}"] == Decimal("12.5000")
    assert customer.attributes[f"valg{customer_id}"] == "Ja tak"


def test_a_renamed_option_is_seen_after_forget(world: World) -> None:
    customer_id = _customer(world)
    choice = world.attribute(1, f"navn{customer_id}", "int", frontend_input="select")
    option = world.option(choice, s0="Før")
    world.value("customer_entity_int", customer_id, choice, option)
    assert world.shop.customer(customer_id) is not None
    world.tables.update("eav_attribute_option_value", {"value": "Efter"}, option_id=option)
    world.shop.forget()
    customer = world.shop.customer(customer_id)
    assert customer is not None
    assert customer.attributes[f"navn{customer_id}"] == "Efter"
