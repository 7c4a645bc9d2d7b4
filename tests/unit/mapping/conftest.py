"""Profiles for the tests, written to files as a shop would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mapping.profile import Profile, load_profile


@pytest.fixture
def shop(tmp_path: Path) -> Callable[[str], Profile]:
    """A profile from the lines that a shop adds to `sandbox`."""

    def load(lines: str) -> Profile:
        path = tmp_path / "shop.yaml"
        path.write_text(f"extends: sandbox\n{lines}", encoding="utf-8")
        return load_profile(path)

    return load


@pytest.fixture(scope="session")
def sandbox() -> Profile:
    """The shipped sandbox profile."""
    return load_profile("sandbox")
