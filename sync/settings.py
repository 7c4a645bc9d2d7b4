"""The environment as typed settings. Every variable may also be given as NAME_FILE, for container secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sync.errors import ConfigError

ECONOMIC_API_URL = "https://restapi.e-conomic.com"


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
            self.problems.append(f"{name}={raw} must be between {minimum:g} and {maximum:g}")
            return default
        return value

    def database(self, name: str, value: str) -> str:
        """Check the shape of a Magento URL without ever repeating its password."""
        if not value:
            return value
        try:
            url = urlsplit(value)
            port = url.port
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return value
        example = "mysql+pymysql://user:password@host:3306/database"
        if url.scheme not in ("mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql"):
            self.problems.append(f"{name} starts with {url.scheme or 'nothing'}://, wanted {example}")
        elif not url.hostname or not url.path.strip("/"):
            self.problems.append(f"{name} lacks the host or the database name, wanted {example}")
        elif port == 0:
            self.problems.append(f"{name} names port 0")
        return value

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
    server_id = env.number("BINLOG_SERVER_ID", 0, minimum=1, maximum=4294967295)
    settings = Settings(
        database_url=database,
        binlog_url=env.database("MAGENTO_BINLOG_URL", env.text("MAGENTO_BINLOG_URL")) or database,
        table_prefix=env.text("MAGENTO_TABLE_PREFIX"),
        shop=env.text("SHOP", "default"),
        state_url=env.text("STATE_DATABASE_URL", "sqlite:///magento-economic.db"),
        economic_url=economic,
        app_secret_token=wanted("economic", "ECONOMIC_APP_SECRET_TOKEN", "the app's secret token"),
        agreement_grant_token=wanted("economic", "ECONOMIC_AGREEMENT_GRANT_TOKEN", "the agreement's grant token"),
        profile=wanted("profile", "PROFILE", "path of the shop's profile, or the name of a shipped one"),
        stop_timeout=env.number("STOP_TIMEOUT", 8, minimum=0, maximum=3600),
        retention_days=int(env.number("RETENTION", 90, minimum=1, maximum=36500)),
        parallelism=int(env.number("DELIVERY_PARALLELISM", 4, minimum=1, maximum=32)),
        server_id=int(server_id) or None,
        tls_ca=env.text("MAGENTO_TLS_CA") or None,
        http_host=host,
        http_port=int(env.number("HTTP_PORT", 8080, minimum=0, maximum=65535)),
        admin_token=admin_token,
        log_format=log_format,
    )
    env.check()
    return settings
