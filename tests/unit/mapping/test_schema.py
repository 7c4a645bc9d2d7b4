"""The JSON Schema and the loader agree: what one takes the other takes, and what one refuses the other refuses."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mapping.compiled import FIELD_PATHS
from mapping.inheritance import SHIPPED, shipped_names
from mapping.profile import ProfileError, load_profile
from mapping.profile_yaml import read_yaml
from mapping.schema import profile_schema
from mapping.settings import Settings
from tests.unit.mapping.test_fields import EVERYTHING

ROOT = Path(__file__).parents[3]
FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
KEYS = {*Settings.model_fields, "extends", "stores"}


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(profile_schema())


def as_json(value: Any) -> Any:
    """As a YAML editor sees it: YAML 1.2's core schema has no dates."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def complaints(text: str, tmp_path: Path) -> list[str]:
    path = tmp_path / "schema.yaml"
    path.write_text(text, encoding="utf-8")
    tree = read_yaml(path, "schema.yaml", [])
    assert tree is not None
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(as_json(tree.plain()))]


def examples() -> list[Any]:
    found: list[Any] = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for block in FENCE.findall(page.read_text(encoding="utf-8")):
            keys = re.findall(r"^([a-z_]+):", block, re.MULTILINE)
            if keys and set(keys) <= KEYS:
                found.append(pytest.param(block, id=f"{page.stem}-{len(found)}"))
    return found


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(profile_schema())
    assert len(examples()) >= 3


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_profile_fits(name: str, tmp_path: Path) -> None:
    assert complaints((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"), tmp_path) == []


@pytest.mark.parametrize("block", examples())
def test_every_example_in_the_docs_fits(block: str, tmp_path: Path) -> None:
    assert complaints(block, tmp_path) == []


GOOD = [
    "booking: on",
    "booking: false",
    "orders: {since: 2026-12-01}",
    'orders: {since: {default: "000000123"}}',
    "booking_limit: off",
    "booking_limit: 7",
    "rounding: {gap: 0.25, line: 3}",
    "numbers: {layout: {map: store.code, to: {en: 2}, default: 1}, unit: null}",
    "fields: {document: {heading: {text: 'x {{ order.id }}', long: wrap}, due_date: 2027-01-01}}",
    "fields: {customer: {zip: {expr: address.postcode, long: cut}, barred: off, credit_limit: 100.5}}",
    "fields: {recipient: {nem_handel_type: peppol}}",
    "fields: {line: {unit: {map: line.sku, to: {A: 2, B: {expr: '3'}}}}}",
    "when: [{state: [new], older_than: 2h, above: 100, then: order}]",
    "stores: {en: {fields: {line: {description: x}}, booking: off}}",
    "stock: {since: 2026-12-01, basis: available, source: main, outside: [shop, dropship]}",
    "pull: {every: 5, sweep: 86400, calls: 100}",
    "stores:",
    EVERYTHING,
]


@pytest.mark.parametrize("lines", GOOD, ids=range(len(GOOD)))
def test_what_the_loader_takes_the_schema_takes(lines: str, tmp_path: Path) -> None:
    text = f"extends: sandbox\n{lines}\n"
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    load_profile(tmp_path / "shop.yaml")
    assert complaints(text, tmp_path) == []


BAD = [
    "bookking: on",
    "booking: maybe",
    "booking_limit: 0",
    "booking_limit: many",
    "invoices: per_ordre",
    "orders: {since: 12}",
    "orders: {since: {default: 123}}",
    "numbers: 3",
    "numbers: {layout: 0}",
    "numbers: {layout: nineteen}",
    "numbers: {unit: '1'}",
    "rounding: {gap: -1}",
    "rounding: {gap: little}",
    "when: [{state: [new]}]",
    "when: [{state: new, then: order}]",
    "when: [{state: [new], then: order, older_than: 2 hours}]",
    "when: {state: [new]}",
    "vat: {zones: [{name: x}]}",
    "fields: {document: {heading: [a]}}",
    "fields: {document: {heading: {expr: 3}}}",
    "fields: {document: {heading: {exp: order.id}}}",
    "fields: {document: {heading: {text: a, expr: b}}}",
    "fields: {document: {heading: {map: store.code}}}",
    "fields: {document: {heading: {text: a, long: break}}}",
    "fields: {document: {heading: {map: store.code, to: {a: {text: x, long: cut}}}}}",
    "fields: {customer: {name: {expr: customer.name, long: wrap}}}",
    "fields: {document: {salesperson: {expr: '1', long: cut}}}",
    "fields: {document: {salesperson: Anna}}",
    "fields: {document: {due_date: soon}}",
    "fields: {customer: {barred: perhaps}}",
    "fields: {customer: {credit_limit: -1}}",
    "fields: {recipient: {nem_handel_type: EAN}}",
    "fields: {line: {quantity: 3}}",
    "owners: {name: both}",
    "stores: {en: {booking_limit: 3}}",
    "stores: {en: {fields: {lines: {}}}}",
    "stock: {basis: both}",
    "stock: {outside: shop}",
    "stock: {source: ''}",
    "pull: {every: 4}",
    "pull: {sweep: 1 hour}",
    "pull: {calls: 50001}",
    "stores: {en: {stock: {basis: available}}}",
    "extends: 3",
]


@pytest.mark.parametrize("lines", BAD, ids=range(len(BAD)))
def test_what_the_schema_refuses_the_loader_refuses(lines: str, tmp_path: Path) -> None:
    text = lines if lines.startswith("extends") else f"extends: sandbox\n{lines}\n"
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError):
        load_profile(tmp_path / "shop.yaml")
    assert complaints(text, tmp_path), text


def test_every_field_refers_to_a_form() -> None:
    schema = profile_schema()
    for path in FIELD_PATHS:
        node: Any = schema
        for step in path:
            node = node["properties"][step]
            node = node.get("items", node)
        assert node["$ref"].removeprefix("#/$defs/") in schema["$defs"], path


@pytest.mark.parametrize("block", examples())
def test_every_example_in_the_docs_loads(block: str, tmp_path: Path) -> None:
    (tmp_path / "company.yaml").write_text("extends: sandbox\n", encoding="utf-8")
    complete = "extends: denmark" in block and "product_groups" in block
    lines = block if complete else re.sub(r"^extends: denmark", "extends: sandbox", block, flags=re.MULTILINE)
    if "extends:" not in lines:
        lines = f"extends: sandbox\n{lines}"
    (tmp_path / "shop.yaml").write_text(lines, encoding="utf-8")
    load_profile(tmp_path / "shop.yaml")
