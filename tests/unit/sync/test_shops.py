"""The folder of shops: what its files may say, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.servedshop import read_file
from sync.shops import Shops

SAYS = """
# the Danish shop
PROFILE=denmark
export SHOP = dk
ECONOMIC_APP_SECRET_TOKEN='a=b #c'
STATE_DATABASE_URL="sqlite:///x.db"
EMPTY=
"""


def test_a_file_is_read_as_docker_and_a_shell_do(tmp_path: Path) -> None:
    (tmp_path / "one.env").write_text(SAYS)
    assert read_file(tmp_path / "one.env") == {
        "PROFILE": "denmark",
        "SHOP": "dk",
        "ECONOMIC_APP_SECRET_TOKEN": "a=b #c",
        "STATE_DATABASE_URL": "sqlite:///x.db",
        "EMPTY": "",
    }


def test_a_line_that_says_nothing_is_named_by_its_number_and_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "one.env").write_text("PROFILE=denmark\ngeheim\n")
    with pytest.raises(ConfigError, match=r"one\.env:2") as caught:
        read_file(tmp_path / "one.env")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no file"),
        ({"a.env": "SHOP=dk", "b.env": "SHOP=dk"}, "both of the shop dk"),
        ({"a.env": "SHOP=d/k"}, "'d/k'"),
    ],
)
def test_a_folder_that_cannot_be_served_is_refused(tmp_path: Path, files: dict[str, str], says: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=says):
        Shops(tmp_path, {})


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Shops(tmp_path / "nowhere", {})
