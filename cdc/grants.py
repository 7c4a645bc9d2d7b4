"""MySQL rights: the least that are needed, as SQL, and reading SHOW GRANTS."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cdc.spelling import is_split_off

_GRANT = re.compile(
    r"GRANT\s+(?P<rights>.+?)\s+ON\s+(?:TABLE\s+)?(?P<schema>`(?:[^`]|``)+`|\*|\w+)\.(?P<table>`(?:[^`]|``)+`|\*|\w+)"
    r"\s+TO\s+",
    re.I | re.S,
)
_ROLE = re.compile(r"GRANT\s+(?P<roles>(?:`[^`]+`(?:@`[^`]*`)?(?:\s*,\s*)?)+)\s+TO\s+", re.I)
_REVOKE = re.compile(r"REVOKE\s+(?P<rights>.+?)\s+ON\s+(?P<schema>`(?:[^`]|``)+`|\*)\.\*\s+FROM\s+", re.I | re.S)


PlaceOf = Callable[[str], tuple[str, str]]
"""From Magento 2's name of a table to its schema and its name in the database, as `Layout.place`."""


def prefixed(schema: str, prefix: str = "", sales: str = "") -> PlaceOf:
    """Tables that are all in one schema, under Magento 2's names behind a prefix; those of sales in `sales`, if any."""
    return lambda table: (sales if sales and is_split_off(table) else schema, f"{prefix}{table}")


@dataclass(frozen=True, slots=True)
class _Scope:
    rights: frozenset[str]
    schema: str
    table: str


@dataclass(slots=True)
class Grants:
    """What SHOW GRANTS says, asked by right and place.

    Knows ALL PRIVILEGES, database names with wildcards (``mag\\_ento`` and ``mag%``), single tables, roles' lines, and
    MySQL's partial revokes. Rights on columns only do not count as rights on the table.
    """

    lines: Sequence[str]
    roles: tuple[str, ...] = ()
    _scopes: list[_Scope] = field(default_factory=list)
    _revoked: list[_Scope] = field(default_factory=list)

    def __post_init__(self) -> None:
        roles: list[str] = []
        for line in self.lines:
            if found := _REVOKE.match(line):
                self._revoked.append(_Scope(_rights(found["rights"]), _bare(found["schema"]), "*"))
            elif found := _GRANT.match(line):
                self._scopes.append(_Scope(_rights(found["rights"]), _bare(found["schema"]), _bare(found["table"])))
            elif found := _ROLE.match(line):
                roles += [role.strip() for role in found["roles"].split(",")]
        self.roles = tuple(roles)

    def has_global(self, right: str) -> bool:
        """Whether a right that exists only on ``*.*`` is granted."""
        return any(s.schema == "*" and ({right.upper(), "ALL PRIVILEGES"} & s.rights) for s in self._scopes)

    def has(self, right: str, schema: str, table: str) -> bool:
        """Whether a right is granted on a table, by whatever wider grant."""
        wanted = {right.upper(), "ALL PRIVILEGES"}
        if any(s.schema == schema and wanted & s.rights for s in self._revoked):
            return any(wanted & s.rights and s.schema != "*" and self._covers(s, schema, table) for s in self._scopes)
        return any(wanted & s.rights and self._covers(s, schema, table) for s in self._scopes)

    @staticmethod
    def _covers(scope: _Scope, schema: str, table: str) -> bool:
        if scope.schema == "*":
            return True
        if scope.table != "*":
            return scope.schema == schema and scope.table == table
        return re.fullmatch(_like(scope.schema), schema, re.I) is not None


def _rights(text: str) -> frozenset[str]:
    whole = re.sub(r"\w+(?:\s+\w+)?\s*\([^)]*\)", "", text)  # rights on columns
    return frozenset(right for part in whole.split(",") if (right := " ".join(part.upper().split())))


def _bare(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


def _like(pattern: str) -> str:
    """A database name of a GRANT as a regular expression: ``_`` and ``%`` are wildcards unless escaped."""
    return "".join(
        re.escape(part[1]) if len(part) == 2 else {"_": ".", "%": ".*"}.get(part) or re.escape(part)
        for part in re.findall(r"\\.|.", pattern, re.S)
    )


def missing_grants(grants: Grants, rights: Mapping[str, str], place: PlaceOf) -> dict[str, str]:
    """By table (as given), which of its rights, such as ``SELECT, UPDATE``, are missing; no table without any."""
    found = {
        table: ", ".join(right for right in wanted.split(", ") if not grants.has(right, *place(table)))
        for table, wanted in rights.items()
    }
    return {table: lacking for table, lacking in found.items() if lacking}


def grants_sql(
    *,
    user: str,
    host: str = "%",
    rights: Mapping[str, str],
    place: PlaceOf,
    mariadb: bool = True,
    replication: bool = True,
    password: str = "change-me",  # noqa: S107  (a placeholder in the printed text)
) -> str:
    """The statements that create the user with the least rights: replication, and `rights` on each table.

    `rights` map Magento 2's table names to such as ``SELECT, UPDATE``, and are printed in their order. `replication`
    False leaves out what only the binlog needs, for the user of MAGENTO_DATABASE_URL when MAGENTO_BINLOG_URL is another
    server.
    """
    account = f"{_quoted(user)}@{_quoted(host)}"
    lines = [f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY {_quoted(password)};"]
    if replication:
        monitor = "BINLOG MONITOR" if mariadb else "REPLICATION CLIENT"
        lines.append(f"GRANT REPLICATION SLAVE, {monitor} ON *.* TO {account};")
    lines += [f"GRANT {some} ON {on(place(table))} TO {account};" for table, some in rights.items()]
    return "\n".join(lines) + "\n"


def on(place: tuple[str, str]) -> str:
    """A table as GRANT names it."""
    return ".".join(map(_name, place))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _name(identifier: str) -> str:
    return "`" + identifier.replace("`", "``") + "`"
