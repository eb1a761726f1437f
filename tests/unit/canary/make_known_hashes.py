"""Makes `known_hashes.py` of the canary: hashes that its functions cannot compute, or not fast.

    PYTHONPATH=lambda python tests/unit/canary/make_known_hashes.py \\
        > lambda/user_import/canary/known_hashes.py

It needs bcrypt and argon2-cffi. Passwords and salts are those that the canary derives, so that
another run gives the same hashes.
"""

from __future__ import annotations

import base64
import importlib.metadata
from itertools import count
from typing import TYPE_CHECKING

import bcrypt
from argon2.low_level import Type, hash_secret_raw

from user_import.canary.candidates import BCRYPT_BASE64, candidate
from user_import.canary.hash_forms import HashForm, form_of
from user_import.users_csv.password_hashes import HashShape

if TYPE_CHECKING:
    from collections.abc import Iterator

ARGON2_COSTS = [(19_456, 2), (19_456, 1), (16_384, 2), (16_384, 1)]
ARGON2_LENGTHS = [(16, 32), (16, 16), (16, 64), (32, 32)]
BCRYPT_TO_STANDARD = str.maketrans(
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
)


MODULE = '''"""Hashes that the functions cannot compute (bcrypt), or not fast (argon2id).

Made by {by}.
`tests/unit/canary/make_known_hashes.py` writes this module.

The 23 bytes of bcrypt are the same for $2a$, $2b$, $2x$ and $2y$. $2b$ and $2y$ differ in the name
only; $2a$ in very long passwords, whose length old OpenBSD kept in one byte; $2x$ marks hashes of
crypt_blowfish before 1.1, which extended the sign of bytes above 127. A canary's password is short
and ASCII.

The shapes of argon2id are m=19456, t=2 (OWASP, and the default of RustCrypto's argon2,
@node-rs/argon2 and the gem argon2id), m=16384, t=2 (Spring Security 5.8), and one pass of each,
with common lengths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN_HASHES: Mapping[str, tuple[int, str]] = {{
{hashes}
}}
"""Of a label the number of a candidate, and the hash of it in hex."""
'''


def shapes() -> Iterator[HashShape]:
    """Yield the shapes: every bcrypt that Cognito takes, and the common costs of argon2id."""
    for cost in range(4, 13):
        yield HashShape("BCRYPT", f"2b${cost:02d}", 16, 23)
    for kib, times in ARGON2_COSTS:
        for salt, length in ARGON2_LENGTHS:
            yield HashShape("ARGON2ID", f"v=19$m={kib},t={times},p=1", salt, length)


def key_of(shape: HashShape, form: HashForm, password: str, salt: bytes) -> bytes:
    """Hash a password with the library."""
    if shape.algorithm == "BCRYPT":
        settings = f"${shape.parameters}${BCRYPT_BASE64.encode(salt)}"
        text = bcrypt.hashpw(password.encode(), settings.encode()).decode()[-31:]
        return from_bcrypt(text)
    kib, times = (
        int(each.partition("=")[2]) for each in shape.parameters.split("$")[1].split(",")[:2]
    )
    return hash_secret_raw(
        password.encode(),
        salt,
        time_cost=times,
        memory_cost=kib,
        parallelism=1,
        hash_len=shape.hash_bytes,
        type=Type.ID,
    )


def from_bcrypt(text: str) -> bytes:
    """Decode base64 of bcrypt."""
    standard = text.translate(BCRYPT_TO_STANDARD)
    return base64.b64decode(standard + "=" * (-len(standard) % 4))


def known(shape: HashShape) -> tuple[str, int, str]:
    """Return the label, the first attempt whose hash has all telling characters, and the hash."""
    form = form_of(shape)
    for attempt in count():
        password, salt = candidate(form.label, attempt, shape.salt_bytes, form.encoding)
        key = key_of(shape, form, password, salt)
        if set(form.encoding.wanted(len(key))) <= set(form.encoding.encode(key)):
            return form.label, attempt, key.hex()
    raise AssertionError


def known_hashes() -> dict[str, tuple[int, str]]:
    """Return the dictionary of the module."""
    return {label: (attempt, key) for label, attempt, key in map(known, shapes())}


def module() -> str:
    """Return the module's text."""
    by = " and ".join(
        f"{each} {importlib.metadata.version(each)}" for each in ("bcrypt", "argon2-cffi")
    )
    lines = []
    for label, (attempt, key) in known_hashes().items():
        line = f'    "{label}": ({attempt}, "{key}"),'
        if len(line) <= 100:
            lines.append(line)
        else:
            lines += [f'    "{label}": (', f"        {attempt},", f'        "{key}",', "    ),"]
    return MODULE.format(by=by, hashes="\n".join(lines))


if __name__ == "__main__":
    print(module(), end="")
