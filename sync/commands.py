"""What the commands do, one function each; what needs the network or a server is built here and closed again."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from cdc.binlog import current_position, random_server_id
from cdc.connect import Database
from cdc.keys import Key, Kind
from cdc.position import Position
from econ_client.errors import EconomicError
from sync import checks as checking
from sync import preview as previewing
from sync import startup
from sync import status as standing
from sync.checks import Check
from sync.errors import ConfigError, SyncError
from sync.gap import Gap
from sync.parts import Parts, open_economic, open_profile, open_shop, open_state
from sync.preview import Preview
from sync.pull import checks as stock_checks
from sync.pull.acceptance import accepted, agreed_way
from sync.pull.figures import products_called
from sync.service import Service
from sync.settings import Settings
from sync.shops import Shops
from sync.state.control import BRAKES, Brake
from sync.state.engine import parse_url
from sync.state.errors import StateError
from sync.state.state import State
from sync.state.tasks import TaskFilter, TaskRow, TaskState


def service(settings: Settings, *, observe: bool) -> Service:
    """The service, ready to run. Raises `ConfigError`."""
    startup.take_short_turns()
    return Service(Parts(settings, observe=observe, patience=startup.STATE_PATIENCE))


def shops(folder: str, environment: Mapping[str, str], *, observe: bool) -> Shops:
    """The shops of a folder, ready to run. Raises `ConfigError`."""
    startup.take_short_turns()
    return Shops(Path(folder), environment, observe=observe)


def checks(settings: Settings) -> list[Check]:
    """Every start-up check. Raises `ConfigError` for a profile or a state that cannot be read."""
    profile = open_profile(settings)
    shop = open_shop(settings)
    found = [Check("profile", "ok", settings.profile)]
    proves = profile.settings.stock.basis == "available"
    with _state_if_there(settings, make=proves) as state, closing(shop):
        pulled = state is not None and accepted(state)
        found += checking.check_magento(settings, shop, profile)
        if all(one.verdict == "ok" for one in found if one.name == "Magento database"):
            way = "" if state is None else agreed_way(state)
            found += stock_checks.check_shop_stock(settings, shop, profile, accepted=pulled, way=way)
        with open_economic(settings) as economic:
            about, books = checking.check_economic(economic, profile)
            found += about
            found += stock_checks.check_agreement(economic, profile, books, state)
    return found


@contextmanager
def _state_if_there(settings: Settings, *, make: bool) -> Iterator[State | None]:
    """The state; unless `make`, None when no service has made its file yet."""
    try:
        url = parse_url(settings.state_url)
    except StateError as error:
        raise ConfigError(str(error), hint=error.hint) from error
    if not make and url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        yield None
        return
    with _state(settings) as state:
        yield state


def preview(settings: Settings, kind: str, ref: str) -> Preview:
    """The documents for one order, customer or product."""
    parts = Parts(settings, observe=True)
    try:
        found, books = checking.check_economic(parts.economic, parts.profile)
        if books is None:
            raise ConfigError(str(found[0])) if found[0].verdict == "wrong" else EconomicError(found[0].found)
        parts.use(books)
        show = {
            "order": previewing.preview_order,
            "customer": previewing.preview_customer,
            "product": previewing.preview_product,
        }[kind]
        return show(parts.context, ref)
    finally:
        parts.close()


@contextmanager
def _state(settings: Settings) -> Iterator[State]:
    state = open_state(settings)
    try:
        yield state
    finally:
        state.close()


def status(settings: Settings) -> dict[str, Any]:
    """How things stand."""
    with _state(settings) as state:
        return standing.status(state)


def _which(
    state: State, refs: Sequence[str], state_name: str | None, kind: str | None, reason: str | None
) -> TaskFilter:
    keys = None
    if refs:
        wanted = cast(Kind, kind or "order")
        keys = [key for ref in refs for key in _keys(state, wanted, ref)]
    states = None if state_name is None else [cast(TaskState, state_name)]
    return TaskFilter(keys=keys, states=states, kind=cast(Kind | None, kind), reason=reason)


def _keys(state: State, kind: Kind, ref: str) -> list[Key]:
    """The keys that people call so: by their increment id where a task or link knows it, else by their id."""
    if ref.startswith("id:"):
        return [Key(kind, ref[3:].strip())]
    known = state.keys_called(kind, ref)
    return known or [Key(kind, ref)]


def tasks(settings: Settings, state_name: str | None, kind: str | None, reason: str | None) -> list[TaskRow]:
    """Tasks that fit."""
    with _state(settings) as state:
        which = _which(state, (), state_name, kind, reason)
        return state.tasks(which.states, which.kind, which.reason, limit=100_000)


def show(settings: Settings, kind: str, ref: str) -> dict[str, Any]:
    """One key's task, links and latest calls; of a SKU, what became of its stock.

    Raises `SyncError` when nothing is known of it.
    """
    with _state(settings) as state:
        if kind == "stock" and (found := products_called(state, ref)):
            return {"kind": kind, "key": ref, "products": found}
        for key in _keys(state, cast(Kind, kind), ref):
            task = state.task(key)
            links = state.links(key)
            if task is None and not links:
                continue
            return {
                "kind": key.kind,
                "key": key.id,
                "task": None if task is None else task.as_json(),
                "links": [
                    {
                        "role": link.role,
                        "document": link.document,
                        "number": link.number,
                        "reference": link.reference,
                        "net": None if link.net is None else str(link.net),
                        "vat": None if link.vat is None else str(link.vat),
                        "gross": None if link.gross is None else str(link.gross),
                    }
                    for link in links.values()
                ],
                "calls": [
                    {
                        "at": call.at.isoformat(timespec="milliseconds"),
                        "call": f"{call.method} {call.path}",
                        "status": call.status,
                        "milliseconds": call.milliseconds,
                        "error_code": call.error_code,
                        "log_id": call.log_id,
                    }
                    for call in state.deliveries(key, limit=30)
                ],
                "open_writes": [
                    {"role": intent.role, "method": intent.request.method, "path": intent.request.path}
                    for intent in state.open_intents(key)
                ],
            }
        raise SyncError(f"nothing is known of {kind} {ref}", hint="`tasks list` shows every key that waits")


def retry(settings: Settings, refs: Sequence[str], state_name: str | None, kind: str | None, reason: str | None) -> int:
    """Let tasks run again; how many."""
    _some(refs, state_name, kind, reason)
    with _state(settings) as state:
        return state.retry(_which(state, refs, state_name, kind, reason))


def skip(settings: Settings, refs: Sequence[str], state_name: str | None, kind: str | None, reason: str | None) -> int:
    """Set tasks aside; how many."""
    _some(refs, state_name, kind, reason)
    with _state(settings) as state:
        return state.skip(_which(state, refs, state_name, kind, reason), by=f"skipped by {me()}")


def _some(refs: Sequence[str], *options: str | None) -> None:
    if not refs and not any(options):
        raise ConfigError("name tasks, or give --state, --kind or --reason")


def pause(settings: Settings, brakes: Sequence[Brake]) -> list[str]:
    """Put brakes on, all when none is named; which are on now."""
    with _state(settings) as state:
        for brake in brakes or BRAKES:
            state.pause(brake, by=me())
        return sorted(state.paused())


def resume(settings: Settings, brakes: Sequence[Brake]) -> list[str]:
    """Let brakes go, all when none is named; which are still on."""
    with _state(settings) as state:
        for brake in brakes or BRAKES:
            state.resume(brake)
        return sorted(state.paused())


def me() -> str:
    """Who runs the command, by the system's name of the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        return "somebody"


@dataclass(frozen=True, slots=True)
class Adoption:
    """A server that is about to be accepted."""

    state: State
    position: Position
    gap: Gap | None
    meaning: str

    def carry_out(self) -> None:
        """Read on from the server's present end; the service looks at what may have changed at its next start."""
        gap = None if self.gap is None else self.gap.dump()
        self.state.set_position(self.position, other_log=True, gap=gap or "")
        self.state.close()

    def close(self) -> None:
        """Leave everything as it is."""
        self.state.close()


def adopt(settings: Settings) -> Adoption:
    """What accepting the server would mean. Raises what connecting raises."""
    database = Database.parse(settings.binlog_url, tls_ca=settings.tls_ca)
    position = current_position(database, server_id=settings.server_id or random_server_id())
    state = open_state(settings)
    if standing.service_runs(state):
        state.close()
        raise ConfigError("the service runs; stop it first, then adopt")
    before = state.stored_position()
    gap = None if before is None else Gap.after(before, datetime.now(UTC), "another server was adopted", other_log=True)
    known = "nothing yet" if before is None else _place(before.position)
    compared = (
        ""
        if gap is None
        else "When the service starts it compares every order, customer and product that it knows, and all that "
        f"changed since {gap.since:%Y-%m-%d %H:%M} UTC. An id that is another order's by now parks as "
        "identity_changed, a deleted order as deleted_in_magento; for neither anything is sent.\n"
    )
    meaning = (
        f"Read so far: {known}.\n"
        f"{database} stands at {_place(position)}.\n"
        f"Adopting it means: this is the shop's real server.\n{compared}"
        "Never do it on a copy of the shop that has the real agreement's tokens: its orders would be booked."
    )
    return Adoption(state, position, gap, meaning)


def _place(position: Position) -> str:
    return f"{position.gtid_set or ''} {position.place.file}:{position.place.offset}".strip()


def sandbox(port: int, seed: str, switches: dict[str, Any], file: str | None = None) -> None:
    """Serve the local e-conomic until a signal. Raises `ConfigError` when the port or `file` cannot be used."""
    from econ_client.sandbox.server import serve

    try:
        serve(port, seed, switches, file=file)
    except (OSError, ValueError) as error:
        raise ConfigError(f"the sandbox cannot start on port {port}: {error}") from error
