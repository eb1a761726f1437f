"""Users who were imported sign in at the local AWS, as far as Cognito would let them."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import argon2
import bcrypt
import pytest
from botocore.exceptions import ClientError
from helpers.import_world import code_of, user

from cognito_import_local.service.password_hash import matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.import_world import World

PASSWORD = "Correct-Horse-7, Großmutter"
SALT = b"sixteen bytes ok"


def bcrypt_hash(variant: str) -> str:
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    return f"$2{variant}${hashed[4:]}"


def scrypt_hash(cost: int = 1024) -> str:
    hashed = hashlib.scrypt(PASSWORD.encode(), salt=SALT, n=cost, r=8, p=1, maxmem=1 << 27)
    return f"{cost}$8$1${SALT.hex()}${hashed.hex()}"


def argon2id_hash() -> str:
    return argon2.PasswordHasher(2, 19456, 1).hash(PASSWORD)


def pbkdf2_hash(alphabet: bytes = b"+/") -> str:
    hashed = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), SALT, 1000)
    salt, digest = (base64.b64encode(part, alphabet).decode() for part in (SALT, hashed))
    if alphabet != b"+/":
        salt, digest = salt.rstrip("="), digest.rstrip("=")
    return f"$pbkdf2-sha256$1000${salt}${digest}"


HASHES: dict[str, tuple[str, Callable[[], str]]] = {
    "bcrypt-a": ("BCRYPT", lambda: bcrypt_hash("a")),
    "bcrypt-b": ("BCRYPT", lambda: bcrypt_hash("b")),
    "bcrypt-x": ("BCRYPT", lambda: bcrypt_hash("x")),
    "bcrypt-y": ("BCRYPT", lambda: bcrypt_hash("y")),
    "scrypt": ("SCRYPT", scrypt_hash),
    "argon2id": ("ARGON2ID", argon2id_hash),
    "pbkdf2": ("PBKDF2_SHA256", pbkdf2_hash),
    "pbkdf2-passlib": ("PBKDF2_SHA256", lambda: pbkdf2_hash(b"./")),
}


def test_a_scrypt_hash_at_the_cap_is_verified() -> None:
    assert matches(PASSWORD, scrypt_hash(65536), "SCRYPT")


@pytest.mark.parametrize("hashed", ["1000$8$1$00$00", "3$1$1$00$00"])
def test_a_malformed_hash_matches_no_password(hashed: str) -> None:
    assert not matches(PASSWORD, hashed, "SCRYPT")


class App:
    """An app client of a pool, and its sign-in."""

    def __init__(self, world: World, **options: Any) -> None:
        self.world = world
        self.client_id = world.cognito.create_user_pool_client(
            UserPoolId=world.pool,
            ClientName="app",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"],
            **options,
        )["UserPoolClient"]["ClientId"]

    def signs_in(self, flow: str, username: str, password: str) -> dict[str, Any]:
        call, more = self.world.cognito.initiate_auth, {}
        if flow.startswith("ADMIN"):
            call, more = self.world.cognito.admin_initiate_auth, {"UserPoolId": self.world.pool}
        parameters = {"USERNAME": username, "PASSWORD": password}
        answer = call(ClientId=self.client_id, AuthFlow=flow, AuthParameters=parameters, **more)
        return dict(answer["AuthenticationResult"])


FLOWS = ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH")


@pytest.mark.parametrize("name", HASHES)
def test_a_user_with_a_hash_signs_in_with_the_right_password_and_no_other(
    world: World, name: str
) -> None:
    algorithm, hashed = HASHES[name]
    value = hashed().replace(",", "\\,")
    people = [user(each, password_hash=value) for each in ("ann", "bob")]
    job = world.run(world.csv(*people), PasswordHashingAlgorithm=algorithm)
    assert job["ImportedUsers"] == 2
    app = App(world)

    for flow, person in zip(FLOWS, ("ann", "bob"), strict=True):
        for wrong in (PASSWORD.upper(), value, "x"):
            with pytest.raises(ClientError) as error:
                app.signs_in(flow, person, wrong)
            assert code_of(error) == "NotAuthorizedException"
        assert app.signs_in(flow, person, PASSWORD)["AccessToken"]
        # Now that the password is known, it is compared, no longer hashed.
        assert app.signs_in(flow, person, PASSWORD)["AccessToken"]
        with pytest.raises(ClientError) as error:
            app.signs_in(flow, person, "x")
        assert code_of(error) == "NotAuthorizedException"


def test_setting_a_password_invalidates_the_imported_hash(world: World) -> None:
    world.run(
        world.csv(user("ann", password_hash=pbkdf2_hash())),
        PasswordHashingAlgorithm="PBKDF2_SHA256",
    )
    world.cognito.admin_set_user_password(
        UserPoolId=world.pool, Username="ann", Password="Another-Horse-8", Permanent=True
    )
    app = App(world)

    with pytest.raises(ClientError) as error:
        app.signs_in("USER_PASSWORD_AUTH", "ann", PASSWORD)

    assert code_of(error) == "NotAuthorizedException"
    assert app.signs_in("USER_PASSWORD_AUTH", "ann", "Another-Horse-8")


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    ("existence", "code"),
    [("LEGACY", "PasswordResetRequiredException"), ("ENABLED", "NotAuthorizedException")],
)
def test_a_user_without_a_hash_gets_reset_required_unless_the_app_hides_user_existence(
    world: World, flow: str, existence: str, code: str
) -> None:
    world.run(world.csv(user("ann")))
    app = App(world, PreventUserExistenceErrors=existence)

    with pytest.raises(ClientError) as error:
        app.signs_in(flow, "ann", PASSWORD)

    assert code_of(error) == code


def test_a_user_who_has_reset_the_password_signs_in(world: World) -> None:
    world.run(world.csv(user("ann")))
    app = App(world, PreventUserExistenceErrors="ENABLED")
    ours = {"ClientId": app.client_id, "Username": "ann"}

    world.cognito.forgot_password(**ours)
    world.cognito.confirm_forgot_password(
        **ours, ConfirmationCode="654321", Password="Another-Horse-8"
    )

    assert app.signs_in("USER_PASSWORD_AUTH", "ann", "Another-Horse-8")["AccessToken"]
    assert world.users()[0]["UserStatus"] == "CONFIRMED"


def test_a_user_of_an_email_pool_signs_in_with_the_email(
    make_world: Callable[..., World],
) -> None:
    world = make_world(UsernameAttributes=["email"])
    person = user("ann", password_hash=bcrypt_hash("b")) | {"cognito:username": "ann@example.com"}
    world.run(world.csv(person), PasswordHashingAlgorithm="BCRYPT")

    assert App(world).signs_in("USER_PASSWORD_AUTH", "ann@example.com", PASSWORD)
