"""HTTP clients for servers that tests start: plain HTTP on this machine, so no authorities are read (20 ms each)."""

from __future__ import annotations

import httpx

TOKENS = {"X-AppSecretToken": "demo", "X-AgreementGrantToken": "demo"}


def plain_client(url: str = "", *, tokens: bool = True, timeout: float = 30) -> httpx.Client:
    """A client that asks no proxy; with `tokens` those that the sandbox knows."""
    headers = TOKENS if tokens else {}
    return httpx.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False, verify=False)  # noqa: S501
