"""Settings that are wrong are told at once, each by its name, and show nothing secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.settings import from_environment


def refusal(**variables: str) -> str:
    """What is said about these variables."""
    with pytest.raises(ConfigError) as told:
        from_environment(variables, needs=frozenset())
    return str(told.value)


def test_a_ca_that_is_not_there_is_told_with_variable_and_file(tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    assert refusal(MAGENTO_TLS_CA=str(missing)) == f"MAGENTO_TLS_CA: cannot read {missing}: No such file or directory"
    assert f"MAGENTO_TLS_CA: cannot read {tmp_path}: Is a directory" in refusal(MAGENTO_TLS_CA=str(tmp_path))
    missing.write_text("no certificate")
    assert f"MAGENTO_TLS_CA: {missing} holds no certificate" in refusal(MAGENTO_TLS_CA=str(missing))


def test_a_ca_in_a_url_is_looked_at_too(tmp_path: Path) -> None:
    url = f"mysql+pymysql://u:hidden@h/d?ssl_ca={tmp_path}/ca.pem"
    said = refusal(MAGENTO_BINLOG_URL=url)
    assert said.startswith(f"MAGENTO_BINLOG_URL: the option ssl_ca: cannot read {tmp_path}/ca.pem")
    assert "hidden" not in said


@pytest.mark.parametrize("name", ["MAGENTO_DATABASE_URL", "MAGENTO_BINLOG_URL"])
def test_half_a_password_is_never_shown(name: str) -> None:
    said = refusal(**{name: "mysql+pymysql://u:hidden/x@h/d"})
    assert said.startswith(f"{name}: ")
    assert "percent-encode @ / :" in said
    assert "hidden" not in said


def test_numbers_in_messages_have_no_exponent() -> None:
    assert refusal(BINLOG_SERVER_ID="0") == "BINLOG_SERVER_ID=0 must be between 1 and 4294967295"


def test_a_part_of_a_port_is_no_port() -> None:
    assert refusal(HTTP_PORT="80.5") == "HTTP_PORT=80.5 must be a whole number"


def test_a_webhook_secret_that_can_be_guessed_is_refused_and_not_shown(tmp_path: Path) -> None:
    said = refusal(WEBHOOK_SECRET="hunter2hunter2")
    assert said.startswith("WEBHOOK_SECRET has 14 characters")
    assert "hunter2" not in said
    file = tmp_path / "secret"
    file.write_text("hunter2\n")
    assert refusal(WEBHOOK_SECRET_FILE=str(file)).startswith("WEBHOOK_SECRET has 7 characters")
    said = refusal(WEBHOOK_SECRET="a secret of many/words?")
    assert said.startswith("WEBHOOK_SECRET holds characters that cannot stand in an address")
    assert "many" not in said


def test_a_webhook_secret_comes_from_a_file_and_is_in_no_repr(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("0123456789abcdef\n")
    settings = from_environment({"WEBHOOK_SECRET_FILE": str(file)}, needs=frozenset())
    assert settings.webhook_secret == "0123456789abcdef"
    assert "0123456789abcdef" not in repr(settings)
    assert from_environment({}, needs=frozenset()).webhook_secret == ""
