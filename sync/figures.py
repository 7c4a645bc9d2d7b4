"""The figures that the service reads off the state for its metrics, every few seconds."""

from __future__ import annotations

from sync.metrics import Metrics
from sync.state.state import State


def read_figures(state: State, metrics: Metrics) -> None:
    """Set the gauges of tasks, calls and links. Raises the errors of `sync.state.errors`."""
    for name, number in state.counts().items():
        metrics.tasks.labels(name).set(number)
    oldest = state.oldest_waiting()
    metrics.oldest.set(0 if oldest is None else oldest.total_seconds())
    metrics.calls_today.set(state.calls_today())
    for kind, number in state.links_by_kind().items():
        metrics.links.labels(kind).set(number)
    file = state.database.file
    if file is not None:
        metrics.state_bytes.set(file.stat().st_size)
