"""What `check` and every start say about Magento's side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cdc.shop import Shop
from mapping.profile import load_profile
from sync.check import Check
from sync.checks import check_magento
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from sync.parts import open_shop
from sync.settings import from_environment
from tests.integration.cdc.load_world import World
from tests.servers import IS_MYSQL

Checks = Callable[..., list[Check]]


@pytest.fixture
def given(mariadb: PrivateMariaDB, schema: str) -> Iterator[World]:
    """A fixture shop without MSI, of the test's own."""
    install(mariadb, schema, msi=False)
    with closing(mariadb.connect(schema)) as connection, closing(Shop(mariadb.url(schema))) as shop:
        yield World(mariadb, schema, Tables(connection), shop)


@pytest.fixture
def checks(given: World, tmp_path: Path) -> Checks:
    """Check with lines of a profile and further variables."""

    def check(profile: str = "", **variables: str) -> list[Check]:
        file = tmp_path / "shop.yaml"
        file.write_text(f"extends: sandbox\n{profile}")
        environment = {"MAGENTO_DATABASE_URL": given.server.url(given.schema), "PROFILE": str(file), **variables}
        settings = from_environment(environment, needs=frozenset({"magento"}))
        with closing(open_shop(settings)) as shop:
            return list(check_magento(settings, shop, load_profile(file)))

    return check


def wrong(found: list[Check]) -> list[Check]:
    return [check for check in found if check.verdict != "ok"]


@pytest.fixture
def limited(given: World) -> Iterator[str]:
    """The URL of a user who may follow the binlog and read nothing."""
    user = f"l_{given.schema}"
    given.execute(f"CREATE USER {user}@'%' IDENTIFIED BY 'pw'")
    monitor = "REPLICATION CLIENT" if IS_MYSQL else "BINLOG MONITOR"
    given.execute(f"GRANT REPLICATION SLAVE, {monitor} ON *.* TO {user}@'%'")
    given.execute(f"GRANT INSERT ON {given.schema}.sales_order TO {user}@'%'")  # the schema is seen
    yield given.server.url(given.schema, user, "pw")
    given.execute(f"DROP USER {user}@'%'")


def test_all_is_well(checks: Checks) -> None:
    found = checks("stores: {en: {numbers: {layout: 2}}}")
    assert wrong(found) == []
    assert {"profile's store views", "order references"} <= {check.name for check in found}


def test_a_store_view_that_magento_lacks_is_named_with_its_line(checks: Checks) -> None:
    (found,) = wrong(checks('orders: {since: {defualt: "000000001", en: "2000000001"}}'))
    assert found.verdict == "wrong"
    assert "shop.yaml:2: `orders.since.defualt`: Magento has no store view `defualt`" in found.found
    assert "did you mean `default`?" in found.found
    assert found.wanted == "one of default, en, se_sv"
    (found,) = wrong(checks("stores:\n  en: {}\n  danish: {booking: off}\n"))
    assert "shop.yaml:4: `stores.danish`" in found.found


def test_order_numbers_that_collide_are_refused_until_a_prefix_keeps_them_apart(given: World, checks: Checks) -> None:
    for store in (1, 2):
        given.order(increment_id="000000123", store_id=store)
    (found,) = wrong(checks())
    assert found.verdict == "wrong"
    assert "order number 000000123 is used by `default` and `en`" in found.found
    assert "`stores: {en: {reference: {prefix: EN-}}}`" in found.fix
    assert wrong(checks("stores: {en: {reference: {prefix: EN-}}}")) == []


@pytest.mark.parametrize(
    ("line", "live"),
    [
        ("orders: {since: 2026-12-31}", True),
        ("orders: {since: 2027-01-02}", False),
        ('orders: {since: {default: "000000123", en: "000000100"}}', True),
        ('orders: {since: {default: "000000124", en: "000000100"}}', False),
        ('orders: {since: {default: "000000100"}}', False),
        ('orders: {since: {default: "000000100"}}\nstores: {en: {orders: {since: 2026-01-01}}}', True),
    ],
)
def test_orders_before_the_go_live_line_may_collide(given: World, checks: Checks, line: str, live: bool) -> None:
    for store in (1, 2):
        given.order(increment_id="000000123", store_id=store)
    assert bool(wrong(checks(line))) is live


def test_what_fails_twice_is_told_once(given: World, checks: Checks) -> None:
    url = given.server.url(given.schema, "nobody", "x")
    (found,) = wrong(checks(MAGENTO_DATABASE_URL=url))
    assert (found.name, found.verdict) == ("Magento database", "wrong")
    found = wrong(checks(MAGENTO_DATABASE_URL=url, MAGENTO_BINLOG_URL=given.server.url(given.schema)))[0]
    assert found.name == "Magento database"


def test_the_database_may_be_away_once(checks: Checks) -> None:
    (found,) = checks(MAGENTO_DATABASE_URL="mysql+pymysql://u:p@127.0.0.1:1/shop")
    assert found.verdict == "unknown"


def test_rights_are_not_asked_on_tables_that_may_not_be_there(checks: Checks, limited: str) -> None:
    found = wrong(checks(MAGENTO_DATABASE_URL=limited))
    rights = next(check for check in found if check.name == "rights to read")
    assert "`sales_order_item`" in rights.fix
    assert "inventory_source_item" not in "".join(check.fix for check in found)


def test_the_printed_grants_can_be_run_and_are_enough(given: World, checks: Checks, limited: str) -> None:
    rights = next(check for check in checks(MAGENTO_DATABASE_URL=limited) if check.name == "rights to read")
    for statement in rights.fix.split(";"):
        if statement.strip():
            given.execute(statement)
    assert wrong(checks(MAGENTO_DATABASE_URL=limited)) == []


def test_a_wrong_prefix_asks_for_no_rights_on_tables_of_that_name(checks: Checks) -> None:
    (found,) = wrong(checks(MAGENTO_TABLE_PREFIX="mage_"))
    assert "unset MAGENTO_TABLE_PREFIX" in found.fix


def test_the_servers_own_id_refuses_a_start(given: World, checks: Checks) -> None:
    with closing(given.server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@server_id")
        ((own,),) = cursor.fetchall()
    (found,) = wrong(checks(BINLOG_SERVER_ID=str(own)))
    assert (found.name, found.verdict) == ("BINLOG_SERVER_ID", "wrong")


NAMES = """
when:
  - {payment: [chekmo], then: wait, reason: x}
  - {shipping: [flatrate_flatrat, tablerate_*, ups_*], status: [pendng], customer_group: [Wholsale], then: order}
customers:
  cvr: {expr: "address.attributes.cvr_number|default('')"}
  ean: {expr: "customer.attributes.ean_number"}
numbers:
  payment_terms: {map: order.payment.method, to: {checkmo: 1, quickpay: 2}, default: 1}
  layout: {expr: "2 if store.code == 'se' or customer.group.code == 'Retailr' else 1"}
fields:
  document: {text2: "{{ order.attributes.fee_amount or line_total }}"}
  product: {description: {expr: "product.attributes.short_descripton"}}
totals:
  - {name: fee, column: fee_amount, product: fee}
"""


def test_names_that_magento_lacks_are_told_with_their_line_and_the_nearest(checks: Checks) -> None:
    found = {
        check.found.split(": ", 1)[1]: check.verdict for check in wrong(checks(NAMES.replace(" or line_total", "")))
    }
    assert {said.split(":")[0].strip("`"): verdict for said, verdict in found.items()} == {
        "when[0].payment[0]": "warning",
        "when[1].shipping[2]": "warning",
        "when[1].status[0]": "warning",
        "when[1].customer_group[0]": "wrong",
        "customers.cvr": "warning",
        "customers.ean": "wrong",
        "numbers.payment_terms.to.quickpay": "warning",
        "numbers.layout": "wrong",
        "fields.document.text2": "wrong",
        "fields.product.description": "wrong",
        "totals[0].column": "wrong",
    }
    text = "\n".join(found)
    assert "a payment method `chekmo`; did you mean `checkmo`?" in text
    assert "customer group `Wholsale`; did you mean `Wholesale`?" in text
    assert "status `pendng`; did you mean `pending`?" in text
    assert "no store view `se`" in text
    assert "no customer group `Retailr`; did you mean `Retailer`?" in text
    assert "an attribute `short_descripton`; did you mean `short_description`?" in text


def test_names_that_magento_has_are_counted(given: World, checks: Checks) -> None:
    given.execute("ALTER TABLE sales_order ADD fee_amount decimal(20,4)")
    given.execute("INSERT INTO core_config_data (path, value) VALUES ('payment/quickpay/active', '1')")
    profile = """
numbers:
  payment_terms: {map: order.payment.method, to: {checkmo: 1, quickpay: 2}, default: 1}
  layout: {map: customer.group.code, to: {Wholesale: 2}, default: 1}
totals:
  - {name: fee, column: fee_amount, product: fee}
fields: {document: {text2: "{{ order.attributes.fee_amount }}"}}
"""
    found = checks(profile)
    assert wrong(found) == []
    assert next(check.found for check in found if check.name == "profile's names in Magento") == "5 names exist"


FIELDS = """
owners: {name: economic, sales_price: economic, barred: economic, description: economic}
pull:
  fields:
    name: navn
    sales_price: stoerrelse
    description: {attribute: description, store: [default, engelsk]}
    in_stock: {attribute: cost, store: [en]}
"""


def test_places_for_e_conomics_fields_have_to_be_there_and_to_fit(checks: Checks) -> None:
    found = {check.found.split(": ", 1)[1]: check.verdict for check in wrong(checks(FIELDS))}
    assert found == {
        "`pull.fields.name`: no product of Magento's has an attribute `navn`": "wrong",
        "`pull.fields.sales_price`: the attribute `stoerrelse` (select int) cannot take it": "wrong",
        "`pull.fields.description`: Magento has no store view `engelsk`": "wrong",
        "`pull.fields.in_stock`: the attribute `cost` has one value for all store views, none of its own for `en`": (
            "wrong"
        ),
    }


def test_places_that_fit_are_said(checks: Checks) -> None:
    said = [check.found for check in checks("owners: {name: economic, barred: economic}") if "fields" in check.name]
    assert said == ["e-conomic owns name to name, barred to status"]
