"""How things stand, as `status` says it: from the state alone, so that it also works beside a running service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from econ_client.pace import FAIR_USE
from sync.gap import Gap
from sync.productlinks import POINTS
from sync.pull.fieldmemory import DOCUMENT
from sync.pull.figures import pull_status
from sync.state.state import State

_NOTE = "service"
_FRESH = timedelta(seconds=10)


def note_service(
    state: State, *, connected: bool, lag_seconds: float, standby: bool, pull: Mapping[str, Any] | None = None
) -> None:
    """What the running service leaves in the state every few seconds, for commands beside it."""
    said = {
        "at": datetime.now(UTC).isoformat(),
        "connected": connected,
        "lag_seconds": round(lag_seconds, 3),
        "standby": standby,
        "pull": dict(pull or {}),
    }
    state.put(_NOTE, json.dumps(said))


def forget_service(state: State) -> None:
    """The service has stopped."""
    state.put(_NOTE, "{}", anyone=True)


def service_runs(state: State) -> bool:
    """Whether a service has spoken within the last seconds."""
    return bool(_service(state))


def status(state: State) -> dict[str, Any]:
    """The contract of `status --json`."""
    stored = state.stored_position()
    service = _service(state)
    gap = Gap.load(state.gap_note())
    links = {kind: number for kind, number in state.links_by_kind().items() if kind not in (POINTS, DOCUMENT)}
    kinds = ("customer", "product", "order_draft", "invoice_draft", "invoice_booked", "credit_note_booked")
    return {
        "capture": {
            "connected": bool(service.get("connected")),
            "position": None if stored is None else _position(stored.position),
            "lag_seconds": service.get("lag_seconds"),
            "gap": None if gap is None else gap.as_json(),
        },
        "tasks": dict(state.counts()),
        "links": {**dict.fromkeys(kinds, 0), **links},
        "calls": {"today": state.calls_today(), "limit": FAIR_USE},
        "paused": sorted(state.paused()),
        "pull": pull_status(state, service.get("pull", {})),
    }


def _service(state: State) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(state.get(_NOTE) or "{}")
    if not said or datetime.now(UTC) - datetime.fromisoformat(said["at"]) > _FRESH:
        return {}
    return said


def _position(position: Any) -> str:
    place = f"{position.place.file}:{position.place.offset}"
    return f"{position.gtid_set} ({place})" if position.gtid_set else place


def spoke_within(state: State, lately: timedelta) -> bool:
    """Whether an active service that uses this state has spoken, or said that it stops, within a time."""
    spoken = state.since(_NOTE)
    return spoken is not None and state.now() - spoken < lately
