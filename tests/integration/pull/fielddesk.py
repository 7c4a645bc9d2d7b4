"""The pull of product fields on a real database and the sandbox, one answer at a time."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cdc.product_write import ProductTables
from cdc.shop import Shop
from econ_client.client import Economic
from econ_client.pace import Pace
from econ_client.sandbox import SandboxServer
from sync.context import Context
from sync.demo.tables import Row, Tables, Value
from sync.pull.budget import Budget
from sync.pull.matching import Matcher, load_from
from sync.pull.products import FieldOutcome, ProductPull
from sync.pull.seeing import product_of
from sync.pull.seen import SeenProduct
from sync.state import State
from tests.fresh import fresh_settings
from tests.plain import plain_client

_numbers = itertools.count(1)

MADE = datetime(2026, 1, 1)  # noqa: DTZ001  (as a row holds it)


class FieldDesk:
    """One shop's pull of product fields, and hands on both sides."""

    def __init__(self, folder: Path, url: str, tables: Tables, sandbox: SandboxServer, profile: str) -> None:
        self.folder, self.url, self.shop_rows, self.sandbox = folder, url, tables, sandbox
        self.ahead = timedelta()
        self.http = plain_client(sandbox.url)
        self.economic = Economic(sandbox.url, "demo", "demo", timeout=10)
        self.shop = Shop(url)
        self.tables = ProductTables(url)
        self.state = State.open(f"sqlite:///{folder / 'state.db'}", clock=self.now)
        self.configure(profile)

    def now(self) -> datetime:
        """The state's clock."""
        return datetime.now(UTC) + self.ahead

    def configure(self, profile: str) -> None:
        """Begin anew with these lines of a profile."""
        path = self.folder / "profile.yaml"
        path.write_text("extends: sandbox\n" + profile)
        loaded, books = fresh_settings(path, self.sandbox, self.economic)
        self.context = Context(self.state, self.shop, self.economic, loaded, books.agreement)
        matcher = Matcher(self.tables, loaded.for_store(""), load_from(self.shop))
        self.tables.forget()
        self.engine = ProductPull(self.context, self.tables, matcher)
        self.budget = Budget(self.state, 15_000, Pace())

    def close(self) -> None:
        """Close everything."""
        for one in (self.tables, self.shop, self.economic, self.state, self.http):
            one.close()

    def product(self, sku: str | None = None, **values: Value) -> str:
        """A product in both systems, `values` by attribute in Magento's default scope; its SKU."""
        sku = sku or f"FIELD-{next(_numbers)}"
        self.magento(sku, **values)
        self.economic_product(sku)
        return sku

    def magento(self, sku: str, **values: Value) -> int:
        """A product in Magento, in the first website."""
        product = self.shop_rows.insert(
            "catalog_product_entity",
            {"sku": sku, "type_id": "simple", "attribute_set_id": 4, "updated_at": MADE},
        )
        self.shop_rows.insert("catalog_product_website", {"product_id": product, "website_id": 1})
        for code, value in values.items():
            self.value(sku, code, value)
        return product

    def economic_product(self, number: str, **fields: Any) -> None:
        """A product in e-conomic."""
        body = {"productNumber": number, "name": "Kop", "productGroup": {"productGroupNumber": 1}, **fields}
        self.http.post("/products", json=body).raise_for_status()

    def edit(self, number: str, **fields: Any) -> None:
        """A person changes a product in e-conomic; None empties a field."""
        body = {**self.http.get(f"/products/{number}").json(), **fields}
        body = {name: value for name, value in body.items() if value is not None}
        self.http.put(f"/products/{number}", json=body).raise_for_status()

    def id_of(self, sku: str) -> int:
        """A product's entity id."""
        return int(self.shop_rows.row("catalog_product_entity", columns="entity_id", sku=sku)["entity_id"])

    def attribute(self, code: str, backend: str, frontend: str = "text", scope: int = 1, **columns: Value) -> int:
        """A product attribute of the shop's own; made once."""
        found = self.shop_rows.rows("eav_attribute", attribute_code=code, entity_type_id=4)
        if found:
            return int(found[0]["attribute_id"])
        row: Row = {"entity_type_id": 4, "attribute_code": code, "backend_type": backend, "frontend_input": frontend}
        made = self.shop_rows.insert("eav_attribute", row | columns)
        self.shop_rows.insert("catalog_eav_attribute", {"attribute_id": made, "is_global": scope})
        return made

    def _place(self, code: str) -> tuple[str, int]:
        row = self.shop_rows.rows("eav_attribute", attribute_code=code, entity_type_id=4)[0]
        return f"catalog_product_entity_{row['backend_type']}", int(row["attribute_id"])

    def value(self, sku: str, code: str, value: Value, store: int = 0) -> None:
        """A person writes a value in Magento."""
        table, attribute = self._place(code)
        self.shop_rows.execute(
            f"INSERT INTO {self.shop_rows.name(table)} (entity_id, attribute_id, store_id, value)"
            " VALUES (%s, %s, %s, %s) ON DUPLICATE KEY UPDATE value = VALUES(value)",
            (self.id_of(sku), attribute, store, value),
        )

    def held(self, sku: str, code: str) -> dict[int, Any]:
        """What Magento holds, by store id."""
        table, attribute = self._place(code)
        rows = self.shop_rows.rows(table, entity_id=self.id_of(sku), attribute_id=attribute)
        return {row["store_id"]: row["value"] for row in rows}

    def updated(self, sku: str) -> bool:
        """Whether `updated_at` has moved since the product was made."""
        return bool(self.shop_rows.row("catalog_product_entity", sku=sku)["updated_at"] != MADE)

    def ask(self, *numbers: str) -> list[SeenProduct]:
        """e-conomic's answers."""
        self.ahead += timedelta(milliseconds=1)
        asked_at = self.now()
        answers = [product_of(self.economic.get(f"/products/{number}").data, asked_at) for number in numbers]
        return [one for one in answers if one is not None]

    def pull(self, *numbers: str, dry: bool = False) -> list[FieldOutcome]:
        """Look at products."""
        return self.engine.take(self.ask(*numbers), dry=dry)

    def indexers(self) -> set[str]:
        """The indexers that are to be built anew; they count as built afterwards."""
        rows = self.shop_rows.rows("indexer_state", status="invalid")
        self.shop_rows.update("indexer_state", {"status": "valid"}, status="invalid")
        return {row["indexer_id"] for row in rows}
