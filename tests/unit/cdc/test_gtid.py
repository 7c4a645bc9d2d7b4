from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdc.errors import CaptureError, UnreadableEvent
from cdc.gtid import MariaDbGtids, MySqlGtids

A, B = "3e11fa47-71ca-11e1-9e33-c80aa9429562", "4c9e3dfc-9d25-11e9-8d2e-0242ac1cfd7e"


def test_mariadb_keeps_every_domain() -> None:
    gtids = MariaDbGtids("1-1-7, 0-1-5")
    gtids.add("0-2-6")
    assert str(gtids) == "0-2-6,1-1-7"
    assert gtids.sequence(0) == 6
    assert gtids.sequence(9) == 0
    assert gtids.latest() == ["0-2-6", "1-1-7"]


def test_mariadb_contains_goes_by_domain() -> None:
    have = MariaDbGtids("0-1-5,1-1-7")
    assert have.contains(MariaDbGtids("0-9-5"))
    assert have.contains(MariaDbGtids(""))
    assert not have.contains(MariaDbGtids("0-1-6"))
    assert not have.contains(MariaDbGtids("2-1-1"))


def test_mysql_merges_intervals_and_keeps_holes() -> None:
    gtids = MySqlGtids(f"{A}:1-5,\n{B}:3")
    for number in (6, 9, 8):
        gtids.add(f"{A}:{number}")
    assert str(gtids) == f"{A}:1-6:8-9,{B}:3"
    gtids.add(f"{A.upper()}:7")
    assert str(gtids) == f"{A}:1-9,{B}:3"
    assert gtids == MySqlGtids(f"{B}:3,{A}:1-9")


def test_mysql_contains_goes_by_interval() -> None:
    have = MySqlGtids(f"{A}:1-5:9-12")
    assert have.contains(MySqlGtids(f"{A}:2-4:10"))
    assert not have.contains(MySqlGtids(f"{A}:5-9"))
    assert not have.contains(MySqlGtids(f"{B}:1"))
    assert have.contains(MySqlGtids(""))


@given(st.lists(st.integers(1, 60), max_size=60))
def test_mysql_set_is_a_set(numbers: list[int]) -> None:
    gtids = MySqlGtids()
    for number in numbers:
        gtids.add(f"{A}:{number}")
    for number in range(1, 62):
        assert gtids.contains(MySqlGtids(f"{A}:{number}")) == (number in numbers)
    assert MySqlGtids(str(gtids)) == gtids


@pytest.mark.parametrize("text", ["0-1", "a-b-c", "0:1:2"])
def test_what_is_no_mariadb_gtid_is_refused(text: str) -> None:
    with pytest.raises(CaptureError, match="no MariaDB GTID"):
        MariaDbGtids(text)


def test_what_is_no_mysql_gtid_is_refused_and_tags_say_why() -> None:
    with pytest.raises(CaptureError, match="no MySQL GTID"):
        MySqlGtids("0-1-5")
    with pytest.raises(UnreadableEvent, match="tags"):
        MySqlGtids(f"{A}:deploy:1")
