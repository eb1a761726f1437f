"""Imports that share a workflow, and stacks that change theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import (
    App,
    CfnOutput,
    Duration,
    NestedStack,
    RemovalPolicies,
    RemovalPolicy,
    Stack,
    Stage,
)
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from helpers.deployment import Cloud, DeploymentFailed
from helpers.imports import by_id, counts, import_into, stack_of, tell, users
from helpers.synthesis import synthesise, synthesise_app

from cdk_cognito_user_import import ImportWorkflow, StagingBucket, UserSource

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def pool_id(cloud: Cloud) -> str:
    """A pool made by hand."""
    pool_id: str = cloud.cognito_idp.create_user_pool(
        PoolName="by-hand", AutoVerifiedAttributes=["email"]
    )["UserPool"]["Id"]
    return pool_id


def platform(app: App, name: str, **properties: Any) -> ImportWorkflow:
    """A stack that owns workflow, key and bucket, and imports nothing itself."""
    stack = Stack(app, name)
    return ImportWorkflow(stack, "Workflow", staging=StagingBucket(stack, "Staging"), **properties)


def preview(
    app: App,
    name: str,
    workflow: Callable[[Stack], ImportWorkflow] | None = None,
    *,
    pool_id: str,
    names: tuple[str, ...] = ("ada",),
) -> Stack:
    """A stack with an import into a pool that exists, and its attributes as outputs."""
    stack = Stack(app, name)
    given: dict[str, Any] = {} if workflow is None else {"workflow": workflow(stack)}
    source = UserSource.from_records(users(*names))
    tell(stack, import_into(stack, user_pool=by_id(pool_id)(stack), source=source, **given))
    return stack


def by_exports(name: str) -> Any:
    return lambda stack: ImportWorkflow.from_attributes(stack, "Shared", export_name=name)


def started(cloud: Cloud, pool_id: str) -> Any:
    return [job for job in cloud.jobs(pool_id) if "StartDate" in job]


def test_two_stacks_of_an_app_use_the_workflow_of_a_third(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    first, second = f"{name}A", f"{name}B"

    def build(app: App) -> None:
        workflow = platform(app, name)
        for each in (first, second):
            preview(app, each, lambda _: workflow, pool_id=pool_id, names=(each.lower(),))

    stacks = synthesise_app(build)
    cloud.deploy(stacks[name])
    assert [counts(cloud.deploy(stacks[each])) for each in (first, second)] == [(1, 0, 0)] * 2
    for each in (first, second, name):
        cloud.destroy(each)
        assert cloud.status(each) is None


def test_a_preview_environment_adds_two_resources_to_the_platforms_workflow(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    owner, exports = f"{name}Owner", f"{name}-imports"
    cloud.deploy(synthesise_app(lambda app: platform(app, owner, export_name=exports))[owner])
    stacks = synthesise_app(lambda app: preview(app, name, by_exports(exports), pool_id=pool_id))
    assert counts(cloud.deploy(stacks[name])) == (1, 0, 0)
    kinds = sorted(each["Type"] for each in stacks[name].template["Resources"].values())
    assert kinds == ["AWS::IAM::Role", "AWS::IAM::Role", "Custom::CognitoUserImport"], (
        "the logs role, one a stack, and two for the import"
    )
    cloud.destroy(name)
    cloud.destroy(owner)


def test_the_owner_of_a_shared_workflow_cannot_be_deleted_first(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    owner, exports = f"{name}Owner", f"{name}-imports"
    cloud.deploy(synthesise_app(lambda app: platform(app, owner, export_name=exports))[owner])
    cloud.deploy(
        synthesise_app(lambda app: preview(app, name, by_exports(exports), pool_id=pool_id))[name]
    )
    with pytest.raises((DeploymentFailed, cloud.cloudformation.exceptions.ClientError)):
        cloud.destroy(owner)
    assert cloud.status(owner) is not None
    cloud.destroy(name)
    cloud.destroy(owner)
    assert cloud.status(owner) is None


def test_an_import_that_moves_to_a_shared_workflow_imports_again_and_not_when_it_moves_back(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    owner, exports = f"{name}Owner", f"{name}-imports"
    cloud.deploy(synthesise_app(lambda app: platform(app, owner, export_name=exports))[owner])
    own = synthesise_app(lambda app: preview(app, name, pool_id=pool_id))[name]
    shared = synthesise_app(lambda app: preview(app, name, by_exports(exports), pool_id=pool_id))
    assert counts(cloud.deploy(own)) == (1, 0, 0)
    assert counts(cloud.deploy(shared[name])) == (0, 1, 0)
    # The import has its first logical id again, and what it has imported counts as imported.
    assert counts(cloud.deploy(own)) == (1, 0, 0)
    assert len(started(cloud, pool_id)) == 2
    cloud.destroy(name)
    cloud.destroy(owner)


def test_replacing_the_default_workflow_by_an_own_one_imports_nothing(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    def with_own(stack: Stack) -> Any:
        return ImportWorkflow(
            stack,
            "Workflow",
            staging=StagingBucket(stack, "Staging"),
            log_retention=logs.RetentionDays.ONE_WEEK,
        )

    first = cloud.deploy(synthesise_app(lambda app: preview(app, name, pool_id=pool_id))[name])
    then = cloud.deploy(
        synthesise_app(lambda app: preview(app, name, with_own, pool_id=pool_id))[name]
    )
    assert then == first
    back = cloud.deploy(synthesise_app(lambda app: preview(app, name, pool_id=pool_id))[name])
    assert back == first
    assert len(started(cloud, pool_id)) == 1
    cloud.destroy(name)


def test_an_import_with_defaults_becomes_a_regulated_one(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    network = cloud.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = cloud.ec2.create_subnet(VpcId=network, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]

    def regulated(stack: Stack) -> Any:
        key = kms.Key(stack, "Key", removal_policy=RemovalPolicy.RETAIN)
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id=network,
            availability_zones=["us-east-1a"],
            isolated_subnet_ids=[subnet],
        )
        return ImportWorkflow(
            stack,
            "Workflow",
            staging=StagingBucket(
                stack,
                "Staging",
                encryption_key=key,
                versioned=True,
                removal_policy=RemovalPolicy.RETAIN,
            ),
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=vpc.isolated_subnets),
            reserved_concurrent_executions=5,
            dead_letter_queue=sqs.Queue(
                stack,
                "DeadLetters",
                encryption_master_key=key,
                retention_period=Duration.days(4),
            ),
            log_retention=logs.RetentionDays.ONE_YEAR,
            managed_policies=True,
            removal_policy=RemovalPolicy.RETAIN,
        )

    first = cloud.deploy(synthesise_app(lambda app: preview(app, name, pool_id=pool_id))[name])
    then = cloud.deploy(
        synthesise_app(lambda app: preview(app, name, regulated, pool_id=pool_id))[name]
    )
    assert then == first
    again = cloud.deploy(
        synthesise_app(
            lambda app: preview(app, name, regulated, pool_id=pool_id, names=("ada", "bob"))
        )[name]
    )
    assert counts(again) == (1, 1, 0)


def test_an_import_in_a_nested_stack_and_one_in_a_stage(cloud: Cloud, name: str) -> None:
    def nested(app: App) -> None:
        parent = Stack(app, name)
        inner = NestedStack(parent, "Inner")
        seed = import_into(inner)
        CfnOutput(parent, "Imported", value=seed.imported_users)

    def staged(app: App) -> None:
        stack = Stack(Stage(app, name), "Users", stack_name=f"{name}-staged")
        tell(stack, import_into(stack))

    assert cloud.deploy(synthesise_app(nested)[name])["Imported"] == "1"
    cloud.destroy(name)
    (stage,) = synthesise_app(staged).values()
    assert counts(cloud.deploy(stage)) == (1, 0, 0)
    cloud.destroy(f"{name}-staged")


def test_a_boundary_that_denies_assuming_the_import_role_fails_with_a_remedy(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    def build(stack: Stack) -> None:
        boundary = iam.ManagedPolicy(
            stack,
            "Boundary",
            statements=[
                iam.PolicyStatement(not_actions=["sts:AssumeRole"], resources=["*"]),
            ],
        )
        import_into(stack, user_pool=by_id(pool_id)(stack))
        iam.PermissionsBoundary.of(stack).apply(boundary)

    with pytest.raises(DeploymentFailed) as caught:
        cloud.deploy(synthesise(build, name))
    assert "sts:AssumeRole of arn:aws:iam::000000000000:role/cdk-cognito-user-import/" in str(
        caught.value
    )
    assert "no permissions boundary denies the worker sts:AssumeRole" in str(caught.value)
    assert cloud.jobs(pool_id) == []


def test_retained_resources_conflict_only_with_the_same_names_in_the_same_stack(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    """The one collision that docs/decisions/0011 names."""

    def retained(app: App) -> None:
        preview(app, name, pool_id=pool_id)
        RemovalPolicies.of(app).retain()

    def without(app: App) -> None:
        cognito.UserPool(Stack(app, name), "Another", removal_policy=RemovalPolicy.DESTROY)

    cloud.deploy(synthesise_app(retained)[name])
    cloud.deploy(synthesise_app(without)[name])
    with pytest.raises(DeploymentFailed, match="already exists"):
        cloud.deploy(synthesise_app(retained)[name])
    cloud.destroy(name)
    assert counts(cloud.deploy(synthesise_app(retained)[name])) == (0, 1, 0), (
        "another stack of the same name has other names"
    )


def test_stacks_with_retained_logs_can_be_deployed_again(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    stack = stack_of(name, users("ada"), pool=by_id(pool_id), removal_policy=RemovalPolicy.RETAIN)
    cloud.deploy(stack)
    cloud.destroy(name)
    assert counts(cloud.deploy(stack)) == (0, 1, 0)
