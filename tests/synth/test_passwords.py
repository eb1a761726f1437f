"""The test password in an app: the rights to the secret, and the pools it is refused for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Environment, RemovalPolicies, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from helpers.imports import by_id, import_into, pool_of, users
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import as_list, condition, identity_statements, resolved, text

from cdk_cognito_user_import import PasswordVia, TestPassword, UserSource
from cdk_cognito_user_import.messages import passwords as messages

if TYPE_CHECKING:
    from aws_cdk import App
    from helpers.synthesis import Synthesised

ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:seed-AbCdEf"
ACTIONS = {
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:ListUsers",
    "kms:Decrypt",
    "secretsmanager:GetSecretValue",
}


def secret_of(stack: Stack, **properties: Any) -> secretsmanager.Secret:
    return secretsmanager.Secret(stack, "Password", **properties)


def seed(stack: Stack, password: Any, **properties: Any) -> Any:
    if "user_pool" not in properties:
        properties["user_pool"] = pool_of(stack, removal_policy=RemovalPolicy.DESTROY)
    return import_into(stack, test_password=password, **properties)


def properties(stack: Synthesised) -> dict[str, Any]:
    (resource,) = stack.resources("Custom::CognitoUserImport").values()
    return {
        name: resolved(value)
        for name, value in resource["Properties"].items()
        if name.startswith(("TestPassword", "ContractVersion"))
    }


def rights(stack: Synthesised) -> set[tuple[str, ...]]:
    """Return the rights of the role of the import that passwords need."""
    return {
        (action, text(arn), condition(statement))
        for name, statement in identity_statements(stack)
        if name.startswith("SeedRole")
        for action in as_list(statement["Action"])
        for arn in as_list(statement["Resource"])
        if action in ACTIONS and "Staging" not in text(arn)
    }


def test_the_template_names_the_secret_and_has_no_value() -> None:
    stack = synthesise(lambda stack: seed(stack, secret_of(stack)))
    found = properties(stack)
    assert found.pop("TestPasswordSecret").startswith("<Password")
    assert found == {"ContractVersion": "2"}
    assert "resolve:secretsmanager" not in stack.template_body


def test_field_and_way_are_properties() -> None:
    def build(stack: Stack) -> None:
        seed(stack, TestPassword(secret_of(stack), field="pw", via=PasswordVia.HASH))

    found = properties(synthesise(build))
    assert (found["TestPasswordField"], found["TestPasswordVia"]) == ("pw", "HASH")


def test_an_import_without_a_test_password_works_with_an_older_workflow() -> None:
    stack = synthesise(import_into)
    assert properties(stack) == {"ContractVersion": "1"}
    assert rights(stack) == set()


def test_the_role_of_the_import_alone_may_read_the_secret_and_set_passwords() -> None:
    stack = synthesise(lambda stack: seed(stack, secret_of(stack)))
    (pool,) = stack.resources("AWS::Cognito::UserPool")
    (secret,) = stack.resources("AWS::SecretsManager::Secret")
    assert rights(stack) == {
        ("cognito-idp:AdminSetUserPassword", f"<{pool}.Arn>", ""),
        ("cognito-idp:ListUsers", f"<{pool}.Arn>", ""),
        ("secretsmanager:GetSecretValue", f"<{secret}>", ""),
    }
    allowed = {
        name
        for name, statement in identity_statements(stack)
        if (ACTIONS - {"kms:Decrypt"}) & set(as_list(statement["Action"]))
    }
    assert all(name.startswith("SeedRole") for name in allowed)


def test_by_hash_no_password_may_be_set() -> None:
    def build(stack: Stack) -> None:
        seed(stack, TestPassword(secret_of(stack), via=PasswordVia.HASH))

    assert {action for action, *_ in rights(synthesise(build))} == {"secretsmanager:GetSecretValue"}


def test_a_key_of_the_secret_may_be_used_through_secrets_manager_only() -> None:
    def build(stack: Stack) -> None:
        seed(stack, secret_of(stack, encryption_key=kms.Key(stack, "Key")))

    (found,) = (each for each in rights(synthesise(build)) if each[0] == "kms:Decrypt")
    assert found[1].startswith("<Key")
    assert "secretsmanager.<AWS::Region>.<AWS::URLSuffix>" in found[2]


def test_a_secret_that_is_imported_by_its_name_may_have_any_ending() -> None:
    def build(stack: Stack) -> None:
        seed(stack, secretsmanager.Secret.from_secret_name_v2(stack, "Password", "seed"))

    ((_, arn, _),) = (
        each for each in rights(synthesise(build)) if each[0] == "secretsmanager:GetSecretValue"
    )
    assert arn.endswith(":secret:seed-??????")


def test_a_secret_with_a_known_arn_has_no_wildcard() -> None:
    def build(stack: Stack) -> None:
        seed(stack, secretsmanager.Secret.from_secret_complete_arn(stack, "Password", ARN))

    assert ("secretsmanager:GetSecretValue", ARN, "") in rights(synthesise(build))


def test_the_right_to_a_key_with_an_alias_names_the_key() -> None:
    def build(stack: Stack) -> None:
        alias = kms.Key(stack, "Key").add_alias("alias/seed")
        seed(stack, secret_of(stack, encryption_key=alias))

    (key,) = (right[1] for right in rights(synthesise(build)) if right[0] == "kms:Decrypt")
    assert "alias" not in key


def test_a_secret_of_another_region_is_refused() -> None:
    def build(app: App) -> None:
        region = Environment(account="111122223333", region="us-east-1")
        stack = Stack(app, "Test", env=region)
        seed(stack, secretsmanager.Secret.from_secret_complete_arn(stack, "Password", ARN))

    with pytest.raises(ValueError, match="is in eu-central-1, and stack Test is in us-east-1"):
        synthesise_app(build)


@pytest.mark.parametrize("given", ["Passw0rd!", SecretValue.unsafe_plain_text("Passw0rd!")])
def test_a_password_in_the_app_is_refused_with_the_reason(given: Any) -> None:
    with pytest.raises(TypeError, match="would be in the template") as caught:
        synthesise(lambda stack: seed(stack, given))
    assert "Passw0rd" not in str(caught.value)
    with pytest.raises(TypeError, match="would be in the template"):
        TestPassword(given)


def test_a_field_is_a_name() -> None:
    with pytest.raises(ValueError, match="field is empty"):
        synthesise(lambda stack: TestPassword(secret_of(stack), field=""))


def test_an_import_that_is_not_started_has_no_test_password() -> None:
    with pytest.raises(ValueError, match="start=False"):
        synthesise(lambda stack: seed(stack, secret_of(stack), start=False))


# The pool


def failure(build: Any) -> str:
    with pytest.raises(RuntimeError) as caught:
        synthesise(build)
    return str(caught.value)


def test_a_retained_pool_is_refused() -> None:
    text = failure(lambda stack: seed(stack, secret_of(stack), user_pool=pool_of(stack)))
    assert messages.pool_retained("Test/Pool") in text


def test_an_imported_pool_counts_as_retained() -> None:
    def build(stack: Stack) -> None:
        seed_imported(stack, TestPassword(secret_of(stack)))

    assert messages.pool_retained("Test/Pool") in failure(build)


def seed_imported(stack: Stack, password: TestPassword) -> None:
    pool = by_id("eu-central-1_AbCdEfGhI")(stack)
    import_into(stack, user_pool=pool, test_password=password)


def test_a_flag_allows_a_retained_pool() -> None:
    def build(stack: Stack) -> None:
        seed_imported(stack, TestPassword(secret_of(stack), allow_on_retained_pool=True))

    assert properties(synthesise(build))["TestPasswordSecret"]


def test_a_policy_that_an_aspect_changes_late_counts() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Test")
        seed(stack, secret_of(stack), user_pool=pool_of(stack))
        RemovalPolicies.of(app).destroy()

    assert properties(synthesise_app(build)["Test"])["TestPasswordSecret"]


def test_more_users_than_admin_takes_are_refused_at_synth() -> None:
    def build(stack: Stack) -> None:
        source = UserSource.from_records(users(*(f"user{number}" for number in range(2001))))
        seed(stack, TestPassword(secret_of(stack), via=PasswordVia.ADMIN), source=source)

    assert messages.too_many_users(2001, 2000) in failure(build)


def infos(build: Any) -> list[str]:
    found: list[str] = []

    def build_and_read(app: App) -> None:
        stack = Stack(app, "Test")
        build(stack)
        app.synth()
        found.extend(str(each.data) for each in stack.node.find_child("Seed").node.metadata)

    synthesise_app(build_and_read)
    return found


def test_synth_says_how_many_monthly_active_users_admin_makes() -> None:
    found = infos(lambda stack: seed(stack, secret_of(stack)))
    assert any(each.startswith(messages.active_users(1)) for each in found)


def test_hashes_make_no_monthly_active_users() -> None:
    def build(stack: Stack) -> None:
        seed(stack, TestPassword(secret_of(stack), via=PasswordVia.HASH))

    assert not any("monthly" in each for each in infos(build))
