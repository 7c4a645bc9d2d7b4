"""What Prometheus is told. One registry per service, so that tests can run several in one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_MILLISECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

_UNDER_LOCK = (0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 1, 5)


class Metrics:
    """The service's figures; names and meanings are a promise to dashboards."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        prefix = "magento_economic"
        self.active = Gauge(f"{prefix}_active", "1 while this process is the shop's active one", registry=r)
        self.connected = Gauge(f"{prefix}_capture_connected", "1 while the binlog is being read", registry=r)
        self.lag = Gauge(
            f"{prefix}_capture_lag_seconds", "age of the newest transaction read, 0 at the end", registry=r
        )
        self.transactions = Counter(f"{prefix}_capture_transactions", "transactions with watched changes", registry=r)
        self._read = {
            name: Counter(f"{prefix}_capture_{name}", what, registry=r)
            for name, what in (
                ("events_dropped", "binlog events of unwatched tables"),
                ("rows", "rows of watched tables"),
                ("unchanged_rows", "row changes that cannot matter"),
                ("events_by_library", "row events of a layout that only mysql-replication reads"),
            )
        }
        self._read_before = dict.fromkeys(self._read, 0)
        self.gaps = Counter(f"{prefix}_capture_gaps", "gaps in the binlog that were gone over", registry=r)
        self.gap_keys = Counter(f"{prefix}_capture_gap_keys", "keys looked at because of a gap", ["kind"], registry=r)
        self.tasks = Gauge(f"{prefix}_tasks", "tasks by state", ["state"], registry=r)
        self.oldest = Gauge(f"{prefix}_oldest_waiting_seconds", "age of the oldest waiting task", registry=r)
        self.outcomes = Counter(f"{prefix}_outcomes", "ended reconciles", ["kind", "outcome", "reason"], registry=r)
        self.calls = Counter(f"{prefix}_calls", "calls to e-conomic", ["method", "status"], registry=r)
        self.call_seconds = Histogram(
            f"{prefix}_call_seconds", "time of one call to e-conomic", buckets=_MILLISECONDS, registry=r
        )
        self.delivered = Histogram(
            f"{prefix}_delivery_seconds",
            "from a key first being seen to its reconcile ending done",
            buckets=_MILLISECONDS,
            registry=r,
        )
        self.calls_today = Gauge(f"{prefix}_calls_today", "calls of this UTC day, all commands", registry=r)
        self.paused = Gauge(f"{prefix}_paused", "1 while paused by hand", ["what"], registry=r)
        self.gate = Gauge(f"{prefix}_economic_reachable", "0 while e-conomic is down or refuses the tokens", registry=r)
        self.links = Gauge(f"{prefix}_links", "documents by kind", ["kind"], registry=r)
        self.pull_writes = Counter(f"{prefix}_pull_writes", "stock rows written into Magento", registry=r)
        self.pull_held = Histogram(
            f"{prefix}_pull_held_seconds",
            "time under the lock of a product's stock row",
            buckets=_UNDER_LOCK,
            registry=r,
        )
        self.pull_poll_age = Gauge(f"{prefix}_pull_poll_age_seconds", "age of the last poll that ended", registry=r)
        self.pull_sweep_age = Gauge(f"{prefix}_pull_sweep_age_seconds", "age of the last sweep that ended", registry=r)
        self.pull_products = Gauge(f"{prefix}_pull_products", "products by standing", ["standing"], registry=r)
        self.pull_seen = Gauge(
            f"{prefix}_pull_stock_seen", "e-conomic's number of the products written last", ["sku"], registry=r
        )
        self.pull_written = Gauge(
            f"{prefix}_pull_stock_written", "what was written of them into Magento", ["sku"], registry=r
        )
        self.pull_written_at = Gauge(
            f"{prefix}_pull_stock_written_timestamp_seconds", "when it was written", ["sku"], registry=r
        )
        self.pull_waiting = Gauge(f"{prefix}_pull_waiting", "what waits to be looked at", ["what"], registry=r)
        self.pull_calls = Gauge(f"{prefix}_pull_calls_today", "calls of this UTC day that the pull made", registry=r)
        self.pull_unannounced = Gauge(
            f"{prefix}_pull_unannounced", "products whose change only sweeps could see", registry=r
        )
        self.webhooks = Counter(f"{prefix}_webhooks", "webhooks of e-conomic that were taken", registry=r)
        self.state_bytes = Gauge(f"{prefix}_state_bytes", "size of the state database", registry=r)

    def read(self, **counted: int) -> None:
        """Count what a reader has read since it was made; a new one begins at 0."""
        for name, value in counted.items():
            before, self._read_before[name] = self._read_before[name], value
            self._read[name].inc(value - before if value >= before else value)

    def pulled(self, held: float) -> None:
        """Count a write of stock that held its row's lock for so many seconds."""
        self.pull_writes.inc()
        self.pull_held.observe(held)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
