"""PyMySQL without what it loads too early.

It imports `cryptography` (9 MB) for one thing: to encrypt a password with the server's RSA key, which MySQL's
caching_sha2_password asks for when there is no TLS. Here that is loaded when it is first needed.
"""

from __future__ import annotations

import importlib
import sys

_HEAVY = "cryptography"


def load() -> None:
    """Import PyMySQL; does nothing when somebody has imported it, or the heavy package, already."""
    if "pymysql" in sys.modules or _HEAVY in sys.modules:
        return
    # None is the import system's own way to say "not here"
    sys.modules[_HEAVY] = None  # type: ignore[assignment]
    try:
        auth = importlib.import_module("pymysql._auth")
    finally:
        del sys.modules[_HEAVY]

    def encrypt(password: bytes, salt: bytes, public_key: bytes) -> bytes:
        importlib.reload(auth)  # finds the package this time, and puts its own function in this one's place
        encrypted: bytes = auth.sha2_rsa_encrypt(password, salt, public_key)
        return encrypted

    auth.sha2_rsa_encrypt = encrypt  # type: ignore[attr-defined]
