from __future__ import annotations

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from econ_client.errors import Interrupted, RateLimited
from econ_client.pace import FAIR_USE, Pace, retry_after

MORNING = datetime.datetime(2026, 12, 1, 8, tzinfo=datetime.UTC)


class Time:
    """A clock that moves only when somebody waits or a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.waits: list[float] = []
        self.lock = threading.Lock()

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime.datetime:
        return MORNING + datetime.timedelta(seconds=self.seconds - 1000)

    def wait(self, seconds: float) -> bool:
        with self.lock:
            self.waits.append(seconds)
            self.seconds += seconds
        return False

    def pace(self, **options: object) -> Pace:
        return Pace(clock=self.clock, now=self.now, wait=self.wait, **options)  # type: ignore[arg-type]


def limits(used: int, limit: int = 10_000, seconds: int = 60, cost: int = 1) -> dict[str, str]:
    return {
        "x-ratelimiting": f"token-limit-{limit}-per-{seconds}-seconds: {used}/{limit}",
        "x-callcost": str(cost),
    }


def spent(time: Time, pace: Pace, headers: dict[str, str], calls: int = 1, status: int = 200) -> float:
    before = time.seconds
    for _ in range(calls):
        pace.acquire()
        pace.answered(status, headers)
    return time.seconds - before


def test_far_below_the_limit_nothing_waits() -> None:
    time = Time()
    assert spent(time, time.pace(), limits(147), calls=500) == 0


def test_near_the_limit_calls_are_spread() -> None:
    time = Time()
    pace = time.pace()
    spent(time, pace, limits(9000))
    took = spent(time, pace, limits(9000), calls=100)
    assert took >= 100 * 60 / 10_000
    assert max(time.waits) < 1


def test_dear_calls_wait_longer() -> None:
    cheap, dear = Time(), Time()
    a, b = cheap.pace(), dear.pace()
    took = spent(cheap, a, limits(9000), calls=50)
    assert spent(dear, b, limits(9000, cost=10), calls=50) > 4 * took


def test_the_limit_itself_is_never_reached() -> None:
    time = Time()
    pace = time.pace()
    spent(time, pace, limits(10_000))
    assert spent(time, pace, limits(0)) >= 0.03 * 60 * 0.9


def test_a_window_that_gives_nothing_back_before_its_end_is_kept() -> None:
    time, used = Time(), {1: 0}
    pace = time.pace()
    for _ in range(4000):
        pace.acquire()
        minute = int(time.seconds // 60)
        used[minute] = used.get(minute, 0) + 10
        pace.answered(200, limits(used[minute], cost=10))
    assert len(used) > 3
    assert max(used.values()) <= 10_000


def test_an_idle_minute_gives_the_budget_back() -> None:
    time = Time()
    pace = time.pace()
    spent(time, pace, limits(9990))
    time.seconds += 60
    assert spent(time, pace, limits(1)) == 0


def test_the_narrowest_of_several_windows_counts() -> None:
    time = Time()
    pace = time.pace()
    several = {"x-ratelimiting": "token-limit-10000-per-60-seconds: 1/10000, token-limit-100-per-1-minutes: 100/100"}
    spent(time, pace, several)
    assert spent(time, pace, several) > 1


@pytest.mark.parametrize("text", ["", "nonsense", "token-limit-0-per-0-seconds: 0/0", "token-limit-1-per-60-seconds:"])
def test_headers_that_say_nothing_are_ignored(text: str) -> None:
    time = Time()
    assert spent(time, time.pace(), {"x-ratelimiting": text, "x-callcost": text}, calls=20) == 0


def test_calls_in_flight_are_counted_before_their_answers() -> None:
    time = Time()
    pace = time.pace()
    spent(time, pace, limits(7_990, cost=1))
    for _ in range(50):
        pace.acquire()
    assert time.waits


def test_retry_after_holds_everyone() -> None:
    time = Time()
    pace = time.pace()
    pace.acquire()
    pace.acquire()
    assert pace.answered(429, {"retry-after": "20"}) == 20
    assert pace.held_for == 20
    pace.acquire()
    assert time.waits[0] == 20
    assert pace.held_for == 0


def test_without_retry_after_the_pause_grows_once_per_burst() -> None:
    time = Time()
    pace = time.pace()
    asked = []
    for _ in range(3):
        for _ in range(4):
            pace.acquire()
        asked.append([pace.answered(429) for _ in range(4)])
        time.seconds += 100
    assert asked == [[10] * 4, [20] * 4, [40] * 4]
    pace.acquire()
    pace.answered(200)
    pace.acquire()
    assert pace.answered(429) == 10


def test_a_503_that_names_its_end_is_honoured() -> None:
    time = Time()
    pace = time.pace()
    pace.acquire()
    pace.answered(503, {"retry-after": "5"})
    assert pace.held_for == 5
    pace.acquire()
    pace.answered(503)
    assert pace.held_for == 0


def test_a_long_pause_gives_the_thread_back() -> None:
    time = Time()
    pace = time.pace()
    pace.acquire()
    pace.answered(429, {"retry-after": "300"})
    with pytest.raises(RateLimited) as caught:
        pace.acquire()
    assert caught.value.retry_after == 300
    assert time.waits == []


def test_a_stop_ends_the_wait() -> None:
    stop = threading.Event()
    pace = Pace(stop=stop)
    pace.acquire()
    pace.answered(429, {"retry-after": "25"})
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(pace.acquire) for _ in range(4)]
        stop.set()
        for one in waiting:
            with pytest.raises(Interrupted):
                one.result(timeout=5)
    with pytest.raises(Interrupted):
        pace.acquire()


def test_calls_are_counted_by_utc_day_and_handed_on() -> None:
    time, kept = Time(), []
    pace = time.pace(on_counted=lambda day, calls: kept.append((day, calls)), counted=(MORNING.date(), 40_000))
    spent(time, pace, {}, calls=3)
    assert pace.calls_today == 40_003
    assert pace.room_today() == FAIR_USE - 40_003
    assert pace.room_today(0.6) == 0
    time.seconds += 86_400
    assert pace.calls_today == 0
    spent(time, pace, {})
    assert pace.calls_today == 1
    assert kept == [(MORNING.date(), 1)] * 3 + [(MORNING.date() + datetime.timedelta(days=1), 1)]


def test_a_call_that_never_arrived_is_not_counted() -> None:
    time = Time()
    pace = time.pace()
    pace.acquire()
    assert pace.answered(reached=False) is None
    assert pace.calls_today == 0
    pace.acquire()
    pace.answered(None)
    assert pace.calls_today == 1


def test_threads_share_one_pace() -> None:
    time = Time()
    pace = time.pace()
    spent(time, pace, limits(8_500))

    def call() -> None:
        pace.acquire()
        pace.answered(200, limits(8_500))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: call(), range(200)))
    assert pace.calls_today == 201
    assert time.seconds - 1000 >= 200 * 60 / 10_000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("999999", 3600.0),
        ("Tue, 01 Dec 2026 08:00:30 GMT", 30.0),
        ("Tue, 01 Dec 2026 07:00:00 GMT", 0.0),
        ("Tue, 01 Dec 2026 08:00:30 -0000", 30.0),
        ("Wed, 01 Dec 2027 08:00:00 GMT", 3600.0),
        ("", None),
        ("-3", None),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after(header, MORNING) == seconds
