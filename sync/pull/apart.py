"""Work on many things at once, in which one that nobody knew of does not keep the others back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from cdc.errors import MagentoError
from econ_client.errors import EconomicError
from sync import trouble
from sync.errors import SyncError
from sync.state.errors import StateError

log = logging.getLogger("magento_economic.pull")

T = TypeVar("T")


def each(work: Callable[[Sequence[T]], object], some: Sequence[T], name: Callable[[T], str]) -> list[T]:
    """Do `work` for all of them; those at which the program itself failed, told in the log by `name`.

    After such a failure it is done again for one half and then the other, so it has to bear that. Raises what concerns
    all of them: the errors of `cdc.errors`, `econ_client.errors`, `sync.errors` and `sync.state.errors`.
    """
    try:
        if some:
            work(some)
    except (EconomicError, MagentoError, StateError, SyncError):
        raise
    except Exception as error:  # noqa: BLE001  (one must not stop all)
        if len(some) > 1:
            half = len(some) // 2
            return each(work, some[:half], name) + each(work, some[half:], name)
        what, where = type(error).__name__, trouble.where(error)
        log.error("internal error %s at %s with %s; please report it", what, where, name(some[0]))
        return list(some)
    return []
