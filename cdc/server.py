"""What Magento's server must be set to so that no change is lost or garbled, each with the statement that fixes it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pymysql

from cdc.connect import Connection
from cdc.errors import BadServerSettings
from cdc.grants import Grants, PlaceOf, missing_grants, on, prefixed
from cdc.position import LogPlace

RETENTION_DAYS = 7
Level = Literal["refuse", "warn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `ok` None: it could not be seen (`found` says why).

    `level` ``refuse`` stops a start when not ok, ``warn`` does not. `fix` is the statement, and the line for my.cnf.
    """

    name: str
    ok: bool | None
    found: str
    wanted: str
    fix: str = ""
    level: Level = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What decides how a server is followed. `clock_offset`: its clock minus this machine's, in seconds.

    `gtid_mode` is always True on MariaDB.
    """

    version: str
    mariadb: bool
    gtid_mode: bool
    clock_offset: float
    variables: Mapping[str, str]


def is_mariadb(version: str) -> bool:
    """Whether a version string is MariaDB's."""
    return "MariaDB" in version


def server_facts(connection: Connection) -> ServerFacts:
    """Version, settings and clock of the server behind `connection` (any user may see them)."""
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT VERSION(), UNIX_TIMESTAMP(NOW(6))")
        row = cursor.fetchone() or ("", 0)
        middle = (before + time.time()) / 2
        cursor.execute("SHOW GLOBAL VARIABLES")
        variables = {str(name).lower(): str(value) for name, value in cursor.fetchall()}
    version = str(row[0])
    return ServerFacts(
        version=version,
        mariadb=is_mariadb(version),
        gtid_mode=is_mariadb(version) or variables.get("gtid_mode", "OFF").upper() == "ON",
        clock_offset=float(row[1]) - middle,
        variables=variables,
    )


def master_status(connection: Connection) -> tuple[LogPlace, str]:
    """Where the binlog ends, and MySQL's executed GTIDs. Raises `BadServerSettings` when the binlog is off."""
    row = _log_status(connection)
    if row is None:
        raise BadServerSettings("The server writes no binlog", hint=_BINLOG_OFF)
    executed = str(row[4]).replace("\n", "") if len(row) > 4 else ""
    return LogPlace(str(row[0]), int(row[1])), executed


def _log_status(connection: Connection) -> tuple[Any, ...] | None:
    """File, offset, Binlog_Do_DB, Binlog_Ignore_DB and, from MySQL, GTIDs; None where no binlog is written.

    MySQL 8.2 renamed SHOW MASTER STATUS, and 8.4 dropped the old name.
    """
    with connection.cursor() as cursor:
        try:
            cursor.execute("SHOW MASTER STATUS")
        except pymysql.err.ProgrammingError as error:
            if error.args[0] != 1064:
                raise
            cursor.execute("SHOW BINARY LOG STATUS")
        return cursor.fetchone()


def check_filters(connection: Connection, schemas: Iterable[str]) -> Finding | None:
    """Whether changes of all these databases are written to the binlog; None where the server does not tell.

    Facts: with `binlog_do_db` only those databases are, with `binlog_ignore_db` all but those; where both are set, the
    first decides. Rows go by their own table's database.
    """
    try:
        row = _log_status(connection)
    except pymysql.err.OperationalError:
        return None  # the right to see it is missing, of which `check_rights` tells
    if row is None:
        return None
    only, never = ({one for one in str(row[i] or "").split(",") if one} for i in (2, 3))
    left_out = [one for one in dict.fromkeys(schemas) if (one not in only if only else one in never)]
    option = "binlog_do_db" if only else "binlog_ignore_db"
    return Finding(
        name="binlog filters",
        ok=not left_out,
        found=f"{', '.join(left_out)} left out by {option}" if left_out else "none that matters",
        wanted="every database of the shop in the binlog",
        fix=f"Take {option} out of my.cnf, section [mysqld], or name every database of the shop in it; then restart."
        if only
        else f"Take {option} of {', '.join(left_out)} out of my.cnf, section [mysqld], then restart.",
    )


_BINLOG_OFF = "In my.cnf, section [mysqld]: log_bin=mysql-bin and server_id=1 (any number above 0), then restart."


def _setting(name: str, value: str) -> str:
    return f"SET GLOBAL {name}='{value}';   and in my.cnf, section [mysqld]: {name}={value}"


@dataclass(frozen=True, slots=True)
class _Rule:
    variable: str
    wanted: str
    good: Callable[[str], bool]
    fix: str
    missing: bool | None = True
    """What it means that the server does not know the variable: True fine, False too old."""


def _is(value: str) -> Callable[[str], bool]:
    return lambda found: found.upper() == value


_RULES = (
    _Rule("log_bin", "ON", _is("ON"), _BINLOG_OFF, missing=False),
    _Rule("binlog_format", "ROW", _is("ROW"), _setting("binlog_format", "ROW")),
    _Rule("binlog_row_image", "FULL", _is("FULL"), _setting("binlog_row_image", "FULL")),
    _Rule("binlog_row_metadata", "FULL", _is("FULL"), _setting("binlog_row_metadata", "FULL"), missing=False),
    _Rule(
        "binlog_row_value_options",
        "empty (no PARTIAL_JSON)",
        lambda found: "PARTIAL_JSON" not in found.upper(),
        "SET GLOBAL binlog_row_value_options='';   and in my.cnf, section [mysqld]: binlog_row_value_options=",
    ),
    _Rule("binlog_checksum", "CRC32", _is("CRC32"), _setting("binlog_checksum", "CRC32"), missing=False),
)


def check_settings(facts: ServerFacts) -> list[Finding]:
    """The binlog's settings (design rule: refuse to start wrong), from the server's global variables."""
    findings = []
    for rule in _RULES:
        found = facts.variables.get(rule.variable)
        if found is None:
            if not rule.missing:
                upgrade = "MariaDB 10.5 or MySQL 8.0.14 is the oldest server that can be followed. "
                findings.append(
                    Finding(name=rule.variable, ok=False, found="unknown", wanted=rule.wanted, fix=upgrade + rule.fix)
                )
            continue
        findings.append(
            Finding(name=rule.variable, ok=rule.good(found), found=found or "(empty)", wanted=rule.wanted, fix=rule.fix)
        )
    return findings


def check_retention(facts: ServerFacts, days: int = RETENTION_DAYS) -> Finding:
    """How long the binlog is kept: an outage longer than that is a gap. Only a warning."""
    seconds = int(float(facts.variables.get("binlog_expire_logs_seconds", "0") or 0))
    if not seconds:
        seconds = int(float(facts.variables.get("expire_logs_days", "0") or 0) * 86_400)
    name = "binlog_expire_logs_seconds"
    return Finding(
        name=name,
        ok=seconds == 0 or seconds >= days * 86_400,
        found="for ever" if seconds == 0 else f"{seconds / 86_400:g} days",
        wanted=f"at least {days} days",
        fix=f"SET GLOBAL {name}={days * 86_400};   and in my.cnf, section [mysqld]: {name}={days * 86_400}",
        level="warn",
    )


def check_server_id(facts: ServerFacts, server_id: int) -> Finding:
    """Whether the number as which the binlog is read differs from the server's own.

    A server ends the stream of a replica that has its own id, or leaves out all that it has written itself.
    """
    own = facts.variables.get("server_id") == str(server_id)
    return Finding(
        name="BINLOG_SERVER_ID",
        ok=not own,
        found=f"{server_id}, " + ("which is the server's own server_id" if own else "not the server's own"),
        wanted="a number that no server and no replica has",
        fix="Set BINLOG_SERVER_ID to another number, or unset it: then a random one is taken.",
    )


def check_server(
    connection: Connection,
    *,
    place: PlaceOf | None = None,
    binlog_url_same: bool = True,
    tables: Iterable[str] = (),
    writes: Mapping[str, str] | None = None,
    retention_days: int = RETENTION_DAYS,
    server_id: int | None = None,
) -> list[Finding]:
    """Everything about the server that must be right before changes are captured.

    `connection` is the one of MAGENTO_BINLOG_URL. With `binlog_url_same` its user must also read `tables` and have
    `writes`, as `check_rights` takes them (a warning only). Otherwise ask that on the other connection. `server_id` is
    the number as which the binlog will be read, if it is fixed.
    """
    facts = server_facts(connection)
    findings = [_version(facts), *check_settings(facts), check_retention(facts, retention_days)]
    if server_id is not None:
        findings.append(check_server_id(facts, server_id))
    return [
        *findings,
        *check_rights(
            connection,
            place=place,
            replication=True,
            tables=tables if binlog_url_same else (),
            writes=writes if binlog_url_same else None,
        ),
    ]


def _version(facts: ServerFacts) -> Finding:
    digits = facts.version.split("-")
    number = next((d for d in digits if d[:1].isdigit() and not d.startswith("5.5.5")), facts.version)
    parts = tuple(int(p) for p in number.split(".")[:3] if p.isdigit())
    oldest = (10, 5, 0) if facts.mariadb else (8, 0, 14)
    return Finding(
        name="version",
        ok=parts >= oldest,
        found=facts.version,
        wanted="MariaDB 10.5 or later" if facts.mariadb else "MySQL 8.0.14 or later",
        fix="Upgrade the server: older ones do not name columns in the binlog.",
    )


def check_rights(
    connection: Connection,
    *,
    place: PlaceOf | None = None,
    replication: bool = False,
    tables: Iterable[str] = (),
    writes: Mapping[str, str] | None = None,
    purpose: str = "write stock",
    level: Level = "warn",
) -> list[Finding]:
    """What the connection's user may do, told by SHOW GRANTS (its roles included).

    `tables` must be read; `writes` are the rights needed for `purpose`, such as ``INSERT, UPDATE`` by Magento 2's table
    names; `level` is what it means that some are missing. `place` says where tables are (default: in the connection's
    database, under those names). A failed finding names each missing right once; the fix is the GRANT for this very
    user.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_USER(), DATABASE(), VERSION()")
        user, database, version = cursor.fetchone() or ("", "", "")
    grants = grants_of(connection)
    place = place or prefixed(str(database or ""))
    account = _account(str(user))
    found = []
    if replication:
        found.append(
            _right(grants, "REPLICATION SLAVE", ("REPLICATION SLAVE",), account),
        )
        client = ("REPLICATION CLIENT", "BINLOG MONITOR", "SUPER")
        found.append(
            _right(grants, "BINLOG MONITOR" if is_mariadb(str(version)) else "REPLICATION CLIENT", client, account)
        )
    groups: tuple[tuple[str, Mapping[str, str], Level], ...] = (
        ("read", dict.fromkeys(tables, "SELECT"), "refuse"),
        (purpose, writes or {}, level),
    )
    for what, rights, severity in groups:
        if rights:
            found.append(_rights(grants, what, rights, place, account, severity))
    return found


def _rights(
    grants: Grants, what: str, wanted: Mapping[str, str], place: PlaceOf, account: str, level: Level
) -> Finding:
    lacking = missing_grants(grants, wanted, place)
    kinds = set(wanted.values())
    named = [place(name)[1] if len(kinds) == 1 else f"{some} on {place(name)[1]}" for name, some in lacking.items()]
    asked = next(iter(kinds)) if len(kinds) == 1 else "rights"
    schemas = " and ".join(dict.fromkeys(place(name)[0] for name in wanted))
    return Finding(
        name=f"rights to {what}",
        ok=not lacking,
        found="granted" if not lacking else "missing: " + ", ".join(named[:5]) + (" ..." * (len(named) > 5)),
        wanted=f"{asked} on {len(wanted)} tables of {schemas}",
        fix=" ".join(f"GRANT {some} ON {on(place(name))} TO {account};" for name, some in lacking.items()),
        level=level,
    )


def _right(grants: Grants, wanted: str, any_of: tuple[str, ...], account: str) -> Finding:
    ok = any(grants.has_global(name) for name in any_of)
    return Finding(
        name=wanted,
        ok=ok,
        found="granted" if ok else "missing",
        wanted="granted on *.*",
        fix=f"GRANT {wanted} ON *.* TO {account};",
    )


def _account(user: str) -> str:
    name, _, host = user.rpartition("@")
    return f"'{name}'@'{host}'"


def grants_of(connection: Connection) -> Grants:
    """What the connection's user may do, its roles' rights included."""
    with connection.cursor() as cursor:
        return Grants(_show_grants(cursor))


def _show_grants(cursor: pymysql.cursors.Cursor) -> list[str]:
    cursor.execute("SHOW GRANTS")
    lines = [str(row[0]) for row in cursor.fetchall()]
    roles = Grants(lines).roles
    if roles:
        try:  # MySQL lists a role's own rights only when it is named; MariaDB lists those of the active role anyway
            cursor.execute("SHOW GRANTS FOR CURRENT_USER() USING " + ", ".join(roles))
            lines += [str(row[0]) for row in cursor.fetchall()]
        except pymysql.MySQLError:
            pass
    return lines


def refuse_bad_settings(facts: ServerFacts) -> None:
    """Raise `BadServerSettings` naming every setting that would lose or garble changes."""
    bad = [finding for finding in check_settings(facts) if finding.ok is False]
    if bad:
        raise BadServerSettings(
            "The server's binlog settings would lose changes: "
            + "; ".join(f"{f.name} is {f.found}, needed is {f.wanted}" for f in bad),
            hint="\n".join(f.fix for f in bad),
        )
