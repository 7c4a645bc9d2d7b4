"""Scheduled updates of Adobe Commerce: a product that changes by time alone is looked at when its time has come.

No event announces it, and it may have been scheduled before this program was there. So it is looked for as what it is:
a version that began or ended since the last look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from cdc.errors import MagentoError
from cdc.keys import Key
from sync import trouble
from sync.context import Context
from sync.errors import Fenced
from sync.state.changes import BULK, Klass, live_class
from sync.state.errors import StateError

log = logging.getLogger("magento_economic.schedules")

EVERY = 2.0
"""Seconds between two looks."""

SOON = 0.5
"""Seconds between two tries while nothing may be looked for yet."""

TROUBLE = 30.0
"""Seconds until the next look after one that failed."""

ELSEWHERE = 300.0
"""Seconds between two looks whether a shop without versions has some by now."""

FIRST = 60
"""Seconds before the very first look from which on what turned is told: deliveries may have begun before it."""

_LAST = "schedules"


@dataclass(slots=True)
class Schedules:
    """Lets products be reconciled of which a version began or ended.

    The time of the last look is the server's own, and is stored with the products that were found: what turned while
    nothing ran is found at the next start. The first start begins with what turns from then on.
    """

    context: Context
    may_look: Callable[[], bool]
    _since: int | None = field(default=None, init=False)

    def run(self, stop: threading.Event) -> None:
        """Look every few seconds, until `stop`."""
        self._since = None
        pause = SOON
        while not stop.wait(pause):
            pause = EVERY
            try:
                if not self.may_look():
                    pause = SOON
                elif not self.look():
                    pause = ELSEWHERE
            except Fenced:
                continue  # `stop` follows, or the lock is confirmed again
            except (MagentoError, StateError) as error:
                log.warning("scheduled updates could not be looked for: %s", trouble.told(error))
                pause = TROUBLE
            except Exception as error:  # noqa: BLE001  (a thread that ends is missed by nobody)
                log.error("internal error %s at %s; please report it", type(error).__name__, trouble.where(error))
                pause = ELSEWHERE

    def look(self) -> bool:
        """Enqueue what has turned since the last look; False where products have no versions.

        Raises the errors of `cdc.errors` and `sync.state.errors`, and `Fenced`.
        """
        context, state = self.context, self.context.state
        if self._since is None:
            stored = state.get(_LAST)
            self._since = int(stored) if stored else None
        turned = context.shop.versions_turned(self._since)
        if turned is None:
            return False
        now, ids = turned
        if self._since is None:
            self._since = now - FIRST
            state.put(_LAST, str(self._since))
            return True
        if ids:
            keys = [Key("product", str(one)) for one in ids]
            context.fence()
            state.enqueue(keys, live_class(keys[0]) if len(keys) < BULK else Klass.BACKFILL, reason="scheduled_update")
            state.put(_LAST, str(now))
            log.info("scheduled updates: of %d products another version is in force", len(keys))
        self._since = now
        return True
