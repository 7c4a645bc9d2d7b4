"""Every column type that a table can have, each with a few values that mysql-replication tells apart."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers import CHOSEN, IS_MYSQL


@dataclass(frozen=True)
class ColumnType:
    """A type as DDL spells it, and literals for it. `key`: every value but the first is a key."""

    sql: str
    values: tuple[str, ...]


def of(sql: str, *values: str) -> ColumnType:
    return ColumnType(sql, values)


INTEGERS = (
    of("tinyint", "-128", "0", "127"),
    of("tinyint unsigned", "0", "128", "255"),
    of("smallint", "-32768", "1", "32767"),
    of("smallint unsigned", "0", "32768", "65535"),
    of("mediumint", "-8388608", "2", "8388607"),
    of("mediumint unsigned", "0", "8388608", "16777215"),
    of("int", "-2147483648", "3", "2147483647"),
    of("int unsigned", "0", "2147483648", "4294967295"),
    of("bigint", "-9223372036854775808", "4", "9223372036854775807"),
    of("bigint unsigned", "0", "9223372036854775808", "18446744073709551615"),
)
TEXTS = (
    of("varchar(64)", "'A'", "'SKU-æøå'", "'1E5'", "'007'"),
    of("varchar(300)", "''", "'日本-01'", "REPEAT('x', 300)"),
    of("char(10)", "'A'", "'B  C'", "'0'"),
    of("char(255)", "''", "REPEAT('æ', 255)", "'b'"),
    of("varchar(64) CHARACTER SET latin1", "'GAVEÆSKE'", "'a'", "''"),
    of("varchar(64) CHARACTER SET ascii", "'A'", "'b'", "''"),
    of("varchar(64) CHARACTER SET cp1251", "'Ж'", "'b'", "''"),
    of("tinytext", "'t'", "'ø'", "''"),
    of("text", "'t'", "REPEAT('ø', 5000)", "''"),
)
OTHERS = (
    of("bit(1)", "b'0'", "b'1'"),
    of("bit(9)", "b'101010101'", "b'1'", "b'0'"),
    of("bit(64)", "b'1'", "b'111111111111111111111111111111111111111111111111111111111111111'"),
    of("decimal(65,30)", "-1.5", "0", "12345678901234567890123456789012345.5"),
    of("decimal(10,10)", "0.25", "-0.25", "0"),
    of("decimal(20,4)", "1.0001", "-1.0001", "9999999999999999.9999"),
    of("decimal(1,0)", "1", "0", "-9"),
    of("float", "1.5", "-2.5", "0"),
    of("double", "1.5e100", "-2.5", "0"),
    of("year", "1901", "2026", "2155"),
    of("date", "'2026-01-02'", "'1000-01-01'", "'9999-12-31'"),
    of("time", "'10:11:12'", "'838:59:59'", "'-00:00:01'"),
    of("time(1)", "'10:11:12.1'", "'10:11:12.2'"),
    of("time(3)", "'10:11:12.123'", "'00:00:00.001'"),
    of("time(6)", "'10:11:12.123456'", "'00:00:00.000001'"),
    of("datetime", "'2026-01-02 03:04:05'", "'1000-01-01 00:00:00'"),
    of("datetime(2)", "'2026-01-02 03:04:05.67'", "'2026-01-02 03:04:05.68'"),
    of("datetime(6)", "'2026-01-02 03:04:05.678901'", "'9999-12-31 23:59:59.999999'"),
    of("timestamp NULL", "'2026-01-02 03:04:05'", "'2037-01-01 00:00:00'"),
    of("timestamp(1) NULL", "'2026-01-02 03:04:05.6'", "'2026-01-02 03:04:05.7'"),
    of("timestamp(5) NULL", "'2026-01-02 03:04:05.67891'", "'2026-01-02 03:04:05.67892'"),
    of("binary(3)", "'abc'", "'a'", "X'00ff01'"),
    of("varbinary(16)", "''", "X'00'", "X'0000'"),
    of("varbinary(700)", "''", "REPEAT('v', 700)", "X'00'"),
    of("enum('a','b','ø')", "'a'", "'ø'"),
    of(f"enum({','.join(map(repr, map(str, range(300))))})", "'1'", "'299'"),
    of("set('x','y','z')", "'x'", "'x,z'", "'y'"),
    of(f"set({','.join(map(repr, map(str, range(60))))})", "'1'", "'59'", "'0,33,59'"),
    of("tinyblob", "''", "'tiny'", "X'00'"),
    of("blob", "''", "REPEAT('b', 70)", "X'00'"),
    of("mediumblob", "''", "REPEAT('b', 70000)", "X'00'"),
    of("longblob", "''", "'l'", "X'00'"),
    of("mediumtext", "''", "'m'", "REPEAT('m', 70000)"),
    of("longtext", "''", "'l'", "'ø'"),
    of("varchar(20000) CHARACTER SET latin1", "''", "REPEAT('l', 9000)", "'æ'"),
    of("json", "'{\"a\": 1}'", "'[1, \"x\", null]'", "'{}'"),
    of("point", "POINT(1, 2)", "POINT(3, 4)"),
    of("geometry", "POINT(1, 2)", "ST_GeomFromText('LINESTRING(0 0, 1 1, 2 2)')"),
    *(
        (of("vector(3)", "TO_VECTOR('[1,2,3]')", "TO_VECTOR('[0,0,0]')"),)[:0]  # the library cannot read it
        if IS_MYSQL
        else (
            of("inet6", "'::1'", "'2001:db8::1'"),
            of("inet4", "'192.0.2.1'", "'0.0.0.0'"),
            of("uuid", "'00000000-0000-0000-0000-000000000001'", "UUID()"),
        )
    ),
)
UNREAD_BY_LIBRARY = (
    (of("vector(3)", "TO_VECTOR('[1,2,3]')", "TO_VECTOR('[0,0,1]')"),)
    if IS_MYSQL
    else (
        of("varchar(900) COMPRESSED", "'packed'", "REPEAT('t', 900)"),
        of("text COMPRESSED", "'packed'", "REPEAT('t', 5000)"),
        of("blob COMPRESSED", "'packed'", "REPEAT('t', 5000)"),
        *((of("vector(3)", "VEC_FromText('[1,2,3]')", "VEC_FromText('[0,0,1]')"),) if "11.8" in CHOSEN else ()),
    )
)
"""What only the fast path reads: mysql-replication 1.0.17 knows neither compressed columns nor vectors."""
NUMBERS_FOR_LIBRARY = (
    of("decimal(12,0)", "1", "999999999999", "-5"),
    of("varchar(20)", "'17'", "'18'"),
    of("double", "19", "20"),
)
"""Types of a numeric key that only the library reads."""
