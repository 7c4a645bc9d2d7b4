"""Builds everything from the settings, once, for every command that needs more than the settings themselves."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from cdc.binlog import BinlogReader
from cdc.connect import Database
from cdc.errors import MagentoError
from cdc.keys import Kind
from cdc.shop import Shop
from cdc.watch import watched_tables
from econ_client.answers import Call
from econ_client.client import Economic
from econ_client.pace import Pace
from mapping.agreement import Agreement
from mapping.profile import Profile, ProfileError, load_profile
from sync.books import Books
from sync.context import CURRENT_KEY, Context
from sync.errors import ConfigError
from sync.pull.acceptance import accepted
from sync.reconcilers import watched
from sync.settings import Settings
from sync.state.deliverylog import Delivery
from sync.state.errors import StateError
from sync.state.state import State

log = logging.getLogger("magento_economic.service")

NOT_READ_YET = Agreement(base_currency="", has_inventory=False, vat_rates={})


def open_profile(settings: Settings) -> Profile:
    """The shop's profile. Raises `ConfigError` with every mistake in it."""
    try:
        return load_profile(settings.profile)
    except ProfileError as error:
        raise ConfigError("\n".join(str(problem) for problem in error.problems)) from error
    except OSError as error:
        raise ConfigError(f"PROFILE={settings.profile}: {error.strerror or error}") from error


def open_state(settings: Settings, patience: float = 0.0) -> State:
    """The shop's state. Raises `ConfigError` when it cannot be used; what may heal is tried for `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return State.open(settings.state_url, settings.shop)
        except StateError as error:
            if not error.retryable or time.monotonic() > deadline:
                raise ConfigError(str(error), hint=error.hint) from error
            log.warning("%s; trying again", error)
            time.sleep(1)  # a server that is down, or another process's lock, can only be asked again


def open_shop(settings: Settings) -> Shop:
    """Magento's database. Nothing is connected yet. Raises `ConfigError` for a URL that cannot be read."""
    try:
        return Shop(
            settings.database_url,
            settings.table_prefix,
            settings.tls_ca,
            pool_size=settings.workers + 2,
            log="here" if settings.binlog_url == settings.database_url else "elsewhere",
            sales=settings.sales_database,
        )
    except MagentoError as error:
        raise ConfigError(f"MAGENTO_DATABASE_URL: {error}", hint=error.hint) from error


def open_economic(
    settings: Settings, pace: Pace | None = None, on_call: Callable[[Call], None] | None = None
) -> Economic:
    """The client. Nothing is asked yet. Raises `ConfigError` for an address or token that cannot be one."""
    try:
        return Economic(
            settings.economic_url,
            settings.app_secret_token,
            settings.agreement_grant_token,
            pace=pace,
            on_call=on_call,
            connections=settings.parallelism + 2,
            at_once=settings.parallelism,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from error


class Parts:
    """The parts of the service. Raises `ConfigError` when one of them cannot be built.

    `patience` is how many seconds a state that does not answer is waited for.
    """

    def __init__(self, settings: Settings, *, observe: bool = False, patience: float = 0.0) -> None:
        self.settings = settings
        self.profile = open_profile(settings)
        self.shop = open_shop(settings)
        self.state = open_state(settings, patience)
        now = datetime.now(UTC)
        self.pace = Pace(counted=(now.date(), self.state.calls_today(now)))
        self.on_call: Callable[[str, int | None, float], None] | None = None
        self.economic = open_economic(settings, self.pace, self._log_call)
        self.books: Books | None = None
        self.context = Context(self.state, self.shop, self.economic, self.profile, NOT_READ_YET, observe=observe)
        self.context.attachments = settings.attachments
        self.economic.before_write = self.economic.before_bytes = self.context.fence
        self.watched: tuple[Kind, ...] = watched(self.profile)
        """The kinds that capture follows; see `watch`."""
        self._reader: BinlogReader | None = None
        self.watch()

    @property
    def reader(self) -> BinlogReader:
        """The binlog reader; the layout must be known by now. Raises `MagentoError`."""
        if self._reader is None:
            settings = self.settings
            self._reader = BinlogReader(
                Database.parse(settings.binlog_url, tls_ca=settings.tls_ca),
                watched_tables(self.shop.layout, kinds=self.watched),
                look_ups=Database.parse(settings.database_url, tls_ca=settings.tls_ca),
                server_id=settings.server_id,
            )
        return self._reader

    def watch(self) -> None:
        """See what capture has to follow: stock only once it was accepted. Only while nothing captures."""
        stock = self.state.follow_stock = accepted(self.state)
        kinds = watched(self.profile, stock=stock)
        if kinds != self.watched:
            self.watched, self._reader = kinds, None

    def interrupt(self) -> None:
        """Wake a reader that waits for the server."""
        if self._reader is not None:
            self._reader.interrupt()

    def use(self, books: Books) -> None:
        """Map and deliver with these facts of the agreement from now on."""
        self.books = books
        self.context.agreement = books.agreement

    def close(self) -> None:
        """Close all connections and store what waits."""
        self.economic.close()
        self.shop.close()
        self.state.close()

    def _log_call(self, call: Call) -> None:
        if self.on_call is not None:
            self.on_call(call.method, call.status, call.ms / 1000)
        self.state.log_call(
            Delivery(
                at=datetime.now(UTC),
                method=call.method,
                path=call.path,
                status=call.status,
                milliseconds=round(call.ms),
                log_id=call.log_id,
                error_code=call.error_code,
                key=CURRENT_KEY.get(),
            )
        )
