"""Secrets in files: what cannot be read is told in one message that shows nothing of the content."""

from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.settings import from_environment


def test_a_file_that_is_not_text_is_told_by_its_name(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_bytes(b"\xff\xfehunter2")
    with pytest.raises(ConfigError) as told:
        from_environment({"ECONOMIC_APP_SECRET_TOKEN_FILE": str(token)}, needs=frozenset())
    assert f"ECONOMIC_APP_SECRET_TOKEN_FILE: {token} is not UTF-8 text" in str(told.value)
    assert "hunter2" not in str(told.value)
