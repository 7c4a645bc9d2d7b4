"""A recorded Magento 2.4.6 shop, played into a server at full speed."""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cdc.binlog import BinlogReader
from cdc.position import Committed, RestockFact
from cdc.watch import watched_tables
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Follower, facts

RECORDING = Path(__file__).resolve().parents[4] / "shared" / "magento" / "recordings" / "magento2"
GTID_LINES = re.compile(rb"(?m)^/\*M?!\d+ SET @@session\.(gtid_domain_id|gtid_seq_no|server_id)=.*$")

pytestmark = pytest.mark.skipif(
    not RECORDING.is_dir(), reason="the recordings of real shops are not beside this checkout"
)


@dataclass
class Played:
    """What each scenario gave."""

    items: dict[str, list[Committed]]

    def touched(self, scenario: str) -> dict[str, str]:
        """Keys of a scenario and what happened to their own rows."""
        found: dict[str, str] = {}
        for item in self.items[scenario]:
            for key, touch in item.touches.items():
                found.setdefault(str(key), "")
                found[str(key)] += "+" * touch.inserted + "-" * touch.deleted
        return found

    def of(self, scenario: str, kind: str) -> dict[str, str]:
        """Those of one kind."""
        return {key: what for key, what in self.touched(scenario).items() if key.startswith(kind)}


@pytest.fixture(scope="module")
def played() -> Played:
    with PrivateMariaDB(["--max-allowed-packet=64M"]) as server:
        client = ["mariadb", "--no-defaults", "-uroot", "-S", str(server.socket), "--default-character-set=utf8mb4"]
        seed = gzip.decompress((RECORDING / "seed.sql.gz").read_bytes())
        with closing(server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS magento CHARACTER SET utf8mb4")
            subprocess.run([*client, "magento"], input=seed, check=True)
            cursor.execute("SELECT table_schema FROM information_schema.tables WHERE table_name='sales_order'")
            [schema] = cursor.fetchone() or [""]
            reader = BinlogReader(server.url(str(schema)), watched_tables(facts(str(schema))))
            follower = Follower(reader, reader.position())
            ends: list[tuple[int, str]] = []
            try:
                with (RECORDING / "traces" / "INDEX.tsv").open() as index:
                    for file, scenario in csv.reader(index, delimiter="\t"):
                        dump = subprocess.run(
                            ["mariadb-binlog", str(RECORDING / "binlog" / file)], capture_output=True, check=True
                        ).stdout
                        subprocess.run([*client, str(schema)], input=GTID_LINES.sub(b"", dump), check=True)
                        cursor.execute("SELECT @@gtid_binlog_pos")
                        [gtid] = cursor.fetchone() or [""]
                        ends.append((_sequence(str(gtid)), scenario))
                follower.until(lambda: follower.last_position().gtid_set == gtid, timeout=30)
            finally:
                follower.close()
    items: dict[str, list[Committed]] = {scenario: [] for _, scenario in ends}
    for item in follower.committed:
        items[next(name for end, name in ends if _sequence(item.start.gtid or "") <= end)].append(item)
    return Played(items)


def _sequence(gtid: str) -> int:
    return int(gtid.split("-")[2])


def test_an_order_touches_itself_and_what_it_reserves(played: Played) -> None:
    assert played.of("05-order-guest-coupon", "order") == {"order 1": "+"}
    assert "stock 000123" in played.touched("05-order-guest-coupon")
    assert played.of("06-order-registered-configurable", "order") == {"order 2": "+"}


def test_orders_that_failed_never_show(played: Played) -> None:
    for scenario in ("26-order-not-enough-stock", "26b-order-declined-before-save", "26c-order-rolled-back"):
        assert played.of(scenario, "order") == {}


def test_a_refund_says_what_came_back_and_one_without_restock_says_nothing(played: Played) -> None:
    facts = [fact for item in played.items["14-refund-partial-restock"] for fact in item.restocked]
    assert facts == [RestockFact("1", "1", ("sku:000123", "product:1"))]
    assert [fact for item in played.items["24-refund-adjust-no-restock"] for fact in item.restocked] == []


def test_customers_and_products_come_by_their_own_key(played: Played) -> None:
    assert "+" in "".join(played.of("01-customer-register", "customer").values())
    assert "-" in "".join(played.of("38-customer-delete", "customer").values())
    assert "+" in "".join(played.of("32-product-create", "product").values())
    assert "-" in "".join(played.of("33-product-delete", "product").values())
    assert len(played.of("28-product-save-storeview-name", "product")) == 1


def test_an_address_edit_touches_the_order(played: Played) -> None:
    assert len(played.of("22-order-address-edit", "order")) == 1


def test_an_invoice_and_a_shipment_are_one_transaction_each(played: Played) -> None:
    for scenario in ("12-invoice-full", "13-ship-full", "19-cancel"):
        touching = [item for item in played.items[scenario] if any(key.kind == "order" for key in item.touches)]
        assert len(touching) == 1, scenario


def test_a_full_reindex_touches_no_order_customer_or_product(played: Played) -> None:
    assert played.touched("48-reindex-all") == {}
