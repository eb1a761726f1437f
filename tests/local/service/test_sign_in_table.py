"""Each cell of docs/sign-in.md is what the local AWS answers, unless the cell is unproven."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.apps import App
from helpers.import_world import code_of, user
from helpers.imported_hashes import HASHES, PASSWORD, scrypt_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helpers.import_world import World

DOCS = Path(__file__).parents[3] / "docs"
REGISTER = (DOCS / "unproven.md").read_text(encoding="utf-8")
NEW_WORD = "Another-Horse-8"
WRONG_WORD = "Neither-Horse-9"
RESET_REQUIRED, DENIED = "PasswordResetRequiredException", "NotAuthorizedException"
FLOWS = ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH")
AFTER_A_RESET = "after a reset"
COLUMNS = (*FLOWS, AFTER_A_RESET)

TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
ONE_TIME = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
# The settings of the pool, of its MFA, and of the client.
SETTINGS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}, {}),
    "MFA required": ({}, {"MfaConfiguration": "ON", **TOTP}, {}),
    "MFA optional": ({}, {"MfaConfiguration": "OPTIONAL", **TOTP}, {}),
    "EMAIL_OTP allowed": ({"Policies": ONE_TIME}, {}, {}),
    "client secret": ({}, {}, {"GenerateSecret": True}),
}


@cache
def hash_of_an_import() -> str:
    """Return a hash with the parameters of PasswordVia.HASH, made once: it takes 64 MiB."""
    return scrypt_hash(65536, size=32)


# The hashing algorithm of the import job, and the users' hash.
OWN_ALGORITHM, OWN_HASH = HASHES["bcrypt-b"]
PASSWORDS: dict[str, tuple[str, Callable[[], str]] | None] = {
    "`PasswordVia.ADMIN`": None,
    "`PasswordVia.HASH`": ("SCRYPT", hash_of_an_import),
    "own hash": (OWN_ALGORITHM, OWN_HASH),
    "no password": None,
}

Row = tuple[str, str, "Mapping[str, str]"]


def rows() -> list[Row]:
    """Return the pool or client, the origin of the password, and the cells of each row."""
    text = (DOCS / "sign-in.md").read_text(encoding="utf-8")
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    table = [[cell.strip() for cell in line] for line in lines if len(line) == 2 + len(COLUMNS)]
    assert table[0][2:] == list(COLUMNS)
    return [
        (setting, password, dict(zip(COLUMNS, cells, strict=True)))
        for setting, passwords, *cells in table[1:]
        for password in passwords.split(", ")
    ]


def answers(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of the cells that are not unproven."""
    found = {column: cell.partition(" (")[0] for column, cell in cells.items()}
    return {column: answer for column, answer in found.items() if answer != "unproven"}


ROWS = rows()
PLAYED = [row for row in ROWS if answers(row[2])]


def test_the_table_has_a_row_for_each_pool_or_client_and_origin_of_the_password() -> None:
    expected = sorted((setting, password) for setting in SETTINGS for password in PASSWORDS)

    assert sorted((setting, password) for setting, password, _ in ROWS) == expected


def test_every_cell_is_a_known_answer_and_an_unproven_one_names_its_row_of_the_register() -> None:
    for setting, password, cells in ROWS:
        for column, cell in cells.items():
            found = re.fullmatch(
                r"(?:(?:tokens|MFA_SETUP|reset|fails)(?: \((COG-\d+)\))?|unproven \((COG-\d+)\))",
                cell,
            )
            assert found, (setting, password, column, cell)
            for row in filter(None, found.groups()):
                assert f"| {row} |" in REGISTER, row


@pytest.mark.parametrize(
    ("setting", "password", "cells"),
    PLAYED,
    ids=[f"{row[0]}, {row[1]}".replace("`", "") for row in PLAYED],
)
def test_users_get_the_answers_in_their_row(
    make_world: Callable[..., World], setting: str, password: str, cells: Mapping[str, str]
) -> None:
    pool, mfa, client = SETTINGS[setting]
    world = make_world(**pool)
    if mfa:
        world.cognito.set_user_pool_mfa_config(UserPoolId=world.pool, **mfa)
    telling = App(world, PreventUserExistenceErrors="LEGACY", **client)
    hiding = App(world, PreventUserExistenceErrors="ENABLED", **client)
    promised = answers(cells)
    # A sign-in changes its user: each flow, and each flow after a reset, has a user of its own.
    names = {
        (column, flow): f"u{number}"
        for number, (column, flow) in enumerate(
            (column, flow)
            for column in promised
            for flow in (FLOWS if column == AFTER_A_RESET else (column,))
        )
    }
    import_users(world, list(names.values()), password)

    played: dict[str, set[str]] = {column: set() for column in promised}
    for (column, flow), name in names.items():
        played[column].add(
            answer_after_a_reset(telling, flow, name)
            if column == AFTER_A_RESET
            else answer(telling, hiding, flow, name)
        )

    assert played == {column: {each} for column, each in promised.items()}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_client_with_a_secret_signs_nobody_in_without_the_secret_hash(
    world: World, flow: str
) -> None:
    import_users(world, ["ann"], "`PasswordVia.ADMIN`")
    app = App(world, GenerateSecret=True)

    with pytest.raises(ClientError) as error:
        sign_in(app, flow, "ann", PASSWORD, {})
    assert code_of(error) == DENIED
    with pytest.raises(ClientError) as error:
        world.cognito.forgot_password(ClientId=app.client_id, Username="ann")
    assert code_of(error) == DENIED


def import_users(world: World, names: list[str], password: str) -> None:
    """Import users, and give them their password."""
    hashed = PASSWORDS[password]
    if hashed is None:
        world.run(world.csv(*map(user, names)))
    else:
        algorithm, make = hashed
        value = make().replace(",", "\\,")
        people = (user(name, password_hash=value) for name in names)
        world.run(world.csv(*people), PasswordHashingAlgorithm=algorithm)
    if password == "`PasswordVia.ADMIN`":
        for name in names:
            world.cognito.admin_set_user_password(
                UserPoolId=world.pool, Username=name, Password=PASSWORD, Permanent=True
            )
    assert world.usernames() == set(names)


def reset(app: App, name: str) -> None:
    ours = {"ClientId": app.client_id, "Username": name}
    if proof := secret_hash(app, name):
        ours["SecretHash"] = proof["SECRET_HASH"]
    app.world.cognito.forgot_password(**ours)
    app.world.cognito.confirm_forgot_password(**ours, ConfirmationCode="654321", Password=NEW_WORD)


def answer(telling: App, hiding: App, flow: str, name: str) -> str:
    """Return the page's word for what a user gets; another password gets nobody any further.

    Args:
        telling: A client that tells who exists.
        hiding: One that does not (PreventUserExistenceErrors).
        flow: The authentication flow.
        name: The username.
    """
    given = outcome(telling, flow, name, PASSWORD)
    if given == RESET_REQUIRED:
        assert outcome(telling, flow, name, WRONG_WORD) == RESET_REQUIRED
        assert outcome(hiding, flow, name, PASSWORD) == DENIED
        return "reset"
    if given == DENIED:
        return "fails"
    assert outcome(hiding, flow, name, WRONG_WORD) == DENIED
    return given


def answer_after_a_reset(app: App, flow: str, name: str) -> str:
    """Return what a user gets who has reset the password; the old one is refused."""
    reset(app, name)
    assert outcome(app, "USER_PASSWORD_AUTH", name, PASSWORD) == DENIED
    return outcome(app, flow, name, NEW_WORD)


def outcome(app: App, flow: str, name: str, password: str) -> str:
    """Return `tokens`, the name of the challenge, or the code of the error."""
    try:
        given = sign_in(app, flow, name, password, secret_hash(app, name))
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "tokens" if "AuthenticationResult" in given else str(given["ChallengeName"])


def sign_in(app: App, flow: str, name: str, password: str, more: dict[str, str]) -> dict[str, Any]:
    if flow == "USER_SRP_AUTH":
        return app.signs_in_by_srp(name, password, **more)
    if flow == "USER_AUTH":
        more = {"PREFERRED_CHALLENGE": "PASSWORD", **more}
    return app.initiate(flow, name, PASSWORD=password, **more)


def secret_hash(app: App, name: str) -> dict[str, str]:
    """Return the parameter of a client with a secret, and none of others."""
    return {"SECRET_HASH": app.secret_hash(name)} if app.has_secret else {}
