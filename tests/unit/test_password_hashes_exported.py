"""Tests of the fields of exports that become one text, and of the options."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from user_import.users_csv.password_hashes import (
    ConvertedHash,
    OnBadHash,
    PasswordHashes,
    messages,
)
from user_import.users_csv.password_hashes.conversion import convert
from user_import.users_csv.password_hashes.exported import (
    clerk_text,
    fusionauth_text,
    keycloak_text,
)

SALT = base64.b64encode(bytes(range(16))).decode()
KEY = base64.b64encode(bytes(range(32))).decode()


def converted(text: str) -> ConvertedHash:
    outcome = convert(text)
    assert isinstance(outcome, ConvertedHash), outcome
    return outcome


def reason(text: str) -> str:
    outcome = convert(text)
    assert not isinstance(outcome, ConvertedHash)
    return outcome.reason


# The fields of exports.

DATA = {"hashIterations": "27500", "algorithm": "pbkdf2-sha256", "additionalParameters": {}}


@pytest.mark.parametrize("as_text", [json.dumps, dict])
def test_the_fields_of_keycloak_become_one_text(as_text: Any) -> None:
    secret = {"value": KEY, "salt": SALT, "additionalParameters": {}}
    password = {
        "type": "password",
        "secretData": as_text(secret),
        "credentialData": as_text(DATA),
    }
    otp = {"type": "otp", "secretData": "{}"}
    assert keycloak_text([otp, password]) == f"keycloak:pbkdf2-sha256:27500:{SALT}:{KEY}::::"


def test_the_parameters_of_keycloaks_argon2_are_in_the_text() -> None:
    more = {"hashLength": ["32"], "memory": ["7168"], "type": ["id"], "version": ["1.3"]}
    data = {"hashIterations": 2, "algorithm": "argon2", "additionalParameters": more}
    data["additionalParameters"] = {**more, "parallelism": ["1"]}
    secret = {"value": KEY, "salt": SALT}
    password = {"type": "password", "secretData": json.dumps(secret), "credentialData": data}
    text = keycloak_text([password])
    assert text == f"keycloak:argon2:2:{SALT}:{KEY}:id:1.3:7168:1"
    assert converted(text).algorithm == "ARGON2ID"


def test_a_password_of_keycloak_before_version_8_is_read() -> None:
    password = {
        "type": "password",
        "hashedSaltedValue": KEY,
        "salt": SALT,
        "hashIterations": 27500,
        "algorithm": "pbkdf2-sha256",
    }
    assert converted(keycloak_text([password])).shape.parameters == "27500"


@pytest.mark.parametrize("nothing", [None, [], "x", [{}], [{"type": "otp"}], [3]])
def test_a_user_of_keycloak_without_a_password_has_no_text(nothing: Any) -> None:
    assert not keycloak_text(nothing)


def test_a_password_in_plain_text_is_refused_and_not_in_the_text() -> None:
    text = keycloak_text([{"type": "password", "value": "hunter2", "temporary": True}])
    assert "hunter2" not in text
    assert reason(text) == messages.PLAIN_TEXT
    text = fusionauth_text({"password": "hunter2"})
    assert "hunter2" not in text
    assert reason(text) == messages.PLAIN_TEXT


@pytest.mark.parametrize("secret", ["{", "[]", "[" * 100_000])
def test_a_broken_password_of_keycloak_is_malformed(secret: str) -> None:
    text = keycloak_text([{"type": "password", "secretData": secret, "credentialData": "{}"}])
    assert reason(text) == messages.KEYCLOAK


def test_the_fields_of_fusionauth_become_one_text() -> None:
    user = {
        "encryptionScheme": "salted-pbkdf2-hmac-sha256",
        "factor": "24000",
        "salt": SALT,
        "password": KEY,
    }
    assert fusionauth_text(user) == f"fusionauth:salted-pbkdf2-hmac-sha256:24000:{SALT}:{KEY}"
    assert not fusionauth_text({**user, "password": None})


def test_the_hasher_of_clerk_says_what_the_digest_does_not() -> None:
    digest = f"pbkdf2_sha256$100000${SALT}${KEY}"
    own = converted(clerk_text(digest, "pbkdf2_sha256"))
    django = converted(clerk_text(digest, "pbkdf2_sha256_django"))
    assert own.shape.salt_bytes == 16
    assert django.shape.salt_bytes == len(SALT)
    assert not clerk_text(" ", "bcrypt")


# The options.


def test_the_default_takes_all_algorithms_and_fails_on_the_rest() -> None:
    default = PasswordHashes()
    assert default.algorithms == {"BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"}
    assert {default.too_costly, default.unusable, default.not_eligible} == {OnBadHash.FAIL}


@pytest.mark.parametrize(
    "options",
    [
        PasswordHashes(),
        PasswordHashes(algorithms=["BCRYPT", "SCRYPT"], unusable=OnBadHash.RESET),
        PasswordHashes(too_costly=OnBadHash.RESET, not_eligible=OnBadHash.RESET),
    ],
)
def test_options_survive_json(options: PasswordHashes) -> None:
    assert PasswordHashes.from_json(json.loads(json.dumps(options.to_json()))) == options


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"algorithms": "BCRYPT"},
        {"algorithms": []},
        {"algorithms": ["MD5"]},
        {"unusable": "skip"},
        {"other": 1},
    ],
)
def test_other_json_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        PasswordHashes.from_json(value)
