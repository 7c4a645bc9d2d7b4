"""Orders that real Magento shops made, where they are at hand: each equals its document to the øre."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cdc.models import Order
from cdc.shop import Shop
from mapping.order import plan_order
from mapping.profile import load_profile
from sync.demo.mariadb import PrivateMariaDB
from tests.unit.mapping.arithmetic import MODES, economic
from tests.unit.mapping.builders import AGREEMENT

FOLDER = Path(__file__).parents[3].parent / "shared" / "magento"
SAMPLES = ("magento2.sql", "magento2_seed.sql", "magento2_sample_rows.sql")
RECORDING = FOLDER / "recordings" / "magento2"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no rows of real shops in {FOLDER}")


def _client(server: PrivateMariaDB, *options: str) -> list[str]:
    return [
        "mariadb", "--no-defaults", "-uroot", "-S", str(server.socket), "--default-character-set=utf8mb4", *options,
    ]  # fmt: skip


def _orders(url: str) -> list[Order]:
    with closing(Shop(url)) as shop:
        return [one for number in range(1, 200) if (one := shop.order(number)) is not None]


def _fresh(server: PrivateMariaDB, name: str) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")


@pytest.fixture(scope="module")
def orders(mariadb: PrivateMariaDB) -> Iterator[list[Order]]:
    _fresh(mariadb, "mapping_samples")
    for file in SAMPLES:
        sql = (FOLDER / file).read_bytes()
        subprocess.run(_client(mariadb, "mapping_samples"), input=sql, check=True, capture_output=True)
    found = _orders(mariadb.url("mapping_samples"))
    _fresh(mariadb, "m2")
    seed = gzip.decompress((RECORDING / "seed.sql.gz").read_bytes())
    subprocess.run(_client(mariadb, "m2"), input=seed, check=True, capture_output=True)
    files = sorted(str(p) for p in (RECORDING / "binlog").glob("binlog.[0-9]*"))
    changes = subprocess.run(["mariadb-binlog", "--disable-log-bin", *files], check=True, capture_output=True).stdout
    subprocess.run(_client(mariadb, "--force"), input=changes, check=True, capture_output=True)
    yield found + _orders(mariadb.url("m2"))
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE mapping_samples")
        cursor.execute("DROP DATABASE m2")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("state", ["as it is", "complete"])
def test_every_order_is_met(orders: list[Order], tmp_path: Path, mode: str, state: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(f"extends: sandbox\nvat_rounding: {mode}\n", encoding="utf-8")
    profile = load_profile(path)
    reasons: list[str] = []
    for one in orders:
        order = one if state == "as it is" else replace(one, state=state)
        plan = plan_order(order, profile, AGREEMENT)
        reasons += [f"{order.increment_id} {p.reason}: {p.advice}" for p in plan.parked]
        for document in plan.documents:
            made = {p.number: p.body.product_group.product_group_number for p in document.products if p.body}
            found = economic(document.body, {**made, **AGREEMENT.products}, AGREEMENT, mode)
            assert found == (document.magento.net, document.magento.vat, document.magento.gross)
            if document.role == "order" and not any(line.qty_canceled for line in order.lines):
                assert found[2] == order.totals.grand_total
            if document.role == "invoice" and order.invoices:
                billed = [i.totals.grand_total for i in order.invoices if i.state != "canceled"]
                assert found[2] == sum(billed, Decimal(0))
    assert len(orders) == 23
    assert not reasons
