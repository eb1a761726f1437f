"""What becomes of the log group that Cognito creates: what the template says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import NestedStack, RemovalPolicies, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_logs as logs
from helpers import shapes
from helpers.imports import by_id, import_into, pool_of, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import as_list, identity_statements, policy_statements, text

if TYPE_CHECKING:
    from aws_cdk import App
    from helpers.synthesis import Synthesised

GROUPS = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/cognito/userpools"
READ, KEEP, REMOVE = "logs:FilterLogEvents", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"
RETENTION, REMOVAL = "ImportLogRetentionDays", "ImportLogRemovalPolicy"
KEPT = ({RETENTION: "30"}, {READ, KEEP})
REMOVED = ({RETENTION: "30", REMOVAL: "destroy"}, {READ, KEEP, REMOVE})


def properties(stack: Synthesised) -> dict[str, Any]:
    """The properties of the custom resources that concern the log, by their ids."""
    return {
        name: {
            key: value
            for key, value in resource["Properties"].items()
            if key.startswith("ImportLog")
        }
        for name, resource in stack.resources("Custom::CognitoUserImport").items()
    }


def grants(stack: Synthesised) -> set[tuple[str, ...]]:
    """What the roles of imports may do to Cognito's log groups."""
    return {
        (action, text(arn))
        for _, statement in identity_statements(stack)
        for action in as_list(statement["Action"])
        for arn in as_list(statement["Resource"])
        if action in (READ, KEEP, REMOVE)
    }


def outcome(stack: Synthesised) -> tuple[Any, ...]:
    """The only import's properties that concern the log, and its rights to it."""
    (reported,) = properties(stack).values()
    return reported, {action for action, _ in grants(stack)}


def import_into_pool(
    stack: Stack,
    pool_policy: RemovalPolicy | None = None,
    **import_properties: Any,
) -> None:
    import_into(stack, user_pool=pool_of(stack, removal_policy=pool_policy), **import_properties)


def test_the_log_of_a_pool_that_the_cdk_retains_by_default_is_kept_with_it() -> None:
    assert outcome(synthesise(import_into)) == KEPT


@pytest.mark.parametrize("policy", [RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])
def test_the_log_of_a_pool_that_is_retained_is_kept(policy: RemovalPolicy) -> None:
    assert outcome(synthesise(lambda stack: import_into_pool(stack, policy))) == KEPT


def test_the_log_of_a_pool_that_is_deleted_with_the_stack_is_deleted() -> None:
    stack = synthesise(lambda stack: import_into_pool(stack, RemovalPolicy.DESTROY))
    assert outcome(stack) == REMOVED
    (pool,) = stack.resources("AWS::Cognito::UserPool")
    arn = f"{GROUPS}/<{pool}>/*"
    assert grants(stack) == {(READ, arn), (KEEP, arn), (REMOVE, arn)}


def test_the_removal_policy_that_the_app_applies_to_its_pools_applies_to_their_logs() -> None:
    """`RemovalPolicies` changes the pool after the import was made."""

    def destroy(app: App) -> None:
        import_into(Stack(app, "Test"))
        RemovalPolicies.of(app).destroy()

    def retain(app: App) -> None:
        import_into_pool(Stack(app, "Test"), RemovalPolicy.DESTROY)
        RemovalPolicies.of(app).retain()

    assert outcome(synthesise_app(destroy)["Test"]) == REMOVED
    assert outcome(synthesise_app(retain)["Test"]) == KEPT


def test_statements_that_the_cdk_merges_still_delete_the_log() -> None:
    def build(app: App) -> None:
        app.node.set_context(
            "@aws-cdk/aws-iam:minimizePolicies", value=True
        )  # as `cdk init` sets it
        import_into_pool(Stack(app, "Test"), RemovalPolicy.DESTROY)

    assert outcome(synthesise_app(build)["Test"]) == REMOVED


def test_a_stack_that_retains_its_log_groups_retains_the_imports_log_group() -> None:
    def build(stack: Stack) -> None:
        import_into_pool(stack, RemovalPolicy.DESTROY, removal_policy=RemovalPolicy.RETAIN)

    assert outcome(synthesise(build)) == KEPT


def nested(app: App) -> None:
    import_into_pool(NestedStack(Stack(app, "Parent"), "Nested"), RemovalPolicy.DESTROY)


def test_a_nested_stack_always_keeps_the_log() -> None:
    """It is also deleted when its parent's creation is rolled back: the log then says why."""
    (template,) = (each for file, each in shapes.synthesised(nested).items() if ".nested." in file)
    (custom,) = (
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "Custom::CognitoUserImport"
    )
    assert custom[RETENTION] == "30"
    assert REMOVAL not in custom
    allowed = {
        action
        for statement in policy_statements(template)
        for action in as_list(statement["Action"])
    }
    assert {READ, KEEP} <= allowed
    assert REMOVE not in allowed


def test_an_infinite_retention_does_not_change_the_log_group() -> None:
    infinite = logs.RetentionDays.INFINITE

    def build(stack: Stack) -> None:
        import_into_pool(stack, RemovalPolicy.DESTROY, import_log_retention=infinite)

    assert outcome(synthesise(build)) == ({REMOVAL: "destroy"}, {READ, REMOVE})
    kept = synthesise(lambda stack: import_into(stack, import_log_retention=infinite))
    assert outcome(kept) == ({}, {READ})


def test_the_log_group_of_an_imported_pool_is_not_managed() -> None:
    pool_id = "eu-central-1_AbCdEfGhI"
    stack = synthesise(lambda stack: import_into(stack, user_pool=by_id(pool_id)(stack)))
    (reported,) = properties(stack).values()
    assert reported == {}
    assert grants(stack) == {(READ, f"{GROUPS}/{pool_id}/*")}


def test_the_log_group_of_an_imported_pool_gets_an_explicit_retention() -> None:
    def build(stack: Stack) -> None:
        retention = logs.RetentionDays.ONE_WEEK
        pool = by_id("eu-central-1_Ab")(stack)
        import_into(stack, user_pool=pool, import_log_retention=retention)

    stack = synthesise(build)
    (reported,) = properties(stack).values()
    assert reported == {"ImportLogRetentionDays": "7"}
    group = f"{GROUPS}/eu-central-1_Ab/*"
    assert grants(stack) == {(READ, group), (KEEP, group)}


def test_the_log_group_of_a_pool_of_another_stack_is_not_managed() -> None:
    def build(app: App) -> None:
        pool = pool_of(Stack(app, "Pools"), removal_policy=RemovalPolicy.DESTROY)
        import_into(Stack(app, "Imports"), user_pool=pool)

    assert outcome(synthesise_app(build)["Imports"]) == ({}, {READ})


def test_two_imports_into_one_pool_need_no_more_rights_than_one() -> None:
    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        import_into(stack, user_pool=pool)
        import_into(stack, "More", user_pool=pool)

    assert grants(synthesise(build)) == grants(synthesise(import_into))


def test_each_pool_of_a_stack_has_its_own_log() -> None:
    def build(stack: Stack) -> None:
        import_into_pool(stack, RemovalPolicy.DESTROY)
        other = pool_of(stack, "Other", removal_policy=RemovalPolicy.DESTROY)
        retention = logs.RetentionDays.INFINITE
        import_into(stack, "More", user_pool=other, import_log_retention=retention)

    stack = synthesise(build)
    arns = [f"{GROUPS}/<{pool}>/*" for pool in stack.resources("AWS::Cognito::UserPool")]
    assert {arn for _, arn in grants(stack)} == set(arns)
    assert len([action for action, _ in grants(stack) if action == KEEP]) == 1
    assert len([action for action, _ in grants(stack) if action == REMOVE]) == 2


def test_the_role_of_an_import_has_no_right_to_the_log_of_another_ones_pool() -> None:
    def build(stack: Stack) -> None:
        import_into(stack)
        import_into(stack, "More", user_pool=pool_of(stack, "Other"))

    logs_of: dict[str, set[str]] = {}
    for name, statement in identity_statements(synthesise(build)):
        if READ in as_list(statement["Action"]):
            logs_of.setdefault(name[:4], set()).add(text(statement["Resource"]))
    assert set(logs_of) == {"Seed", "More"}
    assert all(len(arns) == 1 for arns in logs_of.values())
    assert not logs_of["Seed"] & logs_of["More"]


def test_a_workflow_with_managed_policies_may_do_the_same() -> None:
    def build(stack: Stack) -> None:
        import_into(stack, workflow=workflow_of(stack, managed_policies=True))

    assert grants(synthesise(build)) == grants(synthesise(import_into))


def test_a_retention_is_as_many_days_as_the_cdk_makes_of_it() -> None:
    every = set(logs.RetentionDays) - {logs.RetentionDays.INFINITE}

    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        for each in every:
            logs.LogGroup(stack, f"Log{each.name}", retention=each)
            import_into(stack, f"Seed{each.name}", user_pool=pool, import_log_retention=each)

    stack = synthesise(build)
    days = [
        group["Properties"]["RetentionInDays"]
        for name, group in stack.resources("AWS::Logs::LogGroup").items()
        if name.startswith("Log")
    ]
    assert len(days) == len(every)
    reported = [int(each[RETENTION]) for each in properties(stack).values()]
    assert sorted(reported) == sorted(days)


def test_a_pool_that_is_not_a_cdk_construct_is_treated_as_external() -> None:
    def build(stack: Stack) -> None:
        arn = "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI"
        import_into(stack, user_pool=cognito.UserPool.from_user_pool_arn(stack, "Pool", arn))

    assert outcome(synthesise(build)) == ({}, {READ})
