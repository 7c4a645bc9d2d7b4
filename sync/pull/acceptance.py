"""Whether stock may be written at all: somebody looked at the first dry run and said so."""

from __future__ import annotations

import logging

from sync.pull.ledger import FILLED, NEWEST
from sync.state.state import State

log = logging.getLogger("magento_economic.pull")

ACCEPTED = "stock:accepted"


def accepted(state: State) -> bool:
    """Whether `pull stock --accept` was run for this shop."""
    return state.get(ACCEPTED) == "yes"


def accept(state: State, by: str) -> None:
    """Let stock be written from now on, durably. Only for whoever holds the shop's lock.

    All orders are read anew: capture told of none of those that changed until now.
    """
    if accepted(state):
        return
    state.put(FILLED, "0")
    state.put(NEWEST, "0")
    state.put(ACCEPTED, "yes", by=by)
    log.info("stock was accepted by %s: e-conomic's numbers are written into Magento from now on", by)
