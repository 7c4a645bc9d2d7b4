"""PyMySQL's heavy companion is loaded when a server asks for it, and then works."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import cdc.connect, cdc.binlog, pymysql
from pymysql import _auth
assert "cryptography" not in sys.modules, "loaded too early"
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
key = rsa.generate_private_key(65537, 2048)
public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
del sys.modules["cryptography"]
salt = b"12345678901234567890"
for _ in range(2):
    sent = _auth.sha2_rsa_encrypt(b"secret", salt, public)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    plain = key.decrypt(sent, oaep)
    assert bytes(a ^ b for a, b in zip(plain, salt)) == b"secret" + bytes([0])
print("works")
"""


def test_cryptography_is_loaded_by_the_first_password_that_needs_it() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "works\n", done.stderr
