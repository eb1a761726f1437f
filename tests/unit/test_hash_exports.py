"""Tests of the password hashes of providers' exports."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.fuzz_users_csv import Checked, checked

from user_import.users_csv import ExportFormat, Pool, ReadOptions, Rule
from user_import.users_csv.password_hashes import OnBadHash, PasswordHashes
from user_import.users_csv.password_hashes import messages as hash_messages

HERE = Path(__file__).parent
VECTORS = {
    each["system"]: each["stored"]
    for each in json.loads((HERE / "password_hashes/vectors.json").read_text())["vectors"]
}
USERNAME, HASH = "cognito:username", "password_hash"
BCRYPT = VECTORS["Auth0"]
RESET = OnBadHash.RESET
SALT = base64.b64encode(bytes(range(16))).decode()
KEY = base64.b64encode(bytes(range(32))).decode()


def export(name: ExportFormat, data: Any, **reading: Any) -> Checked:
    file = data if isinstance(data, bytes) else json.dumps(data).encode()
    reading.setdefault("password_hashes", PasswordHashes())
    return checked([file], Pool(), ReadOptions(export=name, **reading))


KEYCLOAK_PASSWORD = {
    "type": "password",
    "secretData": json.dumps({"value": KEY, "salt": SALT}),
    "credentialData": json.dumps({"hashIterations": 27500, "algorithm": "pbkdf2-sha256"}),
}
FUSIONAUTH_PASSWORD = {
    "encryptionScheme": "salted-pbkdf2-hmac-sha256",
    "factor": 24000,
    "salt": SALT,
    "password": KEY,
}
CLERK = f"id,username,password_digest,password_hasher\nu1,ann,{BCRYPT},bcrypt\nu2,bob,,\n".encode()
PBKDF2 = f"{SALT.rstrip('=')}${KEY.rstrip('=')}"
EXPORTS: list[tuple[ExportFormat, Any, str]] = [
    (
        ExportFormat.AUTH0,
        f'{{"_id": {{"$oid": "5f"}}, "email": "a@x", "passwordHash": "{BCRYPT}"}}\n'
        '{"_id": {"$oid": "60"}, "email": "b@x"}\n'.encode(),
        BCRYPT,
    ),
    (ExportFormat.AUTH0, [{"user_id": "auth0|5f", "password_hash": BCRYPT}], BCRYPT),
    (ExportFormat.AUTH0, f"user_id,password_hash\n'auth0|5f,'{BCRYPT}\n".encode(), BCRYPT),
    (ExportFormat.SUPABASE, f"id,encrypted_password\nu1,{BCRYPT}\n".encode(), BCRYPT),
    (ExportFormat.CLERK, CLERK, BCRYPT),
    (
        ExportFormat.KEYCLOAK,
        {"users": [{"username": "ann", "credentials": [KEYCLOAK_PASSWORD]}, {"username": "bob"}]},
        f"$pbkdf2-sha256$27500${PBKDF2}",
    ),
    (
        ExportFormat.FUSIONAUTH,
        {"users": [{"id": "u1", **FUSIONAUTH_PASSWORD}, {"id": "u2"}]},
        f"$pbkdf2-sha256$24000${PBKDF2}",
    ),
]


@pytest.mark.parametrize(("name", "data", "expected"), EXPORTS)
def test_the_hashes_of_an_export_are_converted(
    name: ExportFormat, data: Any, expected: str
) -> None:
    got = export(name, data)
    assert got.found == []
    ((algorithm, rows),) = got.hashed.items()
    first = rows.decode().splitlines()[0]
    assert first.endswith(f",{expected}")
    assert {job.algorithm for job in got.staged.jobs} == {algorithm}


@pytest.mark.parametrize(("name", "data", "expected"), EXPORTS[1:])
def test_the_hashes_of_an_export_are_not_read_without_the_option(
    name: ExportFormat, data: Any, expected: str
) -> None:
    got = export(name, data, password_hashes=None)
    assert got.found == []
    assert got.hashed == {}
    assert expected.encode() not in got.written


def test_the_id_of_auth0s_export_of_hashes_is_that_of_its_other_exports() -> None:
    file = (
        f'{{"_id": {{"$oid": "5f"}}, "passwordHash": "{BCRYPT}"}}\n'
        f'{{"_ID": {{"$oid": "60"}}, "alt_id": "own", "passwordHash": "{BCRYPT}"}}\n'
    ).encode()
    got = export(ExportFormat.AUTH0, file)
    names = [row.split(",")[0] for row in got.hashed["BCRYPT"].decode().splitlines()]
    assert names == ["auth0|5f", "auth0|own"]


def test_a_user_of_auth0_without_any_id_is_refused() -> None:
    got = export(ExportFormat.AUTH0, f'{{"passwordHash": "{BCRYPT}"}}\n'.encode())
    assert [each.rule for each in got.found] == [Rule.EXPORT]


FIREBASE_CSV = f"u1,a@x,true,{KEY},{SALT}{',' * 22}\nu2,b@x,true,,{',' * 22}\n".encode()
FIREBASE_JSON = {"users": [{"localId": "u1", "passwordHash": KEY, "salt": SALT}, {"localId": "u2"}]}


@pytest.mark.parametrize("data", [FIREBASE_CSV, FIREBASE_JSON])
def test_the_hashes_of_firebase_are_told_to_be_impossible(data: Any) -> None:
    (finding,) = export(ExportFormat.FIREBASE, data).found
    assert finding.rule is Rule.HASH_UNUSABLE
    assert finding.text.startswith(hash_messages.FIREBASE)
    got = export(ExportFormat.FIREBASE, data, password_hashes=PasswordHashes(unusable=RESET))
    assert got.found == []
    assert got.staged.users == 2
    assert KEY.encode() not in got.written


def test_columns_may_leave_the_hash_of_an_export_out_or_take_another() -> None:
    users = [{"user_id": "auth0|1", "passwordHash": "?", "old": {"hash": BCRYPT}}]
    assert export(ExportFormat.AUTH0, users, columns={"passwordHash": None}).hashed == {}
    got = export(ExportFormat.AUTH0, users, columns={"passwordHash": None, "old.hash": HASH})
    assert got.found == []
    assert BCRYPT.encode() in got.hashed["BCRYPT"]


def test_other_secrets_of_an_export_stay_unread() -> None:
    users = [{"user_id": "auth0|1", "passwordHash": BCRYPT, "token": "Kanarie", "salt": "Kanarie"}]
    got = export(ExportFormat.AUTH0, users, columns={"token": "nickname"})
    assert [each.rule for each in got.found] == [Rule.UNKNOWN_COLUMN]
    assert "Kanarie" not in got.reported


def test_fusionauths_users_have_their_attributes() -> None:
    file = (HERE / "exports/fusionauth.json").read_bytes()
    got = export(ExportFormat.FUSIONAUTH, file)
    assert got.found == []
    header = got.staged.header.strip().split(",")
    first, second = got.hashed["PBKDF2_SHA256"].decode().splitlines()
    ada = dict(zip(header, first.split(","), strict=False))
    assert ada[USERNAME] == "00000000-0000-4000-8000-000000000001"
    assert (ada["email"], ada["email_verified"]) == ("ada@example.com", "true")
    assert (ada["birthdate"], ada["phone_number"]) == ("12/10/1815", "+15550100")
    assert (ada["zoneinfo"], ada["picture"]) == ("Europe/London", "https://example.com/ada.png")
    assert (ada["given_name"], ada["family_name"], ada["name"]) == (
        "Ada",
        "Lovelace",
        "Ada Lovelace",
    )
    assert second.endswith(",")


def test_disabled_and_linked_users_of_fusionauth_are_reported() -> None:
    users = [{"id": "u1", "active": False}, {"id": "u2", "identityProviderLinks": [{}]}]
    got = export(ExportFormat.FUSIONAUTH, {"users": users})
    assert {each.rule for each in got.found} == {Rule.EXCLUDED_USER, Rule.PROVIDER_LINK}


def test_a_digest_of_clerk_without_a_hasher_is_read_as_any_hash() -> None:
    got = export(ExportFormat.CLERK, f"id,password_digest\nu1,{BCRYPT}\n".encode())
    assert got.found == []
    assert got.hashed == {"BCRYPT": f"u1,{BCRYPT}\n".encode()}


def test_a_column_of_a_csv_of_okta_may_have_the_hash() -> None:
    file = f"login,pw,secret\nann,{BCRYPT},Kanarie\n".encode()
    got = export(ExportFormat.OKTA, file, columns={"pw": HASH})
    assert got.found == []
    assert got.hashed == {"BCRYPT": f"ann,{BCRYPT}\n".encode()}


CANARY = "Kanarie" * 7
BROKEN: list[tuple[ExportFormat, Any]] = [
    (ExportFormat.AUTH0, [{"user_id": "auth0|1", "passwordHash": CANARY}]),
    (ExportFormat.AUTH0, [{"user_id": "auth0|1", "passwordHash": {"hash": CANARY}}]),
    (ExportFormat.AUTH0, f"user_id,password_hash\n'auth0|1,'{CANARY}\n".encode()),
    (ExportFormat.SUPABASE, f"id,encrypted_password\nu1,{CANARY}\n".encode()),
    (ExportFormat.CLERK, f"id,password_digest,password_hasher\nu1,{CANARY},bcrypt\n".encode()),
    (ExportFormat.CLERK, f"id,password_digest,password_hasher\nu1,{CANARY},{CANARY}\n".encode()),
    (ExportFormat.FIREBASE, {"users": [{"localId": "1", "passwordHash": CANARY, "salt": CANARY}]}),
    *(
        (ExportFormat.FUSIONAUTH, {"users": [{"id": "1", **fields}]})
        for fields in (
            {**FUSIONAUTH_PASSWORD, "password": CANARY},
            {**FUSIONAUTH_PASSWORD, "salt": f"{CANARY}:"},
            {"password": CANARY},
            {"password": CANARY, "encryptionScheme": CANARY},
        )
    ),
    *(
        (
            ExportFormat.KEYCLOAK,
            {"users": [{"username": "ann", "credentials": [{"type": "password", **fields}]}]},
        )
        for fields in (
            {"value": CANARY},
            {"secretData": CANARY, "credentialData": CANARY},
            {"secretData": json.dumps({"value": CANARY}), "credentialData": "{}"},
            {
                "secretData": json.dumps({"value": CANARY + "\n\\", "salt": SALT}),
                "credentialData": json.dumps({"algorithm": CANARY, "hashIterations": 1}),
            },
            {"hashedSaltedValue": CANARY, "algorithm": "bcrypt"},
        )
    ),
]


@pytest.mark.parametrize(("name", "data"), BROKEN)
def test_no_text_about_a_broken_hash_of_an_export_has_a_part_of_it(
    name: ExportFormat, data: Any
) -> None:
    for hashes in (PasswordHashes(), PasswordHashes(unusable=RESET), None):
        got = export(name, data, password_hashes=hashes)
        said = f"{got.reported} {got.report.normalized} {got.report.hashes}"
        assert "Kanarie" not in said
        assert b"Kanarie" not in got.written
        assert got.hashed == {}
