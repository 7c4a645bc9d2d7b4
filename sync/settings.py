"""The environment as typed settings. Every variable may also be given as NAME_FILE, for container secrets."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cdc.connect import Database
from cdc.errors import BadDatabaseUrl
from sync.errors import ConfigError

ECONOMIC_API_URL = "https://restapi.e-conomic.com"
SHORTEST_SECRET = 16
"""Characters of the secret in the address of webhooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says. Secrets are left out of the repr.

    `stop_timeout` and `poll_interval` are seconds, `retention_days` is days; `parallelism` is how many calls to
    e-conomic are in flight at once.
    """

    database_url: str = field(repr=False)
    binlog_url: str = field(repr=False)
    table_prefix: str
    shop: str
    state_url: str = field(repr=False)
    economic_url: str
    app_secret_token: str = field(repr=False)
    agreement_grant_token: str = field(repr=False)
    profile: str
    stop_timeout: float
    retention_days: int
    parallelism: int
    server_id: int | None
    tls_ca: str | None
    http_host: str
    http_port: int
    admin_token: str = field(repr=False)
    log_format: str
    sales_database: str = ""
    attachments: Path | None = None
    webhook_secret: str = field(default="", repr=False)

    @property
    def workers(self) -> int:
        """How many keys are reconciled at once: half as many again as calls, so that no call waits for a worker."""
        return self.parallelism + (self.parallelism + 1) // 2


class Environment:
    """Reads variables and remembers what is missing or wrong, so that one message names all of it."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable, or the content of the file that NAME_FILE names."""
        value = self.variables.get(name, "")
        file = self.variables.get(f"{name}_FILE", "")
        if value and file:
            self.problems.append(f"{name} and {name}_FILE are both set: keep one")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.problems.append(f"{name}_FILE: cannot read {file}: {error.strerror}")
                return default
            except UnicodeDecodeError:
                self.problems.append(f"{name}_FILE: {file} is not UTF-8 text")
                return default
        return value.strip() or default

    def needed(self, name: str, meaning: str) -> str:
        """A variable without a default."""
        value = self.text(name)
        if not value and not any(p.startswith(name) for p in self.problems):
            self.problems.append(f"{name} is not set: {meaning}")
        return value

    def number(self, name: str, default: float, *, minimum: float, maximum: float) -> float:
        """A number within limits."""
        raw = self.text(name)
        if not raw:
            return default
        try:
            value = float(raw)
        except ValueError:
            self.problems.append(f"{name}={raw!r} is not a number")
            return default
        if not minimum <= value <= maximum:
            self.problems.append(f"{name}={raw} must be between {minimum:.0f} and {maximum:.0f}")
            return default
        return value

    def whole(self, name: str, default: int, *, minimum: int, maximum: int) -> int:
        """A whole number within limits."""
        value = self.number(name, default, minimum=minimum, maximum=maximum)
        if value != int(value):
            self.problems.append(f"{name}={self.text(name)} must be a whole number")
            return default
        return int(value)

    def database(self, name: str, value: str) -> str:
        """Check a Magento URL without ever repeating its password."""
        if not value:
            return value
        try:
            database = Database.parse(value)
        except BadDatabaseUrl as error:
            self.problems.append(f"{name}: {error}; wanted {error.hint}")
            return value
        if database.tls_ca:
            self._certificate(f"{name}: the option ssl_ca", database.tls_ca)
        return value

    def schema(self, name: str) -> str:
        """The name of a database on Magento's server; empty when it is not set. An address is refused, unrepeated."""
        value = self.text(name)
        if "/" in value or "@" in value:
            self.problems.append(
                f"{name} is the name of a database on the server of MAGENTO_DATABASE_URL, not an address: sales on "
                "another server cannot be read, because orders, customers and stock are loaded in one snapshot"
            )
            return ""
        return value

    def address_secret(self, name: str) -> str:
        """A secret that stands in an address; the empty text when it is not set. It is never repeated."""
        value = self.text(name)
        if not value:
            return value
        if len(value) < SHORTEST_SECRET:
            self.problems.append(
                f"{name} has {len(value)} characters, which can be guessed: take {SHORTEST_SECRET} or more, "
                "as `openssl rand -hex 24` makes them"
            )
        elif not all("!" <= one <= "~" and one not in '?#%"<>\\^`{|}' for one in value):
            self.problems.append(f"{name} holds characters that cannot stand in an address: take letters and digits")
        return value

    def certificate(self, name: str) -> str | None:
        """The path of a file with CA certificates that can be read; None when it is not set."""
        file = self.text(name)
        if file:
            self._certificate(name, file)
        return file or None

    def _certificate(self, what: str, file: str) -> None:
        try:
            ssl.create_default_context(cafile=file)
        except ssl.SSLError:
            self.problems.append(f"{what}: {file} holds no certificate in PEM form")
        except (OSError, ValueError) as error:
            self.problems.append(f"{what}: cannot read {file}: {getattr(error, 'strerror', None) or error}")

    def check(self) -> None:
        """Raise one `ConfigError` that names every problem."""
        if self.problems:
            raise ConfigError("\n".join(self.problems), hint="set it in the environment, or NAME_FILE for a secret")


def from_environment(variables: Mapping[str, str], *, needs: frozenset[str] = frozenset({"all"})) -> Settings:
    """Read the settings. `needs` says what a command cannot do without: magento, economic, profile, or all.

    Raises `ConfigError` naming every variable that is missing or wrong.
    """
    env = Environment(variables)

    def wanted(part: str, name: str, meaning: str, default: str = "") -> str:
        if part in needs or "all" in needs:
            return env.needed(name, meaning)
        return env.text(name, default)

    database = env.database(
        "MAGENTO_DATABASE_URL",
        wanted("magento", "MAGENTO_DATABASE_URL", "Magento's database, mysql+pymysql://user:password@host/database"),
    )
    economic = env.text("ECONOMIC_API_URL", ECONOMIC_API_URL).rstrip("/")
    if urlsplit(economic).scheme not in ("http", "https"):
        env.problems.append(f"ECONOMIC_API_URL={economic!r} is not an http(s) URL")
    log_format = env.text("LOG_FORMAT", "console")
    if log_format not in ("console", "json"):
        env.problems.append(f"LOG_FORMAT={log_format!r}: allowed are console and json")
    host = env.text("HTTP_HOST", "127.0.0.1")
    admin_token = env.text("ADMIN_TOKEN")
    attachments = env.text("ATTACHMENTS")
    server_id = env.whole("BINLOG_SERVER_ID", 0, minimum=1, maximum=4294967295)
    settings = Settings(
        database_url=database,
        binlog_url=env.database("MAGENTO_BINLOG_URL", env.text("MAGENTO_BINLOG_URL")) or database,
        table_prefix=env.text("MAGENTO_TABLE_PREFIX"),
        sales_database=env.schema("MAGENTO_SALES_DATABASE"),
        shop=env.text("SHOP", "default"),
        state_url=env.text("STATE_DATABASE_URL", "sqlite:///magento-economic.db"),
        economic_url=economic,
        app_secret_token=wanted("economic", "ECONOMIC_APP_SECRET_TOKEN", "the app's secret token"),
        agreement_grant_token=wanted("economic", "ECONOMIC_AGREEMENT_GRANT_TOKEN", "the agreement's grant token"),
        profile=wanted("profile", "PROFILE", "path of the shop's profile, or the name of a shipped one"),
        stop_timeout=env.number("STOP_TIMEOUT", 8, minimum=0, maximum=3600),
        retention_days=env.whole("RETENTION", 90, minimum=1, maximum=36500),
        parallelism=env.whole("DELIVERY_PARALLELISM", 4, minimum=1, maximum=32),
        server_id=server_id or None,
        tls_ca=env.certificate("MAGENTO_TLS_CA"),
        http_host=host,
        http_port=env.whole("HTTP_PORT", 8080, minimum=0, maximum=65535),
        admin_token=admin_token,
        log_format=log_format,
        attachments=Path(attachments) if attachments else None,
        webhook_secret=env.address_secret("WEBHOOK_SECRET"),
    )
    env.check()
    return settings
