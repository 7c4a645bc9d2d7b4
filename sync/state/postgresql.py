"""The state in PostgreSQL: its connections, which the shops of one process share, its time-outs and its errors.

Facts. A client that is stopped in the middle of a transaction keeps its row locks and advisory locks for as long as
its session lasts; `idle_in_transaction_session_timeout` ends such a session. A server that is cut off sends nothing:
only TCP's own time-outs notice. (PostgreSQL's documentation, "Client Connection Defaults" and libpq's "Parameter Key
Words".)
"""

from __future__ import annotations

import threading

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError

from sync.state.errors import StateBusy, StateDamaged, StateError, StateFull, StateRefused, StateUnreachable

IDLE_IN_TRANSACTION = 4
"""Seconds after which the server ends a transaction whose process says nothing: sooner than the shop's lock is lost."""

STATEMENT = 60
"""Seconds that one statement may take."""

KEPT, AT_MOST = 6, 24
"""Connections that a process keeps for all its shops, and those that it opens when all are busy."""

_SILENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

_engines: dict[str, tuple[Engine, int]] = {}
_guard = threading.Lock()


def engine(url: URL, name: str, *, busy_timeout: float) -> Engine:
    """The connections to a database, shared by everybody in this process who names it alike. Give them back.

    `busy_timeout`: seconds to wait for a lock that another session holds. Raises StateRefused without the driver.
    """
    key = f"{url.render_as_string(hide_password=False)} {busy_timeout}"
    with _guard:
        found, users = _engines.get(key, (None, 0))
        if found is None:
            found = _create(url, name, busy_timeout)
        _engines[key] = (found, users + 1)
        return found


def give_back(engine: Engine) -> None:
    """Close the connections when nobody else uses them."""
    with _guard:
        for key, (known, users) in list(_engines.items()):
            if known is not engine:
                continue
            if users > 1:
                _engines[key] = (known, users - 1)
                return
            del _engines[key]
    engine.dispose()


def _create(url: URL, name: str, busy_timeout: float) -> Engine:
    limits = {
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION,
        "lock_timeout": busy_timeout,
        "statement_timeout": STATEMENT,
    }
    own = url.query.get("options", "")
    options = [own if isinstance(own, str) else " ".join(own)]
    options += [f"-c {setting}={round(seconds * 1000)}" for setting, seconds in limits.items()]
    try:
        return create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_size=KEPT,
            max_overflow=AT_MOST - KEPT,
            pool_pre_ping=True,
            hide_parameters=True,  # bodies with people's data
            connect_args={**_SILENCE, "options": " ".join(filter(None, options))},
        )
    except (ImportError, NoSuchModuleError) as error:
        raise StateRefused(
            f"the state {name} needs PostgreSQL's driver", hint="pip install 'magento-economic[postgresql]'"
        ) from error


def translate(error: BaseException, name: str) -> StateError:
    """The state's word for an error of the driver."""
    # SQLSTATE classes: 08 connection, 28 login, 3D no such database, 40/55 serialisation and locks,
    # 42501 privilege, 53100 disk full, 53300 too many connections, 57 operator intervention and time-outs
    sqlstate = str(getattr(error, "sqlstate", None) or "")
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    lowered = text.lower()
    if sqlstate == "53100":
        return StateFull(f"the disk of the state {name} is full; nothing was stored, nothing is lost")
    if sqlstate[:2] in ("40", "55"):
        return StateBusy(f"the state {name} is locked: {text}")
    if sqlstate == "53300" or "too many clients" in lowered or "remaining connection slots" in lowered:
        return StateUnreachable(
            f"the state {name} has no connection left: {text}",
            hint=f"raise max_connections: a process keeps {KEPT} and opens up to {AT_MOST}",
        )
    refused = sqlstate[:2] in ("28", "3D") or sqlstate == "42501"
    # a connection that is refused comes without a SQLSTATE
    if refused or (not sqlstate and ("authentication failed" in lowered or "does not exist" in lowered)):
        return StateRefused(f"the state {name} refuses us: {text}", hint="check STATE_DATABASE_URL")
    if sqlstate.startswith("XX"):
        return StateDamaged(f"the state {name} is damaged: {text}", hint="ask the database's administrator")
    return StateUnreachable(f"the state {name} does not answer: {text}")
