from __future__ import annotations

import pymysql
import pytest

from cdc.connect import Database, explain
from cdc.errors import (
    BadDatabaseUrl,
    BadServerSettings,
    DatabaseUnreachable,
    LoginRefused,
    MagentoError,
    SchemaMissing,
)


def test_a_url_is_taken_apart_and_percent_encoding_undone() -> None:
    database = Database.parse(
        "mysql+pymysql://us%40er:p%2Fw%3A%C3%A6@db.example:3307/mag%20ento?unix_socket=/s&ssl_ca=/ca"
    )
    assert (database.host, database.port, database.user, database.password) == ("db.example", 3307, "us@er", "p/w:æ")
    assert (database.database, database.unix_socket, database.tls_ca) == ("mag ento", "/s", "/ca")
    assert Database.parse("mysql+pymysql://u@[::1]/d").host == "::1"


def test_a_given_ca_is_verified_against() -> None:
    options = Database.parse("mysql+pymysql://u:p@h/d", tls_ca="/ca.pem").options()
    assert options["ssl_ca"] == "/ca.pem"
    assert options["ssl_verify_cert"]
    assert options["ssl_verify_identity"]


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hidden@h/d", "mysql+pymysql://u:hidden@h", "mysql+pymysql://u:hidden@h:99999999/d", "hidden", ""],
)
def test_a_bad_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        Database.parse(url)
    assert "hidden" not in str(caught.value)
    assert caught.value.hint.startswith("mysql+pymysql://")


def test_the_password_never_shows() -> None:
    database = Database.parse("mysql+pymysql://u:hidden@h/d")
    assert "hidden" not in f"{database} {database!r}"


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (pymysql.err.OperationalError(1045, "Access denied"), LoginRefused, False),
        (pymysql.err.OperationalError(1142, "SELECT command denied"), BadServerSettings, False),
        (pymysql.err.OperationalError(1049, "Unknown database"), SchemaMissing, False),
        (pymysql.err.ProgrammingError(1146, "Table doesn't exist"), SchemaMissing, False),
        (pymysql.err.OperationalError(2003, "Can't connect"), DatabaseUnreachable, True),
        (pymysql.err.OperationalError(2003, "[SSL: CERTIFICATE_VERIFY_FAILED]"), BadServerSettings, False),
        (pymysql.err.InterfaceError(0, ""), DatabaseUnreachable, True),
        (ConnectionResetError("reset"), DatabaseUnreachable, True),
        (pymysql.err.ProgrammingError(1064, "syntax"), MagentoError, False),
    ],
)
def test_errors_become_this_rooms_words(error: Exception, kind: type[MagentoError], retryable: bool) -> None:
    found = explain(error, "u@h:3306/d")
    assert type(found) is kind
    assert found.retryable is retryable
    assert "u@h:3306/d" in str(found)


@pytest.mark.parametrize(
    "url",
    [
        "mysql+pymysql://u:hid/den@h/d",
        "mysql+pymysql://u:12/hidden@h/d",
        "mysql+pymysql://u:hid@den/hidden@h/d",
        "mysql+pymysql://u:hidden#x@h/d",
        "mysql+pymysql://u:hid@d?hidden@h/d",
        "mysql+pymysql://u:hid@d#hidden@h/d",
    ],
)
def test_a_password_that_is_not_percent_encoded_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=r"percent-encode @ / : .* in the password") as caught:
        Database.parse(url)
    assert "hid" not in str(caught.value)
    assert "den" not in str(caught.value)


def test_an_encoded_name_may_hold_what_divides_a_url() -> None:
    assert Database.parse("mysql://u:p@h/a%40b%2Fc").database == "a@b/c"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sslmode=require&charset=utf8mb4", r"unknown options .*: `sslmode`; known are unix_socket, ssl_ca"),
        ("ssl_cert=/a&unix_sokcet=/b", "`ssl_cert`, `unix_sokcet`"),
        ("charset=latin1", "`charset` can only be utf8mb4"),
    ],
)
def test_options_that_nobody_reads_are_refused_by_name(query: str, says: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=says):
        Database.parse(f"mysql+pymysql://u:p@h/d?{query}")


def test_a_socket_needs_no_host() -> None:
    database = Database.parse("mysql+pymysql://u:p@/d?unix_socket=/run/mysqld.sock&charset=utf8mb4")
    assert (database.unix_socket, database.database) == ("/run/mysqld.sock", "d")
