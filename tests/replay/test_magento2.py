"""A Magento 2.4.6 shop's recording: orders, refunds, edits, deletes and reindexes in 1,153 transactions."""

from __future__ import annotations

from tests.faults.scale import FULL
from tests.replay.proof import PLAIN, RICH, Proof


class TestRich(Proof):
    """Accounts, catalog and payments are followed too."""

    recording = "magento2"
    profile = RICH
    everywhere = True
    documents = 9


if FULL:

    class TestPlain(Proof):
        """Orders alone, as the shipped profile has it."""

        recording = "magento2"
        profile = PLAIN
        follows = False
        documents = 9
