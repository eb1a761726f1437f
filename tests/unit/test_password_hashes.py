"""Tests of the conversion of password hashes: with vectors of the systems' own libraries.

`tests/unit/password_hashes/make_vectors.py` made the vectors.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import argon2
import bcrypt
import pytest

from cognito_import_local.service.password_hash import well_formed
from cognito_import_local.user_settings import UserSettings
from user_import.users_csv.password_hashes import (
    ConvertedHash,
    CostlyHash,
    HashShape,
    MalformedHash,
    UnusableHash,
    messages,
)
from user_import.users_csv.password_hashes.conversion import convert

FILE = json.loads(Path(__file__).parent.joinpath("password_hashes/vectors.json").read_text())
PASSWORD = FILE["password"].encode()
VECTORS = {each["system"]: each for each in FILE["vectors"]}
CONVERTIBLE = [name for name, each in VECTORS.items() if each["outcome"] == "ConvertedHash"]
REFUSED = [name for name in VECTORS if name not in CONVERTIBLE]
SALT = base64.b64encode(bytes(range(16))).decode()
KEY = base64.b64encode(bytes(range(32))).decode()


def stored(system: str) -> str:
    text: str = VECTORS[system]["stored"]
    return text


def converted(text: str) -> ConvertedHash:
    outcome = convert(text)
    assert isinstance(outcome, ConvertedHash), outcome
    return outcome


def verifies(password: bytes, text: str, algorithm: str) -> bool:
    """Verify a hash of Cognito's form by the standard library, or by a library of its own."""
    match algorithm:
        case "SCRYPT":
            n, r, p, salt, key = text.split("$")
            found = hashlib.scrypt(
                password,
                salt=bytes.fromhex(salt),
                n=int(n),
                r=int(r),
                p=int(p),
                dklen=len(key) // 2,
                maxmem=1 << 28,
            )
            return found.hex() == key
        case "PBKDF2_SHA256":
            _, _, iterations, salt, key = text.split("$")
            found = hashlib.pbkdf2_hmac(
                "sha256", password, base64.b64decode(f"{salt}=="), int(iterations)
            )
            return base64.b64encode(found).decode().rstrip("=") == key
        case "BCRYPT":
            return bcrypt.checkpw(password, f"$2b{text[3:]}".encode())
        case _:
            try:
                return argon2.PasswordHasher().verify(text, password)
            except argon2.exceptions.VerifyMismatchError:
                return False


@pytest.mark.parametrize("system", CONVERTIBLE)
def test_a_converted_hash_verifies_the_same_password(system: str) -> None:
    got = converted(stored(system))
    assert verifies(PASSWORD, got.text, got.algorithm)


@pytest.mark.parametrize("system", CONVERTIBLE)
def test_a_converted_hash_is_well_formed_for_the_local_aws(system: str) -> None:
    got = converted(stored(system))
    assert well_formed(got.text, got.algorithm, UserSettings())
    assert got.shape.algorithm == got.algorithm


@pytest.mark.parametrize("system", CONVERTIBLE)
def test_a_converted_hash_is_converted_to_itself(system: str) -> None:
    got = converted(stored(system))
    assert convert(got.text) == got


@pytest.mark.parametrize("system", REFUSED)
def test_what_cognito_does_not_take_is_not_converted(system: str) -> None:
    assert type(convert(stored(system))).__name__ == VECTORS[system]["outcome"]


@pytest.mark.parametrize(
    ("system", "numbers"),
    {
        "Zitadel's example": "this bcrypt hash costs more than Cognito allows: cost 14, 12 at most",
        "Django 5.2 pbkdf2_sha256": "iterations 1,000,000, 600,000 at most",
        "Werkzeug pbkdf2": "iterations 1,000,000, 600,000 at most",
        "Django scrypt": "this scrypt hash costs more than Cognito allows: p 5, 1 at most",
        "Django argon2": "m 102,400, 19,456 at most; p 8, 1 at most",
        "Spring Security argon2": "this argon2id hash costs more than Cognito allows: t 3, 2 at",
        "Keycloak argon2": "t 5, 2 at most",
        "Laravel argon2id": "m 65,536, 19,456 at most; t 4, 2 at most",
        "Better Auth": messages.BETTER_AUTH,
    }.items(),
)
def test_a_hash_that_is_too_costly_is_refused_with_its_numbers_and_the_caps(
    system: str, numbers: str
) -> None:
    outcome = convert(stored(system))
    assert isinstance(outcome, CostlyHash)
    assert numbers in outcome.reason


IMPOSSIBLE = {
    stored("Spring Security pbkdf2"): messages.SPRING_PBKDF2_OLD,
    stored("Keycloak pbkdf2-sha512"): messages.other_digest("Keycloak", "SHA-512"),
    stored("Keycloak pbkdf2"): messages.other_digest("Keycloak", "SHA-1"),
    stored("Django bcrypt_sha256"): messages.PREHASHED_DJANGO,
    stored("Django pbkdf2_sha1"): messages.other_digest("Django", "SHA-1"),
    stored("Django md5"): messages.no_algorithm("a salted MD5 of Django or Werkzeug"),
    stored("Django without a password"): messages.LOCKED,
    stored("Werkzeug pbkdf2 SHA-512"): messages.other_digest("Werkzeug", "SHA-512"),
    stored("passlib pbkdf2_sha512"): messages.other_digest("passlib", "SHA-512"),
    stored("passlib bcrypt_sha256"): messages.PREHASHED_PASSLIB,
    stored("phpass"): messages.PHPASS,
    stored("LDAP SSHA"): messages.no_algorithm("a digest of LDAP (SSHA)"),
    stored("sha512crypt"): messages.no_algorithm("$6$ of crypt(3), sha512crypt"),
    stored("md5crypt"): messages.no_algorithm("$1$ of crypt(3), repeated MD5"),
    stored("argon2i"): messages.ARGON2_OTHER,
    stored("FusionAuth salted-pbkdf2-hmac-sha512-512"): messages.other_digest(
        "FusionAuth", "SHA-512"
    ),
    stored("ASP.NET Core Identity v3 of .NET 7"): messages.other_digest(
        "ASP.NET Core Identity", "SHA-512"
    ),
    stored("ASP.NET Identity v2"): messages.ASPNET_V2,
    "firebase:": messages.FIREBASE,
    "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=c2s=$c2FsdA==$aGFzaA==": messages.FIREBASE,
    "clerk:scrypt_firebase:a$b$c$d$e$f": messages.FIREBASE,
    "clerk:md5:5f4dcc3b": messages.no_algorithm("md5 of Clerk"),
    "clerk:other:5f4dcc3b": messages.no_algorithm("a hash of a hasher of Clerk"),
    "$wp$2y$10$vlBpXZkc5fGqAxM3oYh1ae": messages.PREHASHED_WORDPRESS,
    "$P$Bq9Zr4Lw2": messages.PHPASS,
    "$S$Dq9Zr4Lw2": messages.DRUPAL,
    "$2$10$vlBpXZkc5fGqAxM3oYh1ae": messages.BCRYPT_OLD,
    "$y$j9T$q9Zr4Lw2$x": messages.no_algorithm("$y$ of crypt(3), yescrypt"),
    "{SSHA512}q9Zr4Lw2": messages.no_algorithm("a digest of LDAP (SSHA512)"),
    "{ssha}q9Zr4Lw2": messages.no_algorithm("a digest of LDAP (SSHA)"),
    "{CRYPT}q9Zr4Lw2": messages.no_algorithm("DES of crypt(3)"),
    "{CRYPT}$6$q9Zr4Lw2$x": messages.no_algorithm("$6$ of crypt(3), sha512crypt"),
    "{SHA-256}q9Zr4Lw2": messages.no_algorithm("a digest of Spring Security (SHA-256)"),
    "{noop}q9Zr4Lw2": messages.PLAIN_TEXT,
    "plain:": messages.PLAIN_TEXT,
    "{PBKDF2}9$q9Zr$x": messages.other_digest("OpenLDAP", "SHA-1"),
    "pbkdf2:sha256$q9Zr$00": messages.WERKZEUG_NO_ITERATIONS,
    "keycloak:argon2:2:q:q:i:1.3:7168:1": messages.ARGON2_OTHER,
    "keycloak:own:2:q:q::::": messages.no_algorithm("a hash of an extension of Keycloak"),
    "fusionauth:salted-md5:1:q:q": messages.no_algorithm("salted-md5 of FusionAuth"),
    "fusionauth:phpass-md5:1:q:q": messages.no_algorithm("phpass of FusionAuth"),
    "fusionauth:own:1:q:q": messages.no_algorithm("a hash of a plugin of FusionAuth"),
    32 * "5": messages.no_algorithm("a bare digest in hex, such as MD5 or SHA-256"),
    "*": messages.LOCKED,
    "hunter2": messages.UNKNOWN,
    "{own}hunter2": messages.UNKNOWN,
    "{": messages.UNKNOWN,
    "$own$hunter2": messages.UNKNOWN,
    "$": messages.UNKNOWN,
    "pbkdf2_own$1$q$q": messages.UNKNOWN,
}


@pytest.mark.parametrize(("text", "expected"), IMPOSSIBLE.items())
def test_an_impossible_hash_is_refused_with_whose_it_is_and_why(text: str, expected: str) -> None:
    assert convert(text) == UnusableHash(expected)


def test_every_refused_vector_has_a_test_of_its_message() -> None:
    unusable = {stored(name) for name in REFUSED if VECTORS[name]["outcome"] == "UnusableHash"}
    assert unusable <= IMPOSSIBLE.keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (stored("Auth0")[:-1], messages.BCRYPT),
        (stored("Auth0") + "a", messages.BCRYPT),
        ("$2b$03$" + stored("Auth0")[7:], messages.BCRYPT),
        ("$2b$32$" + stored("Auth0")[7:], messages.BCRYPT),
        ("{bcrypt}$2a$10$", messages.BCRYPT),
        ("bcrypt$$2b$12$", messages.BCRYPT),
        (f"$argon2id$m=1,t=1,p=1${SALT}${KEY}", messages.ARGON2),
        (f"$argon2id$v=19$m=1,t=1,p=1${SALT}", messages.ARGON2),
        (f"$argon2id$v=19$m=1,t=0,p=1${SALT}${KEY}", messages.ZERO),
        (f"$argon2id$v=19$m=1,t=1,p=1$AAAA${KEY}", messages.short("salt", 8)),
        (f"$argon2id$v=19$m=1,t=1,p=1${SALT}$AAAA", messages.short("hash", 16)),
        (f"$scrypt$ln=4,r=8${SALT}${KEY}", messages.SCRYPT_PHC),
        (f"$scrypt$ln=0,r=8,p=1${SALT}${KEY}", messages.NO_POWER_OF_TWO),
        ("$e0801$" + SALT, messages.SPRING_SCRYPT),
        (f"$e0801${SALT}$AAAA", messages.short("hash", 32)),
        (f"$pbkdf2-sha256$1${SALT}", messages.PBKDF2),
        (f"$pbkdf2-sha256$1$A.AA${KEY[:-2]}+=", messages.PBKDF2),
        (f"$pbkdf2-sha256$1$AAAAA${KEY}", messages.PBKDF2),
        (f"$pbkdf2-sha256$0${SALT}${KEY}", messages.ZERO),
        (f"$pbkdf2-sha256$1${SALT}$AAAA", messages.short("hash", 32)),
        (f"$pbkdf2-sha256${'9' * 5000}${SALT}${KEY}", messages.PBKDF2),
        (f"{{PBKDF2-SHA256}}1${SALT}", messages.PBKDF2_LDAP),
        (f"{{PBKDF2-SHA256}}1$A.+A${KEY}", messages.PBKDF2_LDAP),
        ("{pbkdf2@SpringSecurity_v5_8}" + 47 * "00", messages.SPRING_PBKDF2),
        ("{pbkdf2@SpringSecurity_v5_8}" + 48 * "0g", messages.SPRING_PBKDF2),
        (f"pbkdf2_sha256$1${KEY}", messages.DJANGO),
        (f"pbkdf2_sha256$1$$${KEY}", messages.DJANGO),
        (f"pbkdf2_sha256$1$${KEY}", messages.short("salt", 1)),
        (f"pbkdf2_sha256$one$salt${KEY}", messages.DJANGO),
        ("scrypt$2$salt$8$1", messages.DJANGO),
        (f"scrypt$3$salt$8$1${KEY}", messages.NO_POWER_OF_TWO),
        ("argon2$argon2id$v=19", messages.ARGON2),
        ("scrypt:32768:8:1$salt", messages.WERKZEUG),
        ("scrypt:32768:8$salt$00", messages.WERKZEUG),
        ("scrypt:32768:8:1$salt$0", messages.WERKZEUG),
        ("scrypt:32768:8:1$salt$0 0", messages.WERKZEUG),
        ("AQAAAAEAACcQ", messages.ASPNET),
        ("AQAAAAEAACcQAAAAEA==", messages.ASPNET),
        ("keycloak:pbkdf2-sha256:1", messages.KEYCLOAK),
        ("keycloak:::::::", messages.KEYCLOAK),
        (f"keycloak:pbkdf2-sha256:1:{SALT}:?::::", messages.KEYCLOAK),
        (f"keycloak:argon2:1:{SALT}:{KEY}:id:1.4:1:1", messages.KEYCLOAK),
        (f"fusionauth:salted-pbkdf2-hmac-sha256::{SALT}:{KEY}", messages.FUSIONAUTH),
        ("fusionauth:bcrypt", messages.FUSIONAUTH),
        ("clerk:bcrypt", messages.CLERK),
        ("clerk:bcrypt:plain", messages.CLERK),
        ("clerk:pbkdf2_sha256:1$2", messages.CLERK),
        ("16384$8$1$00$0g", messages.SCRYPT_COGNITO),
        ("16384$8$1$$00", messages.short("salt", 1)),
    ],
)
def test_a_broken_hash_is_refused_with_the_form_that_it_should_have(
    text: str, expected: str
) -> None:
    assert convert(text) == MalformedHash(expected)


@pytest.mark.parametrize("system", VECTORS)
def test_no_beginning_of_a_hash_raises_and_no_reason_has_a_part_of_it(system: str) -> None:
    text = stored(system)
    secrets = [each for each in re.split(r"[$:{}]", text) if len(each) > 26]
    for end in range(1, len(text) + 1):
        outcome = convert(text[:end])
        if not isinstance(outcome, ConvertedHash):
            assert not any(secret[:12] in outcome.reason for secret in secrets)


def test_a_converted_hash_shows_its_shape_and_not_itself() -> None:
    got = converted(stored("Keycloak 23 pbkdf2-sha256"))
    assert got.shape == HashShape("PBKDF2_SHA256", "27500", 16, 32)
    assert got.text not in repr(got)
    assert got.text.split("$")[-1] not in repr(got)


def test_the_base64_of_pbkdf2_is_the_standard_one_without_padding() -> None:
    assert "." in stored("passlib pbkdf2_sha256")
    got = converted(stored("passlib pbkdf2_sha256"))
    assert "." not in got.text
    assert "=" not in got.text
    assert "+" in got.text


def test_the_caps_themselves_are_within_the_caps() -> None:
    converted(f"$argon2id$v=19$m=19456,t=2,p=1${SALT}${KEY}")
    converted(f"$pbkdf2-sha256$600000${SALT}${KEY}")
    converted(f"65536$8$1$00${32 * '00'}")
    converted("$2b$12$" + stored("Auth0")[7:])


@pytest.mark.parametrize(
    ("text", "exceeded"),
    [
        (f"$argon2id$v=19$m=19457,t=2,p=1${SALT}${KEY}", "m 19,457, 19,456 at most"),
        (f"$argon2id$v=19$m=1,t=2,p=2${SALT}${KEY}", "p 2, 1 at most"),
        (f"$pbkdf2-sha256$600001${SALT}${KEY}", "iterations 600,001, 600,000 at most"),
        (f"131072$8$1$00${32 * '00'}", "N 131,072, 65,536 at most"),
        (f"16384$9$2$00${32 * '00'}", "r 9, 8 at most; p 2, 1 at most"),
        ("$2b$13$" + stored("Auth0")[7:], "cost 13, 12 at most"),
    ],
)
def test_one_more_than_a_cap_is_too_costly(text: str, exceeded: str) -> None:
    outcome = convert(text)
    assert isinstance(outcome, CostlyHash)
    assert outcome.reason.endswith(": " + exceeded)
