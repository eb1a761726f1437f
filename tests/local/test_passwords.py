"""The test password, deployed to the local AWS: who can sign in afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_secretsmanager as secretsmanager
from examples.sandbox import USERS, Sandbox, stack_name
from helpers import sign_in
from helpers.imports import counts, import_into, tell, users
from helpers.synthesis import Synthesised, synthesise, synthesise_app

from cdk_cognito_user_import import PasswordVia, TestPassword, UserSource

if TYPE_CHECKING:
    from aws_cdk import App
    from helpers.deployment import Cloud

PASSWORD = "Correct-horse-1"
NAMES = ["ada", "bob", "cem"]


def import_stack(
    name: str, names: list[str], via: PasswordVia | None = None, **properties: Any
) -> Synthesised:
    """Synthesise a pool, a client, a secret and an import with that password."""

    def build(stack: Stack) -> None:
        pool = cognito.UserPool(
            stack,
            "Pool",
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            removal_policy=RemovalPolicy.DESTROY,
        )
        flows = cognito.AuthFlow(user_password=True, user_srp=True, admin_user_password=True)
        client = pool.add_client("Client", auth_flows=flows)
        secret = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", name)
        seed = import_into(
            stack,
            user_pool=pool,
            source=UserSource.from_records(users(*names)),
            test_password=TestPassword(secret, field="pw", via=via),
            **properties,
        )
        tell(stack, seed)
        CfnOutput(stack, "PoolId", value=pool.user_pool_id)
        CfnOutput(stack, "ClientId", value=client.user_pool_client_id)

    return synthesise(build, name)


@pytest.fixture
def secret(cloud: Cloud, name: str) -> str:
    """A secret with the password in a field; its ARN."""
    value = json.dumps({"pw": PASSWORD})
    return str(cloud.secretsmanager.create_secret(Name=name, SecretString=value)["ARN"])


def signs_in(cloud: Cloud, outputs: dict[str, str], name: str, password: str = PASSWORD) -> bool:
    return sign_in.signs_in(cloud, outputs, name, password)


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("via", [*PasswordVia, None])
def test_every_imported_user_can_sign_in(cloud: Cloud, name: str, via: PasswordVia | None) -> None:
    outputs = cloud.deploy(import_stack(name, NAMES, via))
    assert counts(outputs) == (3, 0, 0)
    assert all(signs_in(cloud, outputs, each) for each in NAMES)
    assert not any(signs_in(cloud, outputs, each, "Wrong-horse-1") for each in NAMES)


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("via", list(PasswordVia))
def test_a_user_who_is_there_keeps_the_password(cloud: Cloud, name: str, via: PasswordVia) -> None:
    outputs = cloud.deploy(import_stack(name, NAMES, via))
    cloud.cognito_idp.admin_set_user_password(
        UserPoolId=outputs["PoolId"], Username="ada", Password="Own-horse-22", Permanent=True
    )
    outputs = cloud.deploy(import_stack(name, [*NAMES, "dee"], via))
    assert counts(outputs) == (1, 3, 0)
    assert signs_in(cloud, outputs, "ada", "Own-horse-22")
    assert not signs_in(cloud, outputs, "ada")
    assert signs_in(cloud, outputs, "dee")


@pytest.mark.slow
@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("after_calls", [0, 4, 11])
def test_a_worker_that_is_killed_leaves_no_user_without_the_password(
    cloud: Cloud, name: str, after_calls: int
) -> None:
    names = [f"user{number}" for number in range(12)]
    cloud.aws.faults.kill_function("AdminSetUserPassword", after_calls=after_calls)
    outputs = cloud.deploy(import_stack(name, names, PasswordVia.ADMIN))
    assert counts(outputs) == (12, 0, 0)
    assert all(signs_in(cloud, outputs, each) for each in names)


def test_a_changed_secret_counts_for_the_users_of_the_next_import(
    cloud: Cloud, name: str, secret: str
) -> None:
    cloud.deploy(import_stack(name, NAMES))
    changed = json.dumps({"pw": "Changed-horse-1"})
    cloud.secretsmanager.put_secret_value(SecretId=secret, SecretString=changed)
    outputs = cloud.deploy(import_stack(name, [*NAMES, "dee"]))
    assert signs_in(cloud, outputs, "ada")
    assert signs_in(cloud, outputs, "dee", "Changed-horse-1")


def test_the_sandboxes_of_two_branches_are_deployed_at_once(cloud: Cloud, name: str) -> None:
    def build(app: App) -> None:
        for branch in ("login-form", "feature/sign-up"):
            Sandbox(app, stack_name(f"{name}/{branch}"))

    stacks = synthesise_app(build)
    for stack in stacks.values():
        cloud.begin(stack)
    passwords = []
    for each in stacks:
        outputs = cloud.finish(each, within=240)
        assert outputs["ImportedUsers"] == str(USERS)
        found = cloud.secretsmanager.get_secret_value(SecretId=outputs["PasswordArn"])
        passwords.append(found["SecretString"])
        assert signs_in(cloud, outputs, outputs["FirstUser"], passwords[-1])
    assert len(set(passwords)) == 2
    assert not signs_in(cloud, outputs, outputs["FirstUser"], passwords[0])


def test_two_synths_of_a_sandbox_are_the_same() -> None:
    made = [synthesise_app(lambda app: Sandbox(app, "Sandbox"))["Sandbox"] for _ in range(2)]
    assert made[0].template_body == made[1].template_body
    assert made[0].file_assets == made[1].file_assets
