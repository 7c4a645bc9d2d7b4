"""Claims, generations, classes: no task twice, no change lost, nobody starved."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from cdc.keys import Key
from sync.outcome import Done, Outcome, ParkedFor, Retry, SkippedFor, Unchanged
from sync.state import ClaimLost, Klass, Link, State, TaskFilter
from tests.integration.state.given import NOW, Clock, changed, order, taken

PARKED = ParkedFor("customer_barred", "Unbar the customer", "E06000", "fingerprint")
RETRY = Retry("unavailable", NOW + timedelta(seconds=30))


def test_eight_threads_claim_no_task_twice(url: str) -> None:
    with State.open(url, "shop") as state:
        changed(state, *(order(number) for number in range(200)))
        claimed: list[Key] = []

        def work(name: str) -> None:
            while (claim := state.claim(name, 60)) is not None:
                claimed.append(claim.key)
                assert state.finish(claim, Done()) is False

        threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert Counter(claimed) == Counter(order(number) for number in range(200))
        assert sum(state.counts().values()) == 0


def test_a_claimed_task_is_nobody_elses_until_its_lease_ends(state: State, clock: Clock) -> None:
    changed(state, order(1))
    first = taken(state, lease=60)
    assert state.claim("other", 60) is None
    clock.move(61)
    second = taken(state, "other")
    assert second.state == "waiting"
    with pytest.raises(ClaimLost):
        state.finish(first, Done())
    with pytest.raises(ClaimLost):
        state.save_link(first, Link(entity=order(1), role="order", document="order_draft", number="1"))
    assert state.links(order(1)) == {}
    state.finish(second, Done())


def test_a_renewed_lease_holds(state: State, clock: Clock) -> None:
    changed(state, order(1))
    claim = taken(state, lease=60)
    clock.move(50)
    claim = state.renew(claim, 60)
    clock.move(50)
    assert state.claim("other", 60) is None
    assert claim.lease_until == NOW + timedelta(seconds=110)
    clock.move(11)
    taken(state, "other")
    with pytest.raises(ClaimLost):
        state.renew(claim, 60)


def test_taking_over_ends_every_lease(state: State) -> None:
    changed(state, order(1), order(2))
    old = taken(state)
    with state.lock_natural_key(old, "customer", "email:a", 1):
        assert state.take_over() == 1
        assert state.counts()["waiting"] == 2
        new = taken(state)
        with state.lock_natural_key(taken(state), "customer", "number:2", 0), pytest.raises(ClaimLost):
            state.finish(old, Done())
    assert new.key == order(1)


@pytest.mark.parametrize("outcome", [Done(), Unchanged(), SkippedFor("before_go_live"), PARKED, RETRY])
def test_a_change_while_running_is_not_lost(state: State, clock: Clock, outcome: Outcome) -> None:
    changed(state, order(1))
    claim = taken(state)
    changed(state, order(1), offset=20)
    assert state.task(order(1)).state == "running"  # type: ignore[union-attr]
    again = state.finish(claim, outcome)
    row = state.task(order(1))
    assert row is not None
    if outcome is RETRY:
        assert (again, row.state, row.due_at, row.attempts) == (False, "retry", RETRY.due_at, 1)
        clock.move(30)
    else:
        assert (again, row.state, row.due_at, row.attempts) == (True, "waiting", NOW, 0)
    claim = taken(state)
    assert claim.generation == 2
    assert claim.refused == ("fingerprint" if outcome is PARKED else "")


@pytest.mark.parametrize("outcome", [Done(), Unchanged()])
def test_done_leaves_no_row(state: State, outcome: Outcome) -> None:
    changed(state, order(1))
    state.finish(taken(state), outcome)
    assert state.task(order(1)) is None


@pytest.mark.parametrize("kind", [Done, Unchanged])
def test_a_later_look_waits_and_a_change_comes_first(state: State, clock: Clock, kind: type[Done | Unchanged]) -> None:
    later = NOW + timedelta(days=3)
    changed(state, order(1))
    state.finish(taken(state), kind(look_again_at=later))
    assert state.claim("worker", 60) is None
    assert state.next_due() == later
    assert state.oldest_waiting() is None
    clock.move(60)
    changed(state, order(1), offset=20)
    assert taken(state).first_seen == clock.now


def test_skipped_stays_to_be_seen(state: State, clock: Clock) -> None:
    changed(state, order(1), order(2))
    state.finish(taken(state), SkippedFor("before_go_live"), reference="000000001")
    state.finish(taken(state), SkippedFor("pending_payment", look_again_at=NOW + timedelta(hours=1)))
    assert state.claim("worker", 60) is None
    rows = state.tasks(reason="before_go_live")
    assert [(row.key, row.reference, row.state, row.due_at) for row in rows] == [
        (order(1), "000000001", "skipped", None)
    ]
    clock.move(3_600)
    claim = taken(state)
    assert (claim.key, claim.state, claim.reason) == (order(2), "skipped", "pending_payment")


def test_retry_counts_only_failures(state: State, clock: Clock) -> None:
    changed(state, order(1))
    state.finish(taken(state), Retry("not_reached", NOW + timedelta(seconds=1), counts=False))
    clock.move(1)
    assert taken(state).attempts == 0
    clock.move(61)
    state.finish(taken(state), Retry("unavailable", NOW + timedelta(seconds=99), "advice", "code"))
    row = state.task(order(1))
    assert row is not None
    assert (row.state, row.attempts, row.reason, row.advice, row.error_code) == (
        "retry",
        1,
        "unavailable",
        "advice",
        "code",
    )


def test_a_change_during_an_outage_keeps_attempts_and_time(state: State) -> None:
    changed(state, order(1))
    state.finish(taken(state), RETRY)
    changed(state, order(1), offset=20)
    row = state.task(order(1))
    assert row is not None
    assert (row.state, row.attempts, row.due_at, row.generation) == ("retry", 1, RETRY.due_at, 2)


def test_a_change_to_a_parked_key_clears_attempts_and_keeps_what_was_refused(state: State, clock: Clock) -> None:
    changed(state, order(1))
    state.finish(taken(state), RETRY)
    clock.move(30)
    state.finish(taken(state), PARKED)
    assert state.claim("worker", 60) is None
    changed(state, order(1), offset=20)
    row = state.task(order(1))
    assert row is not None
    assert (row.state, row.attempts, row.reason) == ("waiting", 0, "")
    claim = taken(state)
    assert (claim.refused, claim.reason, claim.advice) == ("fingerprint", PARKED.reason, PARKED.advice)


def test_retry_by_hand_forgets_what_was_refused(state: State) -> None:
    changed(state, order(1), order(2))
    state.finish(taken(state), PARKED)
    assert state.retry(TaskFilter(states=["parked"], reason="customer_barred", kind="order")) == 1
    claims = {claim.key: claim for claim in (taken(state), taken(state))}
    assert claims[order(1)].refused == ""


def test_retry_by_hand_keeps_when_it_was_first_seen_and_waits_anew(state: State, clock: Clock) -> None:
    changed(state, order(1))
    seen = clock.now
    state.finish(taken(state), PARKED)
    clock.move(3 * 86_400)
    state.retry([order(1)])
    clock.move(30)
    assert state.oldest_waiting() == timedelta(seconds=30)
    row = state.task(order(1))
    assert row is not None
    assert row.first_seen == seen


def test_skipped_by_hand_stays_so_whatever_changes(state: State) -> None:
    changed(state, order(1))
    assert state.skip([order(1)], by="Anna") == 1
    changed(state, order(1), offset=20)
    state.enqueue([order(1)], Klass.BACKFILL)
    assert state.claim("worker", 60) is None
    row = state.task(order(1))
    assert row is not None
    assert (row.state, row.reason, row.advice) == ("skipped", "skipped_by_hand", "Anna")
    assert state.retry([order(1)]) == 1
    assert taken(state).key == order(1)


def test_skipped_under_a_workers_hands(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    state.skip([order(1)])
    with state.work(claim) as work:
        work.save_link(Link(entity=order(1), role="order", document="order_draft", number="1"))
        work.finish(Done())
    assert state.task(order(1)).reason == "skipped_by_hand"  # type: ignore[union-attr]
    assert state.link(order(1), "order") is not None


def test_retried_under_a_workers_hands_it_still_runs_alone(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    state.skip([order(1)])
    state.retry([order(1)])
    assert state.claim("other", 60) is None
    assert state.finish(claim, Done()) is True
    taken(state, "other")


def test_urgent_first_and_backfill_gets_its_share(state: State) -> None:
    state.enqueue([order(number) for number in range(1_000, 1_200)], Klass.BACKFILL)
    changed(state, *(Key("product", str(number)) for number in range(40)))
    changed(state, *(order(number) for number in range(200)))
    kinds = [taken(state) for _ in range(200)]
    assert [claim.klass for claim in kinds[:19]] == [Klass.ORDER] * 19
    shares = Counter(claim.klass for claim in kinds)
    assert shares == {Klass.ORDER: 190, Klass.BACKFILL: 10}
    rest = Counter(taken(state).klass for _ in range(40))
    assert rest == {Klass.ORDER: 10, Klass.ENTITY: 28, Klass.BACKFILL: 2}


def test_backfill_can_be_held_back(state: State) -> None:
    state.enqueue([order(1)], Klass.BACKFILL)
    assert state.claim("worker", 60, classes=(Klass.ORDER, Klass.ENTITY)) is None
    assert state.claim("worker", 60, kinds=["stock"]) is None
    assert state.claim("worker", 60) is not None


def test_the_list_has_the_promised_fields(state: State) -> None:
    changed(state, order(1))
    state.finish(taken(state), PARKED, reference="000000001")
    assert [row.as_json() for row in state.tasks(states=["parked"])] == [
        {
            "kind": "order",
            "key": "1",
            "reference": "000000001",
            "state": "parked",
            "reason": "customer_barred",
            "advice": "Unbar the customer",
            "error_code": "E06000",
            "attempts": 0,
            "first_seen": "2026-11-24T12:00:00+00:00",
            "due_at": None,
        }
    ]


def test_the_oldest_wait_is_told(state: State, clock: Clock) -> None:
    assert state.oldest_waiting() is None
    changed(state, order(1))
    clock.move(30)
    changed(state, order(1), order(2), offset=20)
    assert state.oldest_waiting() == timedelta(seconds=30)


def test_the_bell_rings_when_there_is_work(state: State) -> None:
    heard = state.bell.rings
    assert not state.bell.wait(heard, 0)
    changed(state, order(1))
    assert state.bell.wait(heard, 0)


def test_a_batch_of_filters(state: State) -> None:
    changed(state, order(1), Key("product", "1"))
    assert state.tasks(keys=[]) == []
    assert [row.key for row in state.tasks(kind="product")] == [Key("product", "1")]
    assert len(state.tasks(limit=1)) == 1
    assert len(state.tasks(offset=1)) == 1
