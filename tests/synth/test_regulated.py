"""What a user under rules sets: on the workflow and the staging bucket, and in the example."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from examples.regulated import RegulatedUserPool
from helpers.imports import import_into, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import references, text

from cdk_cognito_user_import import StagingBucket
from cdk_cognito_user_import.messages import arguments, workflow

if TYPE_CHECKING:
    from aws_cdk import App
    from helpers.synthesis import Synthesised

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def regulated() -> Synthesised:
    return synthesise_app(lambda app: RegulatedUserPool(app, "Regulated"))["Regulated"]


def functions(stack: Synthesised) -> list[dict[str, Any]]:
    return [each["Properties"] for each in stack.resources("AWS::Lambda::Function").values()]


@pytest.mark.slow
def test_the_example_runs_as_it_is_documented(tmp_path: Path) -> None:
    """The CDK CLI runs this command, and says where the result goes as here."""
    subprocess.run(
        [sys.executable, "examples/regulated.py"],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    template = json.loads((tmp_path / "RegulatedUserPool.template.json").read_text())
    assert "VpcId" in template["Parameters"]


def test_both_functions_are_in_the_subnets_behind_one_group_that_lets_only_https_out(
    regulated: Synthesised,
) -> None:
    (group,) = regulated.resources("AWS::EC2::SecurityGroup").values()
    (egress,) = group["Properties"]["SecurityGroupEgress"]
    assert (egress["IpProtocol"], egress["FromPort"], egress["ToPort"]) == ("tcp", 443, 443)
    assert "SecurityGroupIngress" not in group["Properties"]
    for function in functions(regulated):
        assert references(function["VpcConfig"]["SubnetIds"]) == {"SubnetA", "SubnetB"}
        assert len(function["VpcConfig"]["SecurityGroupIds"]) == 1


def test_both_functions_have_reserved_concurrency_traces_and_the_dead_letter_queue(
    regulated: Synthesised,
) -> None:
    (queue,) = regulated.resources("AWS::SQS::Queue")
    for function in functions(regulated):
        assert function["ReservedConcurrentExecutions"] == 5
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert text(function["DeadLetterConfig"]["TargetArn"]) == f"<{queue}.Arn>"


def test_the_rule_for_broken_executions_has_the_dead_letter_queue(regulated: Synthesised) -> None:
    (queue,) = regulated.resources("AWS::SQS::Queue")
    (rule,) = regulated.resources("AWS::Events::Rule").values()
    (target,) = rule["Properties"]["Targets"]
    assert text(target["DeadLetterConfig"]["Arn"]) == f"<{queue}.Arn>"


def test_no_role_has_an_inline_policy(regulated: Synthesised) -> None:
    assert not regulated.resources("AWS::IAM::Policy")
    for role in regulated.resources("AWS::IAM::Role").values():
        assert "Policies" not in role["Properties"]


def test_noncurrent_versions_expire_after_a_day(regulated: Synthesised) -> None:
    (bucket,) = regulated.resources("AWS::S3::Bucket").values()
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    rule = bucket["Properties"]["LifecycleConfiguration"]["Rules"][0]
    assert "Prefix" not in rule
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert bucket["DeletionPolicy"] == "Retain"


def test_a_function_comes_after_its_rights(regulated: Synthesised) -> None:
    """Lambda refuses a function in a VPC, or with a queue, whose role has not the right yet."""
    resources = regulated.template["Resources"]
    for function in functions(regulated):
        (role,) = references(function["Role"])
        policies = references(resources[role]["Properties"]["ManagedPolicyArns"])
        assert {resources[each]["Type"] for each in policies} == {"AWS::IAM::ManagedPolicy"}
        kinds = ("RoleRights", "Traces", "Network")
        assert sorted(kind for kind in kinds for each in policies if kind in each) == sorted(kinds)


def test_a_given_queue_is_used_with_its_key() -> None:
    def build(stack: Stack) -> None:
        key = kms.Key(stack, "QueueKey")
        queue = sqs.Queue(stack, "Queue", encryption_master_key=key)
        import_into(stack, workflow=workflow_of(stack, dead_letter_queue=queue))

    stack = synthesise(build)
    (queue,) = stack.resources("AWS::SQS::Queue")
    (key,) = (name for name in stack.resources("AWS::KMS::Key") if name.startswith("QueueKey"))
    for function in functions(stack):
        assert text(function["DeadLetterConfig"]["TargetArn"]) == f"<{queue}.Arn>"
        (role,) = references(function["Role"])
        (policy,) = stack.template["Resources"][role]["Properties"]["Policies"]
        assert {queue, key} <= references(policy["PolicyDocument"])
    policy = stack.template["Resources"][key]["Properties"]["KeyPolicy"]
    assert "events.amazonaws.com" in json.dumps(policy)


def test_a_permissions_boundary_of_the_stack_reaches_every_role() -> None:
    def build(stack: Stack) -> None:
        boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "boundary")
        iam.PermissionsBoundary.of(stack).apply(boundary)
        import_into(stack)

    for role in synthesise(build).resources("AWS::IAM::Role").values():
        assert text(role["Properties"]["PermissionsBoundary"]).endswith(":policy/boundary")


def test_subnets_or_groups_without_their_vpc_are_refused() -> None:
    stack = Stack(None, "Test")
    subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    with pytest.raises(ValueError, match=workflow.subnets_without_vpc("Test/Workflow")):
        workflow_of(stack, vpc_subnets=subnets)


@pytest.mark.parametrize("number", [0, -1])
def test_a_reserved_concurrency_below_one_is_refused(number: int) -> None:
    reported = workflow.concurrency_too_low("Test/Workflow", number)
    with pytest.raises(ValueError, match=reported):
        workflow_of(Stack(None, "Test"), reserved_concurrent_executions=number)


def test_a_versioned_bucket_that_could_not_be_removed_with_the_stack_is_refused() -> None:
    stack = Stack(None, "Test")
    with pytest.raises(ValueError, match=arguments.versioned_bucket_destroyed()):
        StagingBucket(stack, "Staging", versioned=True)
    StagingBucket(stack, "Kept", versioned=True, removal_policy=RemovalPolicy.RETAIN)


def test_a_dead_letter_queue_of_another_stack_accepts_events_of_the_account() -> None:
    def build(app: App) -> None:
        queue = sqs.Queue(Stack(app, "Queues"), "DeadLetters")
        stack = Stack(app, "Imports")
        import_into(stack, workflow=workflow_of(stack, dead_letter_queue=queue))

    (policy,) = synthesise_app(build)["Queues"].resources("AWS::SQS::QueuePolicy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }
