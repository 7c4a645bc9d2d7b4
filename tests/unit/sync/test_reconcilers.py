"""Which kinds of keys are followed, and which of them have a reconcile."""

from __future__ import annotations

from mapping.profile import load_profile
from sync.reconcilers import RECONCILED, watched


def test_stock_is_followed_only_when_told_and_no_worker_takes_it() -> None:
    profile = load_profile("sandbox")
    assert "stock" not in watched(profile)
    assert watched(profile, stock=True) == (*watched(profile), "stock")
    assert "stock" not in RECONCILED
