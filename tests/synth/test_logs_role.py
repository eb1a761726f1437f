"""A logs role of the user's own: granted where the app creates it, and left alone elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct
from helpers.imports import import_into, pool_of
from helpers.synthesis import errors_of, synthesise, synthesise_app
from helpers.templates import as_list, identity_statements, references, text

from cdk_cognito_user_import import LogsRole
from cdk_cognito_user_import._lambda.user_import.contract import IMPORT_PRINCIPAL
from cdk_cognito_user_import.messages import validations as messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import App
    from helpers.synthesis import Synthesised

ARN = "arn:aws:iam::123456789012:role/service-role/Cognito-UserImport-Role"
ACTIONS = {
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
}
COGNITO = iam.ServicePrincipal(IMPORT_PRINCIPAL)


def role_of(stack: Construct, id_: str = "Logs", principal: iam.IPrincipal = COGNITO) -> iam.Role:
    return iam.Role(stack, id_, assumed_by=principal)


def with_role(make: Callable[[Stack], iam.IRole]) -> Synthesised:
    return synthesise(lambda stack: import_into(stack, logs_role=make(stack)))


def granted(stack: Synthesised) -> list[tuple[str, dict[str, Any]]]:
    """Return the statements that let a role write logs of Cognito, with their holders."""
    return [
        (holder, statement)
        for holder, statement in identity_statements(stack)
        if any("/aws/cognito/*" in text(each) for each in as_list(statement["Resource"]))
    ]


def kind(stack: Synthesised) -> str | None:
    (resource,) = stack.resources("Custom::CognitoUserImport").values()
    found: str | None = resource["Properties"].get("LogsRoleKind")
    return found


def looks(stack: Synthesised) -> list[str]:
    return [
        text(each)
        for _, statement in identity_statements(stack)
        if "iam:GetRole" in as_list(statement["Action"])
        for each in as_list(statement["Resource"])
    ]


def test_a_role_of_the_app_is_granted_its_rights_before_the_import() -> None:
    stack = with_role(role_of)
    ((holder, statement),) = granted(stack)
    assert set(statement["Action"]) == ACTIONS
    (policy,) = stack.resources("AWS::IAM::Policy")
    assert holder == policy
    (resource,) = stack.resources("Custom::CognitoUserImport").values()
    assert policy in resource["DependsOn"]
    assert (kind(stack), looks(stack)) == (None, [])


def test_a_role_of_two_imports_is_granted_its_rights_once() -> None:
    def build(stack: Stack) -> None:
        role = role_of(stack)
        import_into(stack, logs_role=role)
        import_into(stack, "More", user_pool=pool_of(stack, "Other"), logs_role=role)

    assert len(granted(synthesise(build))) == 1


def test_a_role_of_another_stack_of_the_app_is_granted_its_rights_there() -> None:
    def build(app: App) -> None:
        role = role_of(Stack(app, "Roles"))
        import_into(Stack(app, "Imports"), logs_role=role)

    stacks = synthesise_app(build)
    assert len(granted(stacks["Roles"])) == 1
    assert granted(stacks["Imports"]) == []
    assert looks(stacks["Imports"]) == []


def imported(stack: Stack, **options: Any) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Logs", ARN, **options)


@pytest.mark.parametrize("mutable", [True, False])
@pytest.mark.parametrize("env", [None, {"account": "123456789012", "region": "eu-central-1"}])
def test_an_imported_role_is_not_changed_and_its_trust_is_checked(
    mutable: bool, env: dict[str, str] | None
) -> None:
    """One that can be changed accepts statements, and says so."""
    options: dict[str, Any] = {"env": env} if env else {}
    stack = synthesise(
        lambda stack: import_into(stack, logs_role=imported(stack, mutable=mutable)), **options
    )
    assert granted(stack) == []
    assert stack.resources("AWS::IAM::Policy") == {}
    assert kind(stack) == "imported"
    assert looks(stack) == [ARN]


def test_a_role_whose_policies_are_not_to_be_changed_counts_as_imported() -> None:
    stack = with_role(lambda stack: role_of(stack).without_policy_updates())
    assert granted(stack) == []
    assert kind(stack) == "imported"
    ((role,),) = [references(each) for each in resources_of_looks(stack)]
    assert role.startswith("Logs")


def resources_of_looks(stack: Synthesised) -> list[Any]:
    return [
        each
        for _, statement in identity_statements(stack)
        if "iam:GetRole" in as_list(statement["Action"])
        for each in as_list(statement["Resource"])
    ]


def lazy_role(stack: Construct, principal: iam.IPrincipal = COGNITO) -> iam.LazyRole:
    return iam.LazyRole(stack, "Logs", assumed_by=principal)


def test_a_lazy_role_is_granted_its_rights_before_the_import() -> None:
    stack = with_role(lazy_role)
    ((holder, statement),) = granted(stack)
    assert set(statement["Action"]) == ACTIONS
    (resource,) = stack.resources("Custom::CognitoUserImport").values()
    assert holder in resource["DependsOn"]
    assert (kind(stack), looks(stack)) == (None, [])


def test_a_restricted_role_is_passed_to_the_functions() -> None:
    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        import_into(stack, user_pool=pool, logs_role=LogsRole(stack, "LogsRole", only_for=pool))

    stack = synthesise(build)
    assert (kind(stack), looks(stack)) == ("restricted", [])


def test_the_role_that_the_library_creates_is_neither_passed_nor_checked() -> None:
    stack = synthesise(import_into)
    assert (kind(stack), looks(stack)) == (None, [])


@pytest.mark.parametrize(
    "principal",
    [
        iam.ServicePrincipal("lambda.amazonaws.com"),
        iam.ServicePrincipal("cognito-identity.amazonaws.com"),
        iam.AccountRootPrincipal(),
    ],
    ids=["lambda", "identity-pools", "account"],
)
@pytest.mark.parametrize(
    "make",
    [
        lambda stack, principal: role_of(stack, principal=principal),
        lambda stack, principal: role_of(stack, principal=principal).without_policy_updates(),
        lazy_role,
    ],
    ids=["role", "without-policy-updates", "lazy"],
)
def test_a_role_of_the_app_that_cognito_may_not_assume_fails_the_synth(
    make: Callable[[Stack, iam.IPrincipal], iam.IRole], principal: iam.IPrincipal
) -> None:
    with pytest.raises(RuntimeError) as failed:
        with_role(lambda stack: make(stack, principal))
    expected = messages.logs_role_untrusting("Test/Logs", IMPORT_PRINCIPAL)
    assert errors_of(str(failed.value), "Test/Seed") == [expected]


def test_a_role_that_trusts_cognito_among_others_or_on_a_condition_is_right() -> None:
    conditions = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    with_role(
        lambda stack: role_of(
            stack,
            principal=iam.CompositePrincipal(
                iam.ServicePrincipal("lambda.amazonaws.com"), COGNITO.with_conditions(conditions)
            ),
        )
    )


def test_trust_that_is_added_after_the_import_counts() -> None:
    def build(stack: Stack) -> None:
        role = role_of(stack, principal=iam.ServicePrincipal("lambda.amazonaws.com"))
        import_into(stack, logs_role=role)
        assert role.assume_role_policy is not None
        role.assume_role_policy.add_statements(
            iam.PolicyStatement(actions=["sts:AssumeRole"], principals=[COGNITO])
        )

    synthesise(build)


def test_trust_that_is_assigned_to_the_resource_counts() -> None:
    def build(stack: Stack) -> None:
        role = role_of(stack, principal=iam.ServicePrincipal("lambda.amazonaws.com"))
        import_into(stack, logs_role=role)
        resource = role.node.default_child
        assert isinstance(resource, iam.CfnRole)
        resource.assume_role_policy_document = {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": IMPORT_PRINCIPAL},
                    "Action": "sts:AssumeRole",
                }
            ]
        }

    synthesise(build)


def test_a_role_that_is_made_elsewhere_is_left_to_its_owner() -> None:
    """With `Role.customize_roles`, the app has no resource for the role."""

    def build(stack: Stack) -> None:
        roles = Construct(stack, "Roles")
        path = f"{roles.node.path}/Logs"
        iam.Role.customize_roles(roles, use_precreated_roles={path: "logs"})
        role = role_of(roles, principal=iam.ServicePrincipal("lambda.amazonaws.com"))
        import_into(stack, logs_role=role)

    assert granted(synthesise(build)) == []
