"""The reference knows every command, option, variable, profile key, reason and metric; links lead somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from prometheus_client import Metric
from pydantic import BaseModel

from mapping.inheritance import SHIPPED
from mapping.settings import Settings as ProfileSettings
from sync.metrics import Metrics

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

REASON_ARGUMENT = {
    "ParkedFor": 0,
    "SkippedFor": 0,
    "Retry": 0,
    "CannotMap": 0,
    "Skipped": 1,
    "Parked": 1,
}
"""The position of the reason in each call that ends a reconcile or a plan."""

NAMED_REASONS = {"SKIPPED_BY_HAND", "WAITS", "NO_ACCOUNT"}
"""Constants that hold a reason."""

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```", re.DOTALL)


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def sources(*rooms: str) -> Iterator[ast.AST]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "demo" not in path.parts and "migrations" not in path.parts:
                yield from ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path)))


def texts(node: ast.AST) -> Iterator[str]:
    """The literal texts that an expression may be; those inside calls and subscripts are something else."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.BoolOp(values=values):
            for value in values:
                yield from texts(value)
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts(body)
            yield from texts(orelse)


def reasons() -> set[str]:
    found: set[str] = set()
    for node in sources("sync", "mapping"):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            at = REASON_ARGUMENT.get(name)
            if at is not None and len(node.args) > at:
                found |= set(texts(node.args[at]))
            for keyword in node.keywords:
                if keyword.arg == "reason":
                    found |= set(texts(keyword.value))
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "reason":
                    found |= set(texts(value))
        elif isinstance(node, ast.Assign) and {getattr(t, "id", "") for t in node.targets} & NAMED_REASONS:
            found |= set(texts(node.value))
    for profile in SHIPPED.glob("*.yaml"):
        found |= set(re.findall(r"reason: ([a-z0-9_]+)", profile.read_text(encoding="utf-8")))
    return found


def variables() -> set[str]:
    """The names that `Environment`'s methods are asked for."""
    tree = ast.parse((ROOT / "sync" / "settings.py").read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[A-Z][A-Z_]+", node.value)
        and node.value not in ("NAME", "DKK")
    }


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def profile_keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        whole = f"{path}{field.alias or name}"
        inner = list(_models(field.annotation))
        if not inner:
            yield whole
        for one in inner:
            yield from profile_keys(one, f"{whole}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def anchors(path: Path) -> set[str]:
    bare = CODE.sub("", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(bare)}


def test_every_reason_of_an_outcome_is_explained() -> None:
    found = reasons()
    assert len(found) > 40, "the reasons in the sources were not recognised"
    explained = set(re.findall(r"^\| `([a-z0-9_]+)`", page("outcomes.md"), re.MULTILINE))
    assert found - explained == set()
    assert explained - found == set(), "explained, but nothing ends so"


def test_every_command_and_option_is_explained() -> None:
    text = page("commands.md")
    missing = []
    for name, command in commands(import_module("cli").main):
        _, _, rest = text.partition(f"## `{name}")
        if not rest:
            missing.append(name)
            continue
        section = rest.partition("\n## ")[0]
        options = [o for p in command.params if isinstance(p, click.Option) for o in p.opts if o.startswith("--")]
        missing += [f"{name} {option}" for option in options if f"`{option}" not in section.partition("\n")[2]]
    assert missing == []


def test_every_variable_is_explained() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)`", page("environment.md"), re.MULTILINE))
    assert explained == variables()


def test_every_key_of_the_profile_is_explained() -> None:
    text = page("profile.md")
    assert [key for key in profile_keys(ProfileSettings) if f"`{key}`" not in text] == []


def test_every_metric_is_explained() -> None:
    metrics: list[Metric] = list(Metrics().registry.collect())
    text = page("metrics.md")
    names = [m.name + ("_total" if m.type == "counter" else "") for m in metrics]
    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.findall(CODE.sub("", path.read_text(encoding="utf-8"))):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []
