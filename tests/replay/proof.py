"""What holds for every recording: the end state, any cut, no needless write, nothing left for a second reading."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar, TypeVar

import pytest

import sync.writer
from sync.demo.mariadb import PrivateMariaDB
from tests.faults.scale import FULL, of
from tests.replay.endstate import as_sent, differences
from tests.replay.recording import ABSENT, FOLDER, Recording
from tests.replay.stage import Ending, Stage

T = TypeVar("T")

PLAIN = "extends: sandbox\n"
RICH = """\
extends: sandbox
customers: {sync: accounts, update: [name, address, phone]}
products: {sync: catalog, existing: update, update: [name, sales_price]}
payments:
  record: on
  journal: 1
  accounts: {map: order.payment.method, to: {checkmo: 5820}, default: null}
  text: "Betaling {{ payment.method }}"
fields:
  product: {sales_price: {expr: product.price}}
"""
OPTIONS = ("--max-allowed-packet=64M",)
CUTS = of(0, 16)
"""How many cuts are tried; 0 is all, at every boundary between two transactions where `everywhere` says so."""
DEATHS = of(0, 4)
"""How many writes are tried as the last thing that a life does; 0 is all."""


@dataclass(frozen=True, slots=True)
class Played:
    """A recording that was played, and how that ended."""

    stage: Stage
    ending: Ending


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
class Proof:
    """The tests. A subclass names the recording, the profile, and how many documents stand in the end."""

    recording: ClassVar[str]
    profile: ClassVar[str]
    documents: ClassVar[int]
    everywhere: ClassVar[bool] = False
    follows: ClassVar[bool] = True
    """Whether the profile keeps debtors and products up to date: if not, they are as they were when they were made."""

    @pytest.fixture(scope="class")
    @classmethod
    def played(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
        """The recording, played while the service was there all the time."""
        with pytest.MonkeyPatch.context() as patch, PrivateMariaDB(OPTIONS) as server:
            patch.setattr(sync.writer, "SETTLE", timedelta(0))  # the sandbox's lists are never late here
            stage = Stage(Recording.read(cls.recording), server, tmp_path_factory.mktemp("replay"), cls.profile)
            yield Played(stage, stage.play(everywhere=FULL and cls.everywhere))

    def test_what_stands_is_what_the_final_rows_ask_for(self, played: Played) -> None:
        wanted, standing = played.stage.asked_for(), played.ending.standing
        assert wanted.parked == {}
        assert played.ending.left == {}
        have = {
            reference: [(one["at"], Decimal(str(one["grossAmount"])).quantize(Decimal("0.01"))) for one in some]
            for reference, some in standing.documents.items()
        }
        assert have == {reference: [one] for reference, one in wanted.documents.items()}
        assert len(have) == self.documents
        for reference, lines in wanted.lines.items():
            assert standing.lines(reference) == [as_sent(line) for line in lines], reference

    def test_no_write_left_e_conomic_as_it_was(self, played: Played) -> None:
        assert played.ending.writes.needless == []
        assert played.ending.writes.repeated == []
        assert len(played.ending.writes.all) >= self.documents * 2

    def test_a_cut_at_any_transaction_gives_the_same(self, played: Played) -> None:
        wrong: list[str] = []
        for cut in _some(played.stage.cuts, CUTS):
            wrong += self._differs(str(cut), played, played.stage.resume(cut))
        assert not wrong, "\n".join(wrong)

    def test_death_in_any_write_gives_the_same(self, played: Played) -> None:
        wrong: list[str] = []
        writes = len(played.stage.resume(played.stage.cuts[0]).writes.all)
        ways = [(number, answered) for number in range(1, writes + 1) for answered in (False, True)]
        for number, answered in _some(ways, DEATHS):
            ending = played.stage.resume(played.stage.cuts[0], dies_at=number, answered=answered)
            wrong += self._differs(f"died at write {number}, {answered=}", played, ending)
        assert not wrong, "\n".join(wrong)

    def test_a_second_reading_sends_no_write(self, played: Played) -> None:
        again = played.stage.again()
        assert again.writes.all == []
        assert self._differs("again", played, again) == []

    def test_a_second_reading_without_a_state_sends_no_write(self, played: Played) -> None:
        again = played.stage.again(lost=True)
        assert again.writes.all == []
        assert self._differs("again", played, again) == []

    def test_the_same_rows_on_another_server_send_no_write(self, played: Played) -> None:
        with PrivateMariaDB(OPTIONS) as other:
            again = played.stage.elsewhere(other)
        assert again.writes.all == []
        assert self._differs("again", played, again) == []

    @classmethod
    def _differs(cls, what: str, played: Played, ending: Ending) -> list[str]:
        """How a life that was cut ended otherwise than one that was not."""
        wrong = [f"{key} is {how}" for key, how in ending.left.items()]
        wrong += [f"needless: {write}" for write in ending.writes.needless]
        one, other = played.ending.standing, ending.standing
        wrong += differences(one, other) if cls.follows else differences(one.by_name(), other.by_name())
        return [f"{what}: {one}" for one in wrong]


def _some(all_: Sequence[T], most: int) -> list[T]:
    """All, or as many as `most` says, spread over all of them and other ones each day."""
    if not most or len(all_) <= most:
        return list(all_)
    size = len(all_) / most
    chance = random.Random(date.today().toordinal())  # noqa: DTZ011  (a seed)
    return [all_[int((number + chance.random()) * size)] for number in range(most)]
