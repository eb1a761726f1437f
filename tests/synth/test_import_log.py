"""What becomes of the log group that Cognito makes: what the template says of it."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from aws_cdk import App, RemovalPolicy, Stack, Validations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_logs as logs
from cdk_nag import AwsSolutionsChecks
from support.imports import by_id, import_into, pool_of
from support.synthesis import synthesise, synthesise_app

from cdk_cognito_user_import import ImportWorkflow, StagingBucket
from cdk_cognito_user_import.user_import import _DAYS

GROUPS = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/cognito/userpools"
READ, KEEP, REMOVE = "logs:FilterLogEvents", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"


def properties(stack):
    """What the custom resources are told of the log, by their ids."""
    return {
        name: {
            key: value
            for key, value in resource["Properties"].items()
            if key.startswith("ImportLog")
        }
        for name, resource in stack.resources("Custom::CognitoUserImport").items()
    }


def written(value):
    match value:
        case {"Fn::Join": [separator, parts]}:
            return separator.join(map(written, parts))
        case {"Ref": name}:
            return f"<{name}>"
        case _:
            return value


def as_list(value):
    return value if isinstance(value, list) else [value]


def grants(stack):
    """What the worker may do to Cognito's log groups."""
    roles = stack.resources("AWS::IAM::Role").values()
    documents = [
        policy["PolicyDocument"]
        for role in roles
        for policy in role["Properties"].get("Policies", ())
    ]
    documents += [
        policy["Properties"]["PolicyDocument"]
        for policy in stack.resources("AWS::IAM::ManagedPolicy").values()
    ]
    return {
        (action, written(arn))
        for document in documents
        for statement in document["Statement"]
        for action in as_list(statement["Action"])
        for arn in as_list(statement["Resource"])
        if action in (READ, KEEP, REMOVE)
    }


def test_the_log_of_a_pool_of_the_stack_is_kept_for_a_month_and_goes_with_the_stack():
    stack = synthesise(import_into)
    (pool,) = stack.resources("AWS::Cognito::UserPool")
    (told,) = properties(stack).values()
    assert told == {"ImportLogRetentionDays": "30", "ImportLogRemovalPolicy": "destroy"}
    arn = f"{GROUPS}/<{pool}>/*"
    assert grants(stack) == {(READ, arn), (KEEP, arn), (REMOVE, arn)}


def test_a_stack_that_is_to_leave_its_log_groups_leaves_this_one():
    stack = synthesise(lambda stack: import_into(stack, removal_policy=RemovalPolicy.RETAIN))
    (told,) = properties(stack).values()
    assert told == {"ImportLogRetentionDays": "30"}
    assert {action for action, _ in grants(stack)} == {READ, KEEP}


def test_an_infinite_retention_leaves_the_log_group_as_it_is():
    infinite = logs.RetentionDays.INFINITE
    stack = synthesise(lambda stack: import_into(stack, import_log_retention=infinite))
    (told,) = properties(stack).values()
    assert told == {"ImportLogRemovalPolicy": "destroy"}
    assert {action for action, _ in grants(stack)} == {READ, REMOVE}


def test_the_log_of_a_pool_that_is_imported_is_left_to_whoever_has_the_pool():
    pool_id = "eu-central-1_AbCdEfGhI"
    stack = synthesise(lambda stack: import_into(stack, user_pool=by_id(pool_id)(stack)))
    (told,) = properties(stack).values()
    assert told == {}
    assert grants(stack) == {(READ, f"{GROUPS}/{pool_id}/*")}


def test_the_log_of_a_pool_that_is_imported_gets_a_retention_that_is_asked_for():
    def build(stack):
        retention = logs.RetentionDays.ONE_WEEK
        import_into(stack, user_pool=by_id("eu-1_Ab")(stack), import_log_retention=retention)

    stack = synthesise(build)
    (told,) = properties(stack).values()
    assert told == {"ImportLogRetentionDays": "7"}
    assert grants(stack) == {(READ, f"{GROUPS}/eu-1_Ab/*"), (KEEP, f"{GROUPS}/eu-1_Ab/*")}


def test_the_log_of_a_pool_of_another_stack_is_left_to_that_stack():
    def build(app):
        pool = pool_of(Stack(app, "Pools"))
        import_into(Stack(app, "Imports"), user_pool=pool)

    stack = synthesise_app(build)["Imports"]
    (told,) = properties(stack).values()
    assert told == {}
    assert grants(stack) == {(READ, f"{GROUPS}/*")}


def test_two_imports_into_one_pool_need_no_more_rights_than_one():
    def build(stack):
        pool = pool_of(stack)
        import_into(stack, user_pool=pool)
        import_into(stack, "More", user_pool=pool)

    assert grants(synthesise(build)) == grants(synthesise(import_into))


def test_each_pool_of_a_stack_has_its_own_log():
    def build(stack):
        import_into(stack)
        retention = logs.RetentionDays.INFINITE
        import_into(
            stack, "More", user_pool=pool_of(stack, "Other"), import_log_retention=retention
        )

    stack = synthesise(build)
    arns = [f"{GROUPS}/<{pool}>/*" for pool in stack.resources("AWS::Cognito::UserPool")]
    assert {arn for _, arn in grants(stack)} == set(arns)
    assert len([action for action, _ in grants(stack) if action == KEEP]) == 1
    assert len([action for action, _ in grants(stack) if action == REMOVE]) == 2


def test_a_workflow_with_managed_policies_may_do_the_same():
    def build(stack):
        workflow = ImportWorkflow(
            stack, "Workflow", staging=StagingBucket(stack, "Staging"), managed_policies=True
        )
        import_into(stack, workflow=workflow)

    assert grants(synthesise(build)) == grants(synthesise(import_into))


def test_a_retention_is_as_many_days_as_the_cdk_makes_of_it():
    assert set(_DAYS) == set(logs.RetentionDays) - {logs.RetentionDays.INFINITE}

    def build(stack):
        for retention in _DAYS:
            logs.LogGroup(stack, retention.name, retention=retention)

    groups = synthesise(build).resources("AWS::Logs::LogGroup").values()
    assert [group["Properties"]["RetentionInDays"] for group in groups] == list(_DAYS.values())


@pytest.mark.parametrize("number", [1, 2])
def test_cdk_nag_has_nothing_to_say_of_the_rights_to_the_log(number):
    folder = Path(tempfile.mkdtemp(prefix="cdk-out-"))
    app = App(outdir=str(folder), analytics_reporting=False)
    stack = Stack(app, "Test")
    pool = pool_of(stack)
    for each in range(number):
        import_into(stack, f"Seed{each}", user_pool=pool)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with contextlib.suppress(RuntimeError):  # the pool's own findings
        app.synth()
    (report,) = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    assert [each for each in report["violations"] if "userpools" in each["ruleName"]] == []
    acknowledged = [
        place["constructPath"]
        for each in report["suppressedViolations"]
        if "userpools" in each["ruleName"]
        for place in each["violatingConstructs"]
    ]
    assert len(acknowledged) == 1


def test_a_pool_that_is_not_the_cdks_own_is_somebody_elses():
    def build(stack):
        arn = "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI"
        import_into(stack, user_pool=cognito.UserPool.from_user_pool_arn(stack, "Pool", arn))

    (told,) = properties(synthesise(build)).values()
    assert told == {}
