"""Users who were imported sign in at the local AWS, as far as Cognito would let them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.apps import FLOWS, App
from helpers.import_world import code_of, message_of, user
from helpers.imported_hashes import HASHES, PASSWORD, bcrypt_hash, pbkdf2_hash, scrypt_hash

from cognito_import_local import ImportSettings
from cognito_import_local.service.password_hash import matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.import_world import World


def test_a_scrypt_hash_at_the_cap_is_verified() -> None:
    assert matches(PASSWORD, scrypt_hash(65536), "SCRYPT", ImportSettings())


@pytest.mark.parametrize("hashed", ["1000$8$1$00$00", "3$1$1$00$00"])
def test_a_malformed_hash_matches_no_password(hashed: str) -> None:
    assert not matches(PASSWORD, hashed, "SCRYPT", ImportSettings())


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


@pytest.mark.parametrize(
    ("existence", "code"),
    [("LEGACY", "PasswordResetRequiredException"), ("ENABLED", "NotAuthorizedException")],
)
def test_srp_tells_a_user_without_a_password_to_reset_it_unless_the_app_hides_user_existence(
    world: World, existence: str, code: str
) -> None:
    world.run(world.csv(user("ann")))
    app = App(world, PreventUserExistenceErrors=existence)

    with pytest.raises(ClientError) as error:
        app.signs_in_by_srp("ann", PASSWORD)

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


@pytest.mark.parametrize("name", HASHES)
def test_srp_fails_like_a_wrong_password_until_a_hash_has_been_used(
    world: World, name: str
) -> None:
    algorithm, hashed = HASHES[name]
    value = hashed().replace(",", "\\,")
    world.run(world.csv(user("ann", password_hash=value)), PasswordHashingAlgorithm=algorithm)
    app = App(world)

    with pytest.raises(ClientError) as error:
        app.signs_in_by_srp("ann", PASSWORD)
    assert code_of(error) == "NotAuthorizedException"
    assert message_of(error) == "Incorrect username or password."

    app.signs_in("USER_PASSWORD_AUTH", "ann", PASSWORD)
    assert app.signs_in_by_srp("ann", PASSWORD)["AuthenticationResult"]


@pytest.mark.parametrize(
    ("alphabet", "read"),
    [
        ("standard", {b"+/": True, b"./": False}),
        ("passlib", {b"+/": False, b"./": True}),
        ("both", {b"+/": True, b"./": True}),
    ],
)
def test_a_hash_in_another_base64_alphabet_is_imported_and_signs_nobody_in(
    world: World, alphabet: str, read: dict[bytes, bool]
) -> None:
    world.aws.configure(pbkdf2_base64=alphabet)
    app = App(world)
    for number, (written, right) in enumerate(read.items()):
        value = pbkdf2_hash(written, salt=b"\xfb\xef\xbe sixteen bytes")
        assert written.decode()[0] in value
        job = world.run(
            world.csv(user(f"u{number}", password_hash=value)),
            PasswordHashingAlgorithm="PBKDF2_SHA256",
        )
        assert job["ImportedUsers"] == 1
        assert signs_in(app, f"u{number}", PASSWORD) is right


def test_a_hash_without_the_ambiguous_character_is_read_in_every_alphabet(world: World) -> None:
    world.aws.configure(pbkdf2_base64="passlib")
    value = pbkdf2_hash(salt=salt_without_plus())
    world.run(world.csv(user("ann", password_hash=value)), PasswordHashingAlgorithm="PBKDF2_SHA256")

    assert signs_in(App(world), "ann", PASSWORD)


@pytest.mark.parametrize(
    ("setting", "value"), [("hash_bytes_at_most", 31), ("salt_bytes_at_least", 17)]
)
@pytest.mark.parametrize("name", ["scrypt-32", "argon2id", "pbkdf2"])
def test_a_hash_that_is_too_long_and_a_salt_that_is_too_short_can_fail_the_row(
    world: World, setting: str, value: int, name: str
) -> None:
    algorithm, hashed = {**HASHES, "scrypt-32": ("SCRYPT", lambda: scrypt_hash(size=32))}[name]
    row = user("ann", password_hash=hashed().replace(",", "\\,"))

    settings: dict[str, Any] = {setting: value}
    world.aws.configure(**settings)
    assert world.run(world.csv(row), PasswordHashingAlgorithm=algorithm)["FailedUsers"] == 1

    enough = value + (1 if setting == "hash_bytes_at_most" else -1)
    settings[setting] = enough
    world.aws.configure(**settings)
    assert world.run(world.csv(row), PasswordHashingAlgorithm=algorithm)["ImportedUsers"] == 1


def test_choice_based_sign_in_with_a_hash_can_need_a_sign_in_with_the_password_before(
    world: World,
) -> None:
    world.aws.configure(hash_sign_in="password_flows")
    value = pbkdf2_hash()
    people = [user(each, password_hash=value) for each in ("ann", "bob")]
    world.run(world.csv(*people), PasswordHashingAlgorithm="PBKDF2_SHA256")
    app = App(world)
    choice = {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD}

    with pytest.raises(ClientError) as error:
        app.initiate("USER_AUTH", "ann", **choice)
    assert code_of(error) == "NotAuthorizedException"
    app.signs_in("USER_PASSWORD_AUTH", "ann", PASSWORD)
    assert app.initiate("USER_AUTH", "ann", **choice)["AuthenticationResult"]

    world.aws.configure(hash_sign_in="any_password")
    assert app.initiate("USER_AUTH", "bob", **choice)["AuthenticationResult"]


@pytest.mark.parametrize(("where", "status"), [("any_password", 302), ("password_flows", 200)])
def test_managed_login_with_a_hash_can_need_a_sign_in_with_the_password_before(
    world: World, where: str, status: int
) -> None:
    world.aws.configure(hash_sign_in=where)
    world.run(
        world.csv(user("ann", password_hash=pbkdf2_hash())),
        PasswordHashingAlgorithm="PBKDF2_SHA256",
    )
    app = App(world)

    assert app.managed_login("ann", PASSWORD) == status
    app.signs_in("USER_PASSWORD_AUTH", "ann", PASSWORD)
    assert app.managed_login("ann", PASSWORD) == 302


def signs_in(app: App, username: str, password: str) -> bool:
    try:
        app.signs_in("USER_PASSWORD_AUTH", username, password)
    except app.world.cognito.exceptions.NotAuthorizedException:
        return False
    return True


def salt_without_plus() -> bytes:
    """Return a salt with which neither salt nor hash has a `+`."""
    salts = (b"sixteen bytes %2d" % number for number in range(100))
    return next(salt for salt in salts if "+" not in pbkdf2_hash(salt=salt))
