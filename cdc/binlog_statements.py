"""QUERY events that are neither BEGIN nor COMMIT: which tables a statement may change without row events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_NAME = r"(?:`(?:[^`]|``)+`|[^\s`.,;()]+)"
_TABLE = rf"{_NAME}(?:\s*\.\s*{_NAME})?"
_TABLES = rf"({_TABLE}(?:\s*,\s*{_TABLE})*)"
_IF = r"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?"
_COMMENT = re.compile(r"\s*(?:/\*(?!M?!).*?\*/|#[^\n]*\n|--[ \t][^\n]*\n)", re.S)
_EXECUTABLE = re.compile(r"/\*M?!\d*(.*?)\*/", re.S)

_TRUNCATE = re.compile(rf"TRUNCATE\s+(?:TABLE\s+)?({_TABLE})", re.I)
_DROP = re.compile(rf"DROP\s+TABLE{_IF}\s+{_TABLES}", re.I)
_DROP_SCHEMA = re.compile(rf"DROP\s+(?:DATABASE|SCHEMA){_IF}\s+({_NAME})", re.I)
_ALTER = re.compile(
    rf"ALTER\s+(?:ONLINE\s+|OFFLINE\s+)?(?:IGNORE\s+)?TABLE{_IF}\s+({_TABLE})\s*(?:WAIT\s+\d+\s+|NOWAIT\s+)?(.*)",
    re.I | re.S,
)
_EXCHANGE = re.compile(rf"EXCHANGE\s+PARTITION\s+{_NAME}\s+WITH\s+TABLE\s+({_TABLE})", re.I)
_RENAME = re.compile(r"RENAME\s+TABLES?\s+(.*)", re.I | re.S)
_CREATE = re.compile(rf"CREATE\s+(?:OR\s+REPLACE\s+)TABLE\s+({_TABLE})", re.I)
_CREATE_NEW = re.compile(rf"CREATE\s+TABLE{_IF}\s+({_TABLE})", re.I)
_DML = re.compile(r"(?:INSERT|UPDATE|DELETE|REPLACE|LOAD\s+DATA|LOAD\s+XML|WITH)\b", re.I)
_PLAIN = r"(?:`(?:[^`]|``)+`|[\w$]+)"
_INTO = "LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|INTO"
_ONE_TABLE = rf"({_PLAIN}(?:\.{_PLAIN})?)"
_CHANGED = re.compile(
    rf"(?:INSERT|REPLACE)(?:\s+(?:{_INTO}))*\s+(?!(?:{_INTO})\b){_ONE_TABLE}(?:\s*\(|\s+(?:VALUES?|SELECT|SET)\b)|"
    rf"UPDATE\s+{_ONE_TABLE}\s+SET\b|DELETE\s+FROM\s+{_ONE_TABLE}(?:\s+WHERE\b|$)",
    re.I,
)
_SESSION = re.compile(r"(?:DROP|CREATE)\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b", re.I)

_HARMLESS_CLAUSE = re.compile(
    r"(?:ADD\b(?!\s+PARTITION)|DROP\s+(?:INDEX|KEY|FOREIGN\s+KEY|CONSTRAINT|CHECK)\b|(?:DISABLE|ENABLE)\s+KEYS|"
    r"(?:COMMENT|AUTO_INCREMENT|ENGINE|ROW_FORMAT|ALGORITHM|LOCK|FORCE|STATS_\w+|KEY_BLOCK_SIZE|PACK_KEYS|CHECKSUM)\b|"
    r"ALTER\s+(?:COLUMN\s+)?\S+\s+(?:SET|DROP)\s+DEFAULT|(?:RENAME\s+(?:INDEX|KEY))\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement does to tables.

    ``ddl``: it may remove or rewrite rows of `tables` with no row event. ``layout``: it may add columns to `tables`, or
    make them, and changes no rows. ``dml``: it is a change logged as a statement instead of rows, of `tables` or, where
    that is empty, of any that it names. ``other``: it changes no rows. `schema_dropped` names a dropped database.
    """

    kind: Literal["ddl", "layout", "dml", "other"]
    tables: tuple[tuple[str, str], ...] = ()
    schema_dropped: str | None = None


OTHER = Statement("other")


def read_statement(text: str, schema: str) -> Statement:
    """Classify a QUERY event's text; unqualified names belong to `schema`."""
    text = _EXECUTABLE.sub(r" \1 ", text)
    while found := _COMMENT.match(text):
        text = text[found.end() :]
    text = text.strip()
    if _SESSION.match(text):
        return OTHER
    for pattern in (_TRUNCATE, _DROP, _CREATE):
        if found := pattern.match(text):
            return Statement("ddl", _names(found[1], schema))
    if found := _DROP_SCHEMA.match(text):
        return Statement("ddl", (), _bare(found[1]))
    if found := _RENAME.match(text):
        return Statement("ddl", _names(re.sub(r"\s+TO\s+", ",", found[1], flags=re.I), schema))
    if found := _ALTER.match(text):
        clauses = _clauses(found[2])
        ignore = "IGNORE" in text[: found.start(1)].upper()  # a new unique index deletes the rows that contradict it
        if not ignore and all(_HARMLESS_CLAUSE.match(clause) for clause in clauses):
            return Statement("layout", _names(found[1], schema))
        renamed = [c[len("RENAME") :] for c in clauses if re.match(r"RENAME\s+(?!COLUMN|INDEX|KEY)", c, re.I)]
        targets = [re.sub(r"^\s*(?:TO|AS|=)\s+", "", c, flags=re.I) for c in renamed]
        exchanged = [one[1] for clause in clauses if (one := _EXCHANGE.match(clause))]
        return Statement("ddl", _names(",".join([found[1], *targets, *exchanged]), schema))
    if found := _CREATE_NEW.match(text):
        return Statement("layout", _names(found[1], schema))
    if found := _CHANGED.match(text):
        return Statement("dml", _names(found[1] or found[2] or found[3], schema))
    return Statement("dml") if _DML.match(text) else OTHER


def _names(text: str, schema: str) -> tuple[tuple[str, str], ...]:
    found = []
    for name in re.findall(_TABLE, text):
        parts = re.findall(_NAME, name)
        found.append((_bare(parts[0]) if len(parts) > 1 else schema, _bare(parts[-1])))
    return tuple(found)


def _bare(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


def _clauses(text: str) -> list[str]:
    """The comma-separated parts of an ALTER, commas inside parentheses and quotes left alone."""
    clauses, depth, quote, current = [], 0, "", ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            clauses.append(current.strip())
            current = ""
            continue
        current += char
    return [c for c in [*clauses, current.strip()] if c]
