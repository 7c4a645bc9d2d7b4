"""An OpenMage 20.18 shop's recording: bundles, configurables, refunds, edits and deletes in 749 transactions."""

from __future__ import annotations

from tests.faults.scale import FULL
from tests.replay.proof import PLAIN, RICH, Proof


class TestPlain(Proof):
    """Orders alone, as the shipped profile has it."""

    recording = "openmage"
    profile = PLAIN
    everywhere = True
    follows = False
    documents = 12


if FULL:

    class TestRich(Proof):
        """Accounts, catalog and payments are followed too."""

        recording = "openmage"
        profile = RICH
        documents = 12
