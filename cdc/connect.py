"""Connections to Magento's server from a URL, with time-outs, and pymysql's errors in this room's words."""

from __future__ import annotations

import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import pymysql
import pymysql.connections
import pymysql.cursors

from cdc.errors import (
    BadDatabaseUrl,
    BadServerSettings,
    DatabaseUnreachable,
    LoginRefused,
    MagentoError,
    SchemaMissing,
)

Connection: TypeAlias = "pymysql.Connection[pymysql.cursors.Cursor]"

SCHEMES = ("mysql+pymysql", "mysql", "mariadb+pymysql", "mariadb")
CONNECT_TIMEOUT_SECONDS = 5
EXAMPLE = "mysql+pymysql://user:password@host:3306/magento"
ENCODE = "percent-encode @ / : # ? and % in the password (@ is %40, / is %2F, : is %3A, # is %23, ? is %3F, % is %25)"
OPTIONS = ("unix_socket", "ssl_ca", "charset")

# Server error numbers: https://mariadb.com/kb/en/mariadb-error-code-reference/ and MySQL's server error reference.
_NO_TLS = 2026
_LOGIN = {1045, 1130, 1251, 1698, 1820, 1862, 2058, 2059, 3118, 4151}
_RIGHTS = {1044, 1142, 1143, 1227, 1370, 1410}
_SCHEMA = {1049, 1054, 1146}
_AWAY = {
    *(1040, 1053, 1080, 1152, 1153, 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1213, 1226, 1317, 1927, 3024, 3169),
    *(1043, 1047, 1156, 1835),  # the server could not read what we sent: it was garbled on the way
    *(2002, 2003, 2005, 2006, 2013, 2026, 2055, 4031),
}
_SERVER_LOST = 2013


@cache
def _unverified() -> ssl.SSLContext:
    """What PyMySQL makes anew for each connection without a CA, and fills with every CA of the system: 1 MB, 20 ms."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class ServerConnection(pymysql.connections.Connection):
    """PyMySQL meets bytes that are no answer with whatever its parsing stumbles over, and would read on behind them."""

    def _create_ssl_ctx(self, options: dict[str, Any]) -> ssl.SSLContext:
        return super()._create_ssl_ctx(options) if options else _unverified()  # type: ignore[misc]

    def connect(self, sock: Any = None) -> None:
        """Log in."""
        with self._readable():
            super().connect(sock)

    def query(self, sql: Any, unbuffered: bool = False) -> int:
        """Execute a statement."""
        with self._readable():
            return super().query(sql, unbuffered=unbuffered)

    def commit(self) -> None:
        """End the transaction."""
        with self._readable():
            super().commit()

    def rollback(self) -> None:
        """Undo the transaction."""
        with self._readable():
            super().rollback()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except pymysql.MySQLError as error:
            if error.args and isinstance(error.args[0], int):
                raise
            self._lost(error)  # packets that do not follow each other
        except (
            AssertionError,
            ValueError,
            LookupError,
            ArithmeticError,
            AttributeError,
            TypeError,
            struct.error,
        ) as error:
            self._lost(error)

    def _lost(self, error: Exception) -> NoReturn:
        self._force_close()  # type: ignore[attr-defined]
        said = f"its answer cannot be read ({type(error).__name__}): it was garbled on the way"
        raise pymysql.err.OperationalError(_SERVER_LOST, said) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where a server is and who logs in. The password never shows in `repr` or in an error.

    `tls_ca` is the path of a CA certificate; given, the server's certificate and name are verified. Not given,
    PyMySQL uses TLS unverified when the server offers it.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False, default="")
    database: str = ""
    unix_socket: str | None = None
    tls_ca: str | None = None

    @classmethod
    def parse(cls, url: str, *, tls_ca: str | None = None) -> Database:
        """The database of a URL such as ``mysql+pymysql://user:password@host:3306/magento``.

        Percent-encoding is undone. The query may hold ``unix_socket``, ``ssl_ca`` and ``charset=utf8mb4``. Raises
        `BadDatabaseUrl`, whose text repeats nothing of the URL but the names of unknown options.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            # the text of this error repeats what stands after the colon: it may be half a password
            raise BadDatabaseUrl(f"the URL's port or host is malformed; {ENCODE}", hint=EXAMPLE) from None
        if parts.scheme not in SCHEMES:
            raise BadDatabaseUrl("the URL must begin with mysql+pymysql://", hint=EXAMPLE)
        path = parts.path.removeprefix("/").removesuffix("/")
        if "@" in path or "/" in path or "@" in parts.query or parts.fragment:
            raise BadDatabaseUrl(f"what stands after the host is no database name; {ENCODE}", hint=EXAMPLE)
        options = _options(parts.query)
        missing = {
            "the user": parts.username,
            "the host": parts.hostname or options.get("unix_socket"),
            "the database name after the last slash": unquote(path),
        }
        if lacking := [what for what, found in missing.items() if not found]:
            raise BadDatabaseUrl(f"the URL lacks {' and '.join(lacking)}", hint=EXAMPLE)
        if port == 0:
            raise BadDatabaseUrl("the URL names port 0", hint=EXAMPLE)
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(path),
            unix_socket=options.get("unix_socket"),
            tls_ca=tls_ca or options.get("ssl_ca"),
        )

    def __str__(self) -> str:
        return f"{self.user}@{self.unix_socket or f'{self.host}:{self.port}'}/{self.database}"

    def options(self, *, connect_timeout: int = CONNECT_TIMEOUT_SECONDS, read_timeout: float = 30) -> dict[str, Any]:
        """Keyword arguments for `pymysql.connect`; time-outs in seconds."""
        options: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
            "charset": "utf8mb4",
            "autocommit": True,
            "connect_timeout": connect_timeout,
            "read_timeout": read_timeout,
            "write_timeout": read_timeout,
        }
        if self.unix_socket:
            options["unix_socket"] = self.unix_socket
        if self.tls_ca:
            options |= {"ssl_ca": self.tls_ca, "ssl_verify_cert": True, "ssl_verify_identity": True}
        return options


def _options(query: str) -> dict[str, str]:
    """The options of a URL's query. Raises `BadDatabaseUrl` naming those that nobody reads."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(set(options) - set(OPTIONS)):
        names = ", ".join(f"`{name[:30]}`" if name.isidentifier() else "one that is no name" for name in unknown)
        raise BadDatabaseUrl(
            f"the URL has unknown options after the question mark: {names}; known are unix_socket, ssl_ca and"
            f" charset=utf8mb4 (if the ? belongs to the password, {ENCODE})",
            hint=EXAMPLE,
        )
    if options.get("charset", "utf8mb4").lower() != "utf8mb4":
        raise BadDatabaseUrl("the URL's option `charset` can only be utf8mb4: everything is read so", hint=EXAMPLE)
    return {name: value for name, value in options.items() if value}


def connect(
    database: Database | str,
    *,
    connect_timeout: int = CONNECT_TIMEOUT_SECONDS,
    read_timeout: float = 30,
    utc: bool = True,
) -> Connection:
    """A connection with autocommit, utf8mb4 and, with `utc`, the session in UTC and without sql_mode, as Magento's own.

    Raises the errors of `cdc.errors`.
    """
    where = Database.parse(database) if isinstance(database, str) else database
    options = where.options(connect_timeout=connect_timeout, read_timeout=read_timeout)
    if utc:
        options["init_command"] = "SET time_zone='+00:00', sql_mode=''"
    with database_errors(where):
        return ServerConnection(**options)


@contextmanager
def database_errors(where: Database | str) -> Iterator[None]:
    """Turn pymysql's and the socket's errors into those of `cdc.errors`; `where` names the server in the text."""
    try:
        yield
    except (pymysql.MySQLError, OSError) as error:
        raise explain(error, where) from error


def explain(error: Exception, where: Database | str) -> MagentoError:
    """What an error of pymysql or of the socket means, as one of `cdc.errors` (not raised)."""
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    at = f"{where}"
    if code == _NO_TLS and "SSL is required" in text:
        return BadServerSettings(
            f"{at} offers no TLS, but a CA was given to verify its certificate",
            hint="Give the server a certificate (ssl_cert and ssl_key in my.cnf), or unset MAGENTO_TLS_CA.",
        )
    if isinstance(error, FileNotFoundError | PermissionError) and isinstance(where, Database) and where.tls_ca:
        return BadServerSettings(
            f"The CA for the certificate of {at} cannot be read: {where.tls_ca}: {error.strerror}",
            hint="MAGENTO_TLS_CA, or `ssl_ca` in the URL, is a file with the CA's certificate in PEM form.",
        )
    if isinstance(error, ssl.SSLError) or "CERTIFICATE_VERIFY_FAILED" in text:
        return BadServerSettings(
            f"The certificate of {at} cannot be verified: {text}",
            hint="Give the CA that signed the server's certificate in MAGENTO_TLS_CA, and the name it was issued for.",
        )
    if code in _LOGIN:
        return LoginRefused(
            f"{at} refused the login: {text}", hint="Check user, password and the host it may come from."
        )
    if code in _RIGHTS:
        return BadServerSettings(
            f"{at} refused a right: {text}",
            hint="`magento-economic grants` prints the rights that are needed, with `--pull` those to write.",
        )
    if code in _SCHEMA:
        return SchemaMissing(f"{at}: {text}", hint="Check the database's name and MAGENTO_TABLE_PREFIX.")
    if code in _AWAY or isinstance(error, OSError | pymysql.err.InterfaceError):
        return DatabaseUnreachable(f"{at} does not answer: {text or 'the connection was closed'}")
    return MagentoError(f"{at}: {text} ({code})")
