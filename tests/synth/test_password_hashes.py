"""Imports of password hashes in an app: the canary's pool, the staged objects, the rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.imports import import_into, pool_of, user
from helpers.synthesis import synthesise
from helpers.templates import as_list, identity_statements, text

from cdk_cognito_user_import import LogsRole, OnBadHash, PasswordHashes, UserSource

if TYPE_CHECKING:
    from aws_cdk import Stack
    from helpers.synthesis import Synthesised

POOL = "AWS::Cognito::UserPool"
CANARY = {
    f"cognito-idp:{name}"
    for name in (
        *("AdminDeleteUser", "AdminInitiateAuth", "CreateUserImportJob", "DescribeUserImportJob"),
        *(
            "DescribeUserPool",
            "GetCSVHeader",
            "ListUserImportJobs",
            "ListUsers",
            "StartUserImportJob",
        ),
        "StopUserImportJob",
    )
}


def seed(stack: Stack, hashes: PasswordHashes | None = None, **properties: Any) -> None:
    hashed = user("ada", password_hash=f"$2b$10${'a' * 53}")
    source = UserSource.from_records([hashed], password_hashes=hashes or PasswordHashes())
    import_into(stack, user_pool=pool_of(stack), source=source, **properties)


def rights(stack: Synthesised) -> dict[str, set[str]]:
    """Return the actions of the import's role on Cognito, by the user pool."""
    found: dict[str, set[str]] = {}
    for name, statement in identity_statements(stack):
        for action in as_list(statement["Action"]):
            if name.startswith("SeedRole") and action.startswith("cognito-idp:"):
                for arn in as_list(statement["Resource"]):
                    found.setdefault(text(arn), set()).add(action)
    return found


def test_the_canary_has_a_pool_of_its_own_and_its_rights_there_alone() -> None:
    stack = synthesise(seed)
    pools = {"Canary" in name: name for name in stack.resources(POOL)}
    assert set(pools) == {True, False}
    found = rights(stack)
    assert found[f"<{pools[True]}.Arn>"] == CANARY
    assert found[f"<{pools[False]}.Arn>"].isdisjoint(
        {"cognito-idp:AdminDeleteUser", "cognito-idp:AdminInitiateAuth", "cognito-idp:ListUsers"}
    )


def test_the_canarys_pool_goes_with_the_stack_and_verifies_email() -> None:
    (pool,) = (each for name, each in synthesise(seed).resources(POOL).items() if "Canary" in name)
    assert pool["DeletionPolicy"] == "Delete"
    assert pool["Properties"]["AutoVerifiedAttributes"] == ["email"]
    assert pool["Properties"]["MfaConfiguration"] == "OFF"
    assert "LambdaConfig" not in pool["Properties"]
    assert pool["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_its_client_takes_passwords_from_administrators_only() -> None:
    (client,) = synthesise(seed).resources("AWS::Cognito::UserPoolClient").values()
    flows = set(client["Properties"]["ExplicitAuthFlows"])
    assert flows == {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}


@pytest.mark.parametrize("canary", [True, False])
def test_an_import_without_hashes_has_no_canary(*, canary: bool) -> None:
    stack = synthesise(lambda stack: import_into(stack, canary=canary))
    assert len(stack.resources(POOL)) == 1


def test_the_canary_can_be_left_out() -> None:
    stack = synthesise(lambda stack: seed(stack, canary=False))
    assert len(stack.resources(POOL)) == 1


def test_start_false_needs_an_import_without_canary() -> None:
    with pytest.raises(ValueError, match="canary=False"):
        synthesise(lambda stack: seed(stack, start=False))
    synthesise(lambda stack: seed(stack, start=False, canary=False))


def test_a_logs_role_for_one_pool_needs_an_import_without_canary() -> None:
    def build(stack: Stack, **properties: Any) -> None:
        role = LogsRole(stack, "LogsRole", only_for=pool_of(stack, "Other"))
        seed(stack, logs_role=role, **properties)

    with pytest.raises(ValueError, match="only_for"):
        synthesise(build)
    synthesise(lambda stack: build(stack, canary=False))


def test_the_role_may_write_a_staged_object_for_each_algorithm() -> None:
    (staged,) = (
        {text(arn).rpartition("/")[2] for arn in as_list(statement["Resource"])}
        for name, statement in identity_statements(synthesise(seed))
        if name.startswith("SeedRole") and "s3:PutObject" in as_list(statement["Action"])
    )
    algorithms = ("BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256")
    hashed = {f"users-{name}.csv" for name in algorithms}
    assert staged == {"users.csv", "problems.csv", "lines", "import.json", *hashed}


def test_a_bad_hash_fails_synth_with_its_record_and_not_with_its_text() -> None:
    bad = user("ada", password_hash="$2b$14$" + "e" * 53)

    def build(stack: Stack, hashes: PasswordHashes) -> None:
        source = UserSource.from_records([bad], password_hashes=hashes)
        import_into(stack, source=source)

    with pytest.raises(RuntimeError) as caught:
        synthesise(lambda stack: build(stack, PasswordHashes()))
    assert "CSV049" in str(caught.value)
    assert "eeee" not in str(caught.value)
    synthesise(lambda stack: build(stack, PasswordHashes(too_costly=OnBadHash.RESET)))


def test_the_options_reach_the_handler() -> None:
    stack = synthesise(lambda stack: seed(stack, PasswordHashes(algorithms=["BCRYPT"])))
    (resource,) = stack.resources("Custom::CognitoUserImport").values()
    assert '"algorithms": ["BCRYPT"]' in resource["Properties"]["Reading"]
