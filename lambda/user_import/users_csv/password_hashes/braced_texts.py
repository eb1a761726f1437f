"""Converts hashes that begin with their scheme in braces: Spring Security's and those of LDAP.

Sources: Spring Security, `PasswordEncoderFactories.java` (the names), `SCryptPasswordEncoder.java`,
`Pbkdf2PasswordEncoder.java` and `Argon2PasswordEncoder.java` (the forms and their defaults);
OpenLDAP, `contrib/slapd-modules/passwd/pbkdf2`; RFC 2307, section 5.3; Dovecot, "Password schemes".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import messages
from .cognito_forms import pbkdf2_sha256
from .crypt_texts import convert_crypt, convert_spring_scrypt
from .outcome import UnusableHash
from .parts import BrokenHashError, from_adapted_base64, from_base64, from_hex, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .outcome import Outcome

_BRACED = re.compile(r"\{([^{}]{1,40})\}(.*)", re.DOTALL)

# The text of Spring Security has neither of them (`defaultsForSpringSecurity_v5_8`).
_SPRING_ITERATIONS = 310_000
_SPRING_SALT_BYTES = 16
_SPRING_BYTES = _SPRING_SALT_BYTES + 32

_LDAP_PARTS = 3


def convert_braced(text: str) -> Outcome:
    """Convert a hash that begins with `{`.

    Raises:
        BrokenHashError: It is not whole.
    """
    match = _BRACED.fullmatch(text)
    if match is None:
        return UnusableHash(messages.UNKNOWN)
    scheme, rest = match[1], match[2]
    # Spring's names are of one case, those of LDAP of any.
    if reader := _SPRING.get(scheme) or _LDAP.get(scheme.upper()):
        return reader(rest)
    if scheme.upper() in _DIGESTS:
        return UnusableHash(messages.no_algorithm(f"a digest of LDAP ({scheme.upper()})"))
    if scheme in _SPRING_DIGESTS:
        return UnusableHash(messages.no_algorithm(f"a digest of Spring Security ({scheme})"))
    return UnusableHash(messages.UNKNOWN)


def _spring_pbkdf2(text: str) -> Outcome:
    """Convert a hash of Spring Security 5.8 or newer; `Pbkdf2PasswordEncoder` writes hex."""
    problem = messages.SPRING_PBKDF2
    is_hex = len(text) == 2 * _SPRING_BYTES
    data = from_hex(text, problem) if is_hex else from_base64(text, problem)
    if len(data) != _SPRING_BYTES:
        raise BrokenHashError(problem)
    salt, key = data[:_SPRING_SALT_BYTES], data[_SPRING_SALT_BYTES:]
    return pbkdf2_sha256(_SPRING_ITERATIONS, salt=salt, key=key)


def _ldap_pbkdf2(text: str) -> Outcome:
    problem = messages.PBKDF2_LDAP
    parts = text.split("$")
    if len(parts) != _LDAP_PARTS:
        raise BrokenHashError(problem)
    return pbkdf2_sha256(
        number(parts[0], problem),
        salt=from_adapted_base64(parts[1], problem),
        key=from_adapted_base64(parts[2], problem),
    )


def _crypt(text: str) -> Outcome:
    if text.startswith("$"):
        return convert_crypt(text)
    return UnusableHash(messages.no_algorithm("DES of crypt(3)"))


def _always(reason: str) -> Callable[[str], Outcome]:
    """Return a reader of hashes that cannot be converted, whatever follows the scheme."""
    return lambda _: UnusableHash(reason)


_SPRING: Mapping[str, Callable[[str], Outcome]] = {
    "bcrypt": convert_crypt,
    "scrypt": convert_spring_scrypt,
    "scrypt@SpringSecurity_v5_8": convert_spring_scrypt,
    "argon2": convert_crypt,
    "argon2@SpringSecurity_v5_8": convert_crypt,
    "pbkdf2": _always(messages.SPRING_PBKDF2_OLD),
    "pbkdf2@SpringSecurity_v5_8": _spring_pbkdf2,
    "noop": _always(messages.PLAIN_TEXT),
}
_LDAP: Mapping[str, Callable[[str], Outcome]] = {
    "CRYPT": _crypt,
    "BLF-CRYPT": convert_crypt,
    "BCRYPT": convert_crypt,
    "ARGON2": convert_crypt,
    "ARGON2ID": convert_crypt,
    "PBKDF2-SHA256": _ldap_pbkdf2,
    "PBKDF2": _always(messages.other_digest("OpenLDAP", "SHA-1")),
    "PBKDF2-SHA1": _always(messages.other_digest("OpenLDAP", "SHA-1")),
    "PBKDF2-SHA512": _always(messages.other_digest("OpenLDAP", "SHA-512")),
    "CLEARTEXT": _always(messages.PLAIN_TEXT),
    "PLAIN": _always(messages.PLAIN_TEXT),
}
_DIGESTS = frozenset(
    {
        *("SSHA", "SSHA256", "SSHA384", "SSHA512", "SHA", "SHA1", "SHA256", "SHA384", "SHA512"),
        *("SMD5", "MD5", "MD5-CRYPT", "SHA256-CRYPT", "SHA512-CRYPT"),
    }
)
_SPRING_DIGESTS = frozenset({"ldap", "MD4", "SHA-1", "SHA-256", "sha256"})
