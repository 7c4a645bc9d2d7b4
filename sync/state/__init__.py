"""What has to outlive the process: tasks, position, intents, links, brakes, the delivery log.

Others use `State` and the shapes named here; the other modules are how it is done.
"""

from sync.state.changes import SKIPPED_BY_HAND, Klass
from sync.state.claims import Claim
from sync.state.control import BRAKES, Brake, Pause
from sync.state.deliverylog import Delivery
from sync.state.errors import (
    ClaimLost,
    GenerationMoved,
    IntentOpen,
    NaturalKeyBusy,
    NotActive,
    StateBusy,
    StateDamaged,
    StateError,
    StateFull,
    StateNewer,
    StateRefused,
    StateUnreachable,
)
from sync.state.intents import Intent
from sync.state.links import Link
from sync.state.naturalkeys import NaturalKind
from sync.state.positions import StoredPosition
from sync.state.requests import Request
from sync.state.state import State
from sync.state.stock import StockRow
from sync.state.stocklines import DueStock, StockLine
from sync.state.tasks import TaskFilter, TaskRow, TaskState
from sync.state.work import Work

__all__ = [
    "BRAKES",
    "SKIPPED_BY_HAND",
    "Brake",
    "Claim",
    "ClaimLost",
    "Delivery",
    "DueStock",
    "GenerationMoved",
    "Intent",
    "IntentOpen",
    "Klass",
    "Link",
    "NaturalKeyBusy",
    "NaturalKind",
    "NotActive",
    "Pause",
    "Request",
    "State",
    "StateBusy",
    "StateDamaged",
    "StateError",
    "StateFull",
    "StateNewer",
    "StateRefused",
    "StateUnreachable",
    "StockLine",
    "StockRow",
    "StoredPosition",
    "TaskFilter",
    "TaskRow",
    "TaskState",
    "Work",
]
