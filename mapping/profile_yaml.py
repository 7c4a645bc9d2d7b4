"""YAML 1.2 with a file and a line on every value, so that each mistake can be shown where it stands."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

Scalar = str | int | bool | Decimal | datetime.date | None
Step = str | int
Where = tuple[Step, ...]

MAX_DEPTH = 30
_TAG = "tag:yaml.org,2002:"
_LEADING_ZEROS = re.compile(r"[+-]?0[0-9_]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: the file as it was named, and the line from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a profile, printed as ``file:line: message``."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ProfileError(Exception):
    """A profile cannot be used. `problems` holds every mistake that was found, sorted by file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(sorted(problems, key=_reading_order)))
        super().__init__("\n".join(str(p) for p in self.problems))


@dataclass(frozen=True, slots=True)
class Tree:
    """A value of the file with its mark. `raw` is the text of a scalar as it was written."""

    value: dict[str, Tree] | list[Tree] | Scalar
    mark: Mark
    raw: str = ""

    def plain(self) -> object:
        """The value without marks; sequences become tuples."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return tuple(child.plain() for child in self.value)
        return self.value

    def find(self, where: Sequence[Step]) -> Tree:
        """The value at `where`, or the nearest one above it that exists."""
        node = self
        for step in where:
            child = node.child(step)
            if child is None:
                break
            node = child
        return node

    def without(self, where: Sequence[Step]) -> Tree:
        """The same value with the one at `where` left out; unchanged when there is none."""
        child = self.child(where[0]) if where else None
        if child is None:
            return self
        last = len(where) == 1
        rest = child if last else child.without(where[1:])
        if isinstance(self.value, dict):
            table = {k: rest if k == where[0] else v for k, v in self.value.items() if not (last and k == where[0])}
            return Tree(table, self.mark, self.raw)
        assert isinstance(self.value, list)  # noqa: S101  (scalars have no children)
        items = [rest if i == where[0] else v for i, v in enumerate(self.value) if not (last and i == where[0])]
        return Tree(items, self.mark, self.raw)

    def child(self, step: Step) -> Tree | None:
        """The value under a key or an index, if there is one."""
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None


def read_yaml(path: Path, shown: str, problems: list[Problem]) -> Tree | None:
    """Read one file; mistakes go to `problems` under the name `shown`, and None means that nothing can be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problems.append(Problem(shown, 1, "is not UTF-8 text; save the file as UTF-8"))
        return None
    except OSError as error:
        problems.append(Problem(shown, 1, f"cannot be read: {error.strerror or type(error).__name__}"))
        return None
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(Problem(shown, mark.line + 1 if mark else 1, f"is not YAML: {error.problem or error.context}"))
        return None
    except YAMLError as error:
        problems.append(Problem(shown, 1, f"is not YAML: {str(error).splitlines()[0]}"))
        return None
    if root is None:
        return Tree({}, Mark(shown, 1))
    tree = _tree(root, shown, problems, 0)
    if not isinstance(tree.value, dict):
        problems.append(
            Problem(shown, tree.mark.line, "a profile is a table of keys and values, such as `extends: denmark`")
        )
        return None
    return tree


def _tree(node: YamlNode, file: str, problems: list[Problem], depth: int) -> Tree:
    mark = Mark(file, node.start_mark.line + 1)
    if depth > MAX_DEPTH:
        problems.append(Problem(file, mark.line, f"is nested more than {MAX_DEPTH} deep"))
        return Tree(None, mark)
    if isinstance(node, MappingNode):
        table: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                problems.append(Problem(file, line, "a key must be a plain word"))
                continue
            key = str(key_node.value)
            if key in table:
                problems.append(
                    Problem(file, line, f"the key `{key}` stands twice; first on line {table[key].mark.line}")
                )
                continue
            child = _tree(value_node, file, problems, depth + 1)
            table[key] = Tree(child.value, Mark(file, line), child.raw)
        return Tree(table, mark)
    if isinstance(node, SequenceNode):
        return Tree([_tree(child, file, problems, depth + 1) for child in node.value], mark)
    return _scalar(node, mark, problems)


def _scalar(node: YamlNode, mark: Mark, problems: list[Problem]) -> Tree:
    raw = str(node.value)
    tag = str(node.tag).removeprefix(_TAG)
    value: Scalar = raw
    try:
        if tag == "null":
            value = None
        elif tag == "bool":
            value = raw.lower() == "true"
        elif tag == "int":
            if _LEADING_ZEROS.fullmatch(raw):
                problems.append(
                    Problem(mark.file, mark.line, f'a number loses its leading zeros; write "{raw}" in quotes')
                )
                value = raw
            else:
                value = int(raw.replace("_", ""), 0)
        elif tag == "float":
            value = Decimal(raw.replace("_", ""))
            _ = int(value)  # infinity and not-a-number are no numbers here
        elif tag == "timestamp":
            value = datetime.date.fromisoformat(raw)
        elif tag != "str":
            problems.append(Problem(mark.file, mark.line, f"the tag `{node.tag}` is not known here; leave it out"))
    except (ValueError, ArithmeticError):
        wanted = "a date (write it as 2026-12-31)" if tag == "timestamp" else "a number"
        problems.append(Problem(mark.file, mark.line, f"`{raw}` is not {wanted}"))
        value = None if tag != "timestamp" else datetime.date(2000, 1, 1)
    return Tree(value, mark, raw)


def _reading_order(problem: Problem) -> tuple[str, int, str]:
    return problem.file, problem.line, problem.message
