"""The contract is run against the sandbox, or against the agreement that ECONOMIC_API_URL and two tokens open."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from econ_client.sandbox import SandboxServer

URL, SECRET, GRANT = "ECONOMIC_API_URL", "ECONOMIC_APP_SECRET_TOKEN", "ECONOMIC_AGREEMENT_GRANT_TOKEN"
ASKED = os.environ.get("CONTRACT") == "1"


def allowed(*, writes: bool, final: bool) -> bool:
    """Everything in the sandbox; elsewhere writes with WRITE=1, and what cannot be undone with WRITE=final."""
    if not ASKED or not writes:
        return True
    return os.environ.get("WRITE") in (("final",) if final else ("1", "final"))


@pytest.fixture(scope="session")
def api() -> Iterator[httpx.Client]:
    """A client with tokens; answers are not followed or repeated."""
    if not ASKED:
        with SandboxServer() as server, _client(server.url, "demo", "demo") as client:
            yield client
        return
    missing = [name for name in (URL, SECRET, GRANT) if not os.environ.get(name)]
    if missing:
        pytest.exit(f"set {', '.join(missing)} to run the contract against an agreement", returncode=2)
    with _client(os.environ[URL], os.environ[SECRET], os.environ[GRANT]) as client:
        yield client


def _client(url: str, secret: str, grant: str) -> httpx.Client:
    headers = {"X-AppSecretToken": secret, "X-AgreementGrantToken": grant}
    return httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=ASKED)
