"""CloudFormation refuses the names, sizes, keys and updates that AWS's refuses."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.callers import deploy, make_key, refused, trust
from helpers.import_world import allow, make_role, policy, waited

if TYPE_CHECKING:
    from collections.abc import Callable

    from cognito_import_local import LocalAws


@pytest.fixture
def resources(aws: LocalAws, name: str) -> dict[str, dict[str, Any]]:
    """One resource of each type that may have a name, with that name."""
    states = trust({"Service": "states.amazonaws.com"})
    role = make_role(aws, f"{name}-role", [], states)
    definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    code = {"ZipFile": "def handler(event, context): pass"}
    statement = allow("s3:ListBucket", "arn:aws:s3:::bucket")
    return {
        "AWS::IAM::ManagedPolicy": {
            "ManagedPolicyName": name,
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
        "AWS::IAM::Role": {
            "RoleName": name,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [states]},
        },
        "AWS::Lambda::Function": {
            "FunctionName": name,
            "Role": role,
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Code": code,
        },
        "AWS::Logs::LogGroup": {"LogGroupName": name},
        "AWS::S3::Bucket": {"BucketName": name},
        "AWS::SQS::Queue": {"QueueName": name},
        "AWS::StepFunctions::StateMachine": {
            "StateMachineName": name,
            "RoleArn": role,
            "DefinitionString": json.dumps(definition),
        },
    }


def test_a_name_is_taken_once(
    aws: LocalAws, name: str, resources: dict[str, dict[str, Any]]
) -> None:
    for kind, properties in resources.items():
        stack = f"{name}-{kind.replace('::', '-')}"
        resource = {"Named": {"Type": kind, "Properties": properties}}

        assert deploy(aws, stack, resource) == "CREATE_COMPLETE"

        answer = deploy(aws, f"{stack}-again", resource)
        assert answer.startswith("ROLLBACK_COMPLETE"), kind
        # Of a bucket MiniStack says it in the events of the operation.
        assert "already exist" in answer.lower() or kind == "AWS::S3::Bucket", kind


@pytest.mark.parametrize(
    "limit",
    [
        ("AWS::IAM::Role", {"RoleName": "r" * 65}, "#/RoleName: expected maxLength: 64"),
        ("AWS::IAM::Role", {"RoleName": "a role"}, "#/RoleName: failed validation"),
        ("AWS::IAM::Role", {"Path": "imports"}, "#/Path: failed validation"),
        ("AWS::IAM::Role", {"Path": f"/{'p' * 511}/"}, "#/Path: expected maxLength: 512"),
        ("AWS::IAM::Role", {"Description": "an \u2013 dash"}, "#/Description: failed validation"),
        ("AWS::IAM::Role", {"MaxSessionDuration": 60}, "60 is not greater or equal to 3600"),
        ("AWS::Lambda::Function", {"FunctionName": "f" * 65}, "expected maxLength: 64"),
        ("AWS::Lambda::Function", {"Description": "d" * 257}, "expected maxLength: 256"),
        ("AWS::Lambda::Function", {"Timeout": 901}, "901 is not less or equal to 900"),
        ("AWS::Lambda::Function", {"MemorySize": 64}, "64 is not greater or equal to 128"),
        (
            "AWS::Lambda::Function",
            {"Environment": {"Variables": {"LONG": "x" * 4096}}},
            "exceeded the 4KB limit",
        ),
        ("AWS::Logs::LogGroup", {"LogGroupName": "a group"}, "failed validation constraint"),
        ("AWS::S3::Bucket", {"BucketName": "No-Capitals"}, "failed validation constraint"),
        ("AWS::SQS::Queue", {"QueueName": "no.dots"}, "failed validation constraint"),
        (
            "AWS::StepFunctions::StateMachine",
            {"StateMachineName": "m" * 81},
            "expected maxLength: 80, actual: 81",
        ),
    ],
    ids=lambda limit: f"{limit[0]}-{next(iter(limit[1]))}",
)
def test_a_property_is_within_its_schema(
    aws: LocalAws,
    name: str,
    resources: dict[str, dict[str, Any]],
    limit: tuple[str, dict[str, Any], str],
) -> None:
    kind, changed, expected = limit
    properties = {**resources[kind], **changed}

    assert expected in deploy(aws, name, {"It": {"Type": kind, "Properties": properties}})


def test_the_policies_of_a_role_have_limits(
    aws: LocalAws, name: str, resources: dict[str, dict[str, Any]]
) -> None:
    role, numbers = resources["AWS::IAM::Role"], itertools.count()

    def document(length: int) -> dict[str, Any]:
        prefix = json.loads(policy(allow("s3:GetObject", "")))
        space = length - len(policy(allow("s3:GetObject", "")).replace(" ", ""))
        prefix["Statement"][0]["Resource"] = "x" * space
        return dict(prefix)

    def inline(*lengths: int) -> dict[str, Any]:
        policies = [
            {"PolicyName": f"p{number}", "PolicyDocument": document(length)}
            for number, length in enumerate(lengths)
        ]
        return {**role, "Policies": policies}

    def made(kind: str, properties: dict[str, Any]) -> str:
        stack = f"{name}-{next(numbers)}"
        answer = deploy(aws, stack, {"It": {"Type": kind, "Properties": properties}})
        aws.client("cloudformation").delete_stack(StackName=stack)
        return answer

    assert made("AWS::IAM::Role", inline(5000, 5240)) == "CREATE_COMPLETE"
    assert "Maximum policy size of 10240 bytes exceeded for role" in made(
        "AWS::IAM::Role", inline(5000, 5241)
    )
    trust_policy = json.loads(policy(*[trust({"Service": "states.amazonaws.com"})] * 30))
    assert "ACLSizePerRole: 2048" in made(
        "AWS::IAM::Role", {**role, "AssumeRolePolicyDocument": trust_policy}
    )
    arns = [f"arn:aws:iam::aws:policy/Policy{number}" for number in range(11)]
    assert "PoliciesPerRole: 10" in made("AWS::IAM::Role", {**role, "ManagedPolicyArns": arns})
    managed = {**resources["AWS::IAM::ManagedPolicy"]}
    assert made("AWS::IAM::ManagedPolicy", managed | {"PolicyDocument": document(6144)}) == (
        "CREATE_COMPLETE"
    )
    assert "PolicySize: 6144" in made(
        "AWS::IAM::ManagedPolicy", managed | {"PolicyDocument": document(6145)}
    )


def test_policies_of_other_resources_count_for_the_role(aws: LocalAws, name: str) -> None:
    role = make_role(aws, name, [allow("s3:GetObject", "x" * 6000)]).rpartition("/")[2]
    attached = [f"arn:aws:iam::aws:policy/Policy{number}" for number in range(10)]
    for arn in attached:
        aws.client("iam").attach_role_policy(RoleName=role, PolicyArn=arn)
    document = json.loads(policy(allow("s3:GetObject", "y" * 6000)))
    common = {"PolicyDocument": document, "Roles": [role]}
    inline = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "second", **common}}
    managed = {"Type": "AWS::IAM::ManagedPolicy", "Properties": common}

    assert "Maximum policy size of 10240" in deploy(aws, f"{name}-inline", {"It": inline})
    assert "PoliciesPerRole: 10" in deploy(aws, f"{name}-managed", {"It": managed})


def test_a_template_has_500_resources(aws: LocalAws, name: str) -> None:
    resources = {
        f"H{number}": {"Type": "AWS::CloudFormation::WaitConditionHandle"} for number in range(501)
    }
    with refused("ValidationError", "501, is greater than maximum allowed, 500"):
        deploy(aws, name, resources)


@pytest.fixture
def exporter(aws: LocalAws, name: str) -> Callable[[str | None], str]:
    """Make a stack with an export that another one imports; return what changes it."""
    handle = {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}

    def put(value: str | None) -> str:
        export = {"Value": value, "Export": {"Name": name}}
        more = {"Other": {"Value": f"is {value}"}}
        return deploy(aws, name, handle, Outputs=more if value is None else {"Out": export, **more})

    assert put("1") == "CREATE_COMPLETE"
    imported = {"In": {"Value": {"Fn::ImportValue": name}}}
    assert deploy(aws, f"{name}-user", handle, Outputs=imported) == "CREATE_COMPLETE"
    return put


def test_the_stack_of_an_imported_export_is_not_deleted(
    aws: LocalAws, name: str, exporter: Callable[[str | None], str]
) -> None:
    with refused("ValidationError", f"Export {name} is imported by stack {name}-user"):
        aws.client("cloudformation").delete_stack(StackName=name)


def test_an_imported_export_is_neither_changed_nor_removed(
    aws: LocalAws, name: str, exporter: Callable[[str | None], str]
) -> None:
    for value, done in (("2", "updated"), (None, "deleted")):
        answer = exporter(value)
        assert answer.startswith("UPDATE_ROLLBACK_COMPLETE")
        assert f"Export {name} cannot be {done} as it is in use by {name}-user" in answer


def test_an_export_that_is_no_longer_imported_can_be_changed(
    aws: LocalAws, name: str, exporter: Callable[[str | None], str]
) -> None:
    aws.client("cloudformation").delete_stack(StackName=f"{name}-user")
    waited(
        lambda: aws.client("cloudformation").describe_stacks()["Stacks"],
        lambda stacks: f"{name}-user" not in [stack["StackName"] for stack in stacks],
    )
    assert exporter("2").startswith("UPDATE_COMPLETE")


def of_logs(aws: LocalAws, group: str, actions: Any = "kms:*") -> dict[str, Any]:
    arn = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:{group}"
    return {
        **allow(actions),
        "Principal": {"Service": f"logs.{aws.region}.amazonaws.com"},
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}},
    }


def test_a_key_that_allows_the_log_group_is_accepted(aws: LocalAws, name: str) -> None:
    key = make_key(aws, of_logs(aws, name))
    group = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": name, "KmsKeyId": key},
    }

    assert deploy(aws, name, {"Group": group}) == "CREATE_COMPLETE"


@pytest.mark.parametrize("wrong", ["no statement", "another group", "one action", "no key"])
def test_a_key_that_does_not_allow_the_log_group_is_rejected(
    aws: LocalAws, name: str, wrong: str
) -> None:
    statements = {
        "no statement": [],
        "another group": [of_logs(aws, "another")],
        "one action": [of_logs(aws, name, "kms:Encrypt*")],
        "no key": [of_logs(aws, name)],
    }
    key = make_key(aws, *statements[wrong]) + ("0" if wrong == "no key" else "")
    group = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": name, "KmsKeyId": key},
    }
    arn = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:{name}"
    expected = f"does not exist or is not allowed to be used with Arn '{arn}'"

    assert expected in deploy(aws, name, {"Group": group})
    with refused("AccessDeniedException", expected):
        aws.client("logs").create_log_group(logGroupName=name, kmsKeyId=key)
