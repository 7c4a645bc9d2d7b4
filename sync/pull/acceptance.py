"""Whether stock may be written at all: somebody looked at the first dry run and said so."""

from __future__ import annotations

import logging

from sync.pull.ledger import FILLED, NEWEST
from sync.state.state import State

log = logging.getLogger("magento_economic.pull")

ACCEPTED = "stock:accepted"

WAY = "stock:kept"
"""Under which name the state keeps how the shop kept stock then: `cdc.stock_layout.StockLayout.way`."""


def accepted(state: State) -> bool:
    """Whether `pull stock --accept` was run for this shop."""
    return state.get(ACCEPTED) == "yes"


def agreed_way(state: State) -> str:
    """How the shop kept stock when that was accepted; empty where nobody noted it."""
    return state.get(WAY) or ""


def accept(state: State, by: str, way: str = "") -> None:
    """Let stock be written from now on, durably. Only for whoever holds the shop's lock. `way` is how it is kept.

    All orders are read anew: capture told of none of those that changed until now. Where stock was kept in another way
    before, what is remembered of the rows is forgotten with it.
    """
    if accepted(state):
        before = agreed_way(state)
        if before and before != way:
            state.forget_seen(rows=True)
            log.info("accepted by %s: the shop keeps stock in another way than before", by)
        if before != way:
            state.put(WAY, way, by=by)
        return
    state.put(FILLED, "0")
    state.put(NEWEST, "0")
    state.put(WAY, way, by=by)
    state.put(ACCEPTED, "yes", by=by)
    log.info("stock was accepted by %s: e-conomic's numbers are written into Magento from now on", by)
