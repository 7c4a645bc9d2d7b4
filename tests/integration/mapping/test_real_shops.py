"""Orders that real Magento shops made, where they are at hand: each equals its document to the øre."""

from __future__ import annotations

import gzip
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from cdc.models import Order
from cdc.shop import Shop
from mapping.order import plan_order
from mapping.profile import load_profile
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.mapping.delivered import deliver
from tests.unit.mapping.arithmetic import MODES, economic, vats_of
from tests.unit.mapping.builders import AGREEMENT

FOLDER = Path(__file__).parents[3].parent / "shared" / "magento"
SAMPLES = ("magento2.sql", "magento2_seed.sql", "magento2_sample_rows.sql")
RECORDING = FOLDER / "recordings" / "magento2"

ZERO = Decimal(0)

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
            groups = {**made, **AGREEMENT.products}
            assert economic(document.body, groups, AGREEMENT, mode) == _charged(order, document.role)
            found = {r: v for r, v in vats_of(document.body, groups, AGREEMENT, mode).items() if v}
            assert found == _vat_by_rate(order, document.role)
    assert len(orders) == 23
    assert not reasons


@pytest.mark.parametrize("mode", MODES)
def test_every_order_and_its_invoices_stand_in_e_conomic(orders: list[Order], tmp_path: Path, mode: str) -> None:
    """Delivered as they are and as complete; the sandbox, which computes VAT itself, comes to what the shop charged."""
    both = [
        replace(
            order, id=number * 2 + late, increment_id=f"{number:03}-{late}", state="complete" if late else order.state
        )
        for number, order in enumerate(orders, start=1)
        for late in (0, 1)
    ]
    found = deliver(both, tmp_path, f"vat_rounding: {mode}\n", vat_rounding=mode)
    parked = [f"{one.parked}: {one.advice}" for one in found.values() if one.parked]
    assert not parked
    kinds: Counter[str] = Counter()
    for order in both:
        for reference, standing in found[order.id].documents.items():
            if reference != order.increment_id:
                continue  # a credit note, which its own tests look at
            role = "order" if standing.kind == "order_draft" else "invoice"
            assert standing.amounts == _charged(order, role), order.increment_id
            kinds[standing.kind] += 1
    assert kinds["invoice_booked"] >= len(orders)
    assert sum(kinds.values()) >= len(orders) + 10


def _charged(order: Order, role: str) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross that the shop charged: its invoices, or what was ordered and is not cancelled."""
    bills = [i for i in order.invoices if i.state != "canceled"]
    if role != "order" and bills:
        vat = sum((i.totals.tax for i in bills), ZERO)
        gross = sum((i.totals.grand_total for i in bills), ZERO)
    elif any(line.qty_canceled for line in order.lines):
        left = _left(order)
        vat = sum((vat for _, _, vat in left), ZERO)
        gross = vat + sum((net for _, net, _ in left), ZERO)
    else:
        vat, gross = order.totals.tax, order.totals.grand_total
    return _two(gross) - _two(vat), _two(vat), _two(gross)


def _vat_by_rate(order: Order, role: str) -> dict[Decimal, Decimal]:
    """What the shop charged, by rate: all of it lies on rows and shipping."""
    bills = [i for i in order.invoices if i.state != "canceled"]
    found: dict[Decimal, Decimal] = defaultdict(Decimal)
    if role != "order" and bills:
        rates = {line.id: line.tax_percent for line in order.lines}
        for bill in bills:
            for row in bill.lines:
                if next(line.carries_money for line in order.lines if line.id == row.order_item_id):
                    found[rates[row.order_item_id]] += row.tax_amount
            found[_shipping_rate(order)] += bill.totals.shipping_tax
    else:
        for rate, _, vat in _left(order):
            found[rate] += vat
    return {rate: _two(vat) for rate, vat in found.items() if _two(vat)}


def _left(order: Order) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Rate, net and VAT of each row and of shipping, less what was cancelled."""
    rows = []
    for line in order.lines:
        if line.carries_money:
            left = (line.qty_ordered - line.qty_canceled) / line.qty_ordered
            rows.append((line.tax_percent, _two((line.net + line.weee_amount) * left), _two(line.tax_amount * left)))
    totals = order.totals
    part = 1 - order.shipping_canceled / totals.shipping if totals.shipping else Decimal(1)
    net = totals.shipping - totals.shipping_discount + totals.shipping_discount_tax_compensation
    return [*rows, (_shipping_rate(order), _two(net * part), _two(totals.shipping_tax * part))]


def _shipping_rate(order: Order) -> Decimal:
    return Decimal(25) if order.totals.shipping_tax else Decimal(0)


def _two(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
