"""Before this process is the shop's active one: what a standby remembers, and what it does first when it takes over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from cdc.binlog import current_position, random_server_id
from cdc.connect import Database
from cdc.errors import MagentoError
from sync import orphans
from sync.parts import Parts
from sync.state.changes import Klass
from sync.state.errors import StateError
from sync.state.tasks import TaskFilter
from sync.status import spoke_within

log = logging.getLogger("magento_economic.service")

IN_FLIGHT = 5.0
"""Seconds for which nothing is sent after another process's death, when the state does not know its open writes.

What that one sent in its last moment is then in e-conomic's lists, where it is looked up.
"""

TRY_AGAIN = 10.0
"""Seconds between two tries to learn where the binlog stands."""

LATELY = timedelta(seconds=20)
"""A service that uses this state spoke in it so lately, even when it was stopped and lost the lock by that."""


class Wait:
    """One wait for the shop's lock."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._behind = self._placed = False
        self._tried_at = -TRY_AGAIN
        self._until = 0.0

    def begin(self) -> None:
        """It begins."""
        self._behind = False

    def behind_another(self) -> None:
        """Another process is active. A state that was never used begins where the binlog stands now, not later.

        What the shop commits between that one's death and the take-over would else be missed.
        """
        self._behind = True
        if self._placed or time.monotonic() - self._tried_at < TRY_AGAIN:
            return
        self._tried_at = time.monotonic()
        parts, settings = self._parts, self._parts.settings
        try:
            if parts.state.position() is None:
                where = Database.parse(settings.binlog_url, tls_ca=settings.tls_ca)
                position = current_position(where, server_id=settings.server_id or random_server_id())
                parts.state.begin_at(position)
            self._placed = True
        except (MagentoError, StateError) as error:
            log.warning("standby: where the binlog stands is not known yet: %s", error)

    def end(self) -> None:
        """The lock is held. Raises the errors of `sync.state.errors`."""
        if self._behind and not spoke_within(self._parts.state, LATELY):
            self._until = time.monotonic() + IN_FLIGHT
            log.info("what another process with a state of its own sent last is waited for: %.0f s", IN_FLIGHT)
        self._behind = False

    def left(self) -> str | None:
        """Why nothing is sent yet; None when that is over."""
        if time.monotonic() < self._until:
            return "what another process sent last is waited for"
        return None


def take_over(parts: Parts, active: Callable[[], bool]) -> None:
    """Make the state this process's own, with what a start looks at again. Raises the errors of `sync.state.errors`."""
    state = parts.state
    state.take_over(active)
    _look_again_after_a_new_profile(parts)
    if not parts.context.observe:
        state.retry(TaskFilter(reason="observed"))
        orphans.look_again(state)


def _look_again_after_a_new_profile(parts: Parts) -> None:
    """Open documents follow a changed profile; booked ones stay, and what was skipped or parked is tried anew."""
    state, mark = parts.state, parts.profile.fingerprint
    before = state.get("profile")
    if before == mark:
        return
    if before is not None:
        open_kinds = ("order_draft", "invoice_draft", "credit_note_draft")
        keys = {link.entity for kind in open_kinds for link in state.links_everywhere(kind)}
        keys |= {task.key for task in state.tasks(("parked", "skipped", "waiting"), limit=1_000_000)}
        count = state.enqueue(sorted(keys), Klass.BACKFILL, reason="new_profile")
        log.info("the profile has changed: %d keys are looked at again", count)
    state.put("profile", mark)
