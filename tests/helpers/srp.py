"""The client's side of Cognito's SRP: the password is proved and never sent.

SRP-6a (RFC 5054) with the 3,072 bit group of RFC 3526 and SHA-256; the key is derived with
HMAC-SHA256 and the label `Caldera Derived Key`, as AWS's own clients do it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets


def _pi(bits: int) -> int:
    """Return the first binary digits of pi, by Machin's formula."""
    one = 1 << (bits + 32)

    def arctan_of_inverse(number: int) -> int:
        term = total = one // number
        divisor, sign = 3, -1
        while term:
            term //= number * number
            total += sign * (term // divisor)
            divisor, sign = divisor + 2, -sign
        return total

    return 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239)) >> 32


# RFC 3526, section 4.
_N = 2**3072 - 2**3008 - 1 + 2**64 * (_pi(2942) + 1690314)
_G = 2
_LABEL = b"Caldera Derived Key\x01"


def _padded(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


class SrpClient:
    """One sign-in.

    Args:
        pool_id: The user pool's id.
        password: The password to prove.
    """

    def __init__(self, pool_id: str, password: str) -> None:
        self._pool = pool_id.partition("_")[2]
        self._password = password
        self._secret = secrets.randbelow(_N)
        self._public = pow(_G, self._secret, _N)

    @property
    def public(self) -> str:
        """Return the parameter SRP_A."""
        return f"{self._public:x}"

    def proof(self, challenge: dict[str, str]) -> dict[str, str]:
        """Return the answer to the parameters of a PASSWORD_VERIFIER."""
        user = challenge["USER_ID_FOR_SRP"]
        theirs, salt = int(challenge["SRP_B"], 16), int(challenge["SALT"], 16)
        scrambler = _hash(_padded(self._public), _padded(theirs))
        inner = hashlib.sha256(f"{self._pool}{user}:{self._password}".encode()).digest()
        secret = _hash(_padded(salt), inner)
        multiplier = _hash(_padded(_N), _padded(_G))
        base = theirs - multiplier * pow(_G, secret, _N)
        shared = pow(base, self._secret + scrambler * secret, _N)
        key = hmac.digest(_padded(scrambler), _padded(shared), "sha256")
        key = hmac.digest(key, _LABEL, "sha256")[:16]
        now = dt.datetime.now(dt.UTC)
        moment = f"{now:%a %b} {now.day} {now:%H:%M:%S} UTC {now.year}"
        block = challenge["SECRET_BLOCK"]
        message = f"{self._pool}{user}".encode() + base64.b64decode(block) + moment.encode()
        return {
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(
                hmac.digest(key, message, "sha256")
            ).decode(),
            "TIMESTAMP": moment,
        }
