from __future__ import annotations

from sync.metrics import Metrics


def test_what_readers_count_adds_up_over_a_new_reader() -> None:
    metrics = Metrics()
    for dropped, by_library in ((5, 0), (12, 2), (3, 1)):
        metrics.read(events_dropped=dropped, rows=0, events_by_library=by_library)
    text = metrics.text().decode()
    assert "magento_economic_capture_events_dropped_total 15.0" in text
    assert "magento_economic_capture_events_by_library_total 3.0" in text
