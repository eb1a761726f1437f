"""Every public argument is checked when it is given: neither Python nor jsii checks its type."""

from __future__ import annotations

import enum
import functools
import inspect
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Duration, Stack, Stage
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from helpers.arguments import FUNCTIONS, parameters_of, wrong_type
from helpers.imports import import_into, pool_of, users, workflow_of
from helpers.synthesis import synthesise

import cdk_cognito_user_import as package
from cdk_cognito_user_import import (
    LocalUsers,
    LogsRole,
    SourceConfig,
    StagingBucket,
    Tolerance,
    UserSource,
)
from cdk_cognito_user_import._lambda.user_import.users_csv import ReadOptions
from cdk_cognito_user_import.argument_types import ACCEPTS
from cdk_cognito_user_import.messages import arguments, sources

if TYPE_CHECKING:
    from collections.abc import Callable

ARGUMENTS = [(name, argument) for name in FUNCTIONS for argument in parameters_of(name)]


def call(function: str, given: dict[str, Any]) -> object:
    make: Callable[..., object] = attrgetter(function)(package)
    if is_method(function):
        make = functools.partial(make, import_into(Stack()))
    return make(**given)


def is_method(function: str) -> bool:
    """Whether a public function is a method that makes something in an import."""
    return function.rpartition(".")[2].startswith(("on_", "grant_"))


def required(function: str) -> dict[str, Any]:
    """Return arguments that a public function takes, one for each that it requires."""
    stack = Stack()
    right: dict[str, Callable[[], object]] = {
        "Construct": lambda: stack,
        "str": lambda: "name",
        "str | Path": lambda: __file__,
        "str | int": lambda: 1,
        "int": lambda: 1,
        "Path": Path,
        "cognito.IUserPool": lambda: pool_of(stack),
        "iam.IGrantable": lambda: iam.Group(stack, "Group"),
        "s3.IBucket": lambda: s3.Bucket(stack, "Bucket"),
        "secretsmanager.ISecret": lambda: secretsmanager.Secret(stack, "Secret"),
        "Staging": lambda: StagingBucket(stack, "Staging"),
        "UserSource": lambda: UserSource.from_records(users("ada")),
        "Sequence[UserRecord]": lambda: users("ada"),
        "Mapping[Value | None, int]": lambda: {"gold": 1},
        "Mapping[Property, str | None]": dict,
        "Sequence[iam.PolicyStatement]": list,
        "ReadOptions": ReadOptions,
    }
    return {
        name: right[parameter.annotation]()
        for name, parameter in parameters_of(function).items()
        if parameter.default is inspect.Parameter.empty
    }


def test_every_public_function_is_checked() -> None:
    expected = set()
    for name in package.__all__:
        public = getattr(package, name)
        if issubclass(public, enum.Enum):
            continue
        if not inspect.isabstract(public):
            expected.add(name)
        expected |= {
            f"{name}.{each}"
            for each, member in vars(public).items()
            if isinstance(member, staticmethod) and not each.startswith("_")
        }
        expected |= {f"{name}.{each}" for each in vars(public) if is_method(f"{name}.{each}")}
    assert set(FUNCTIONS) == expected


def test_no_type_is_known_that_no_argument_has() -> None:
    used = {
        parameters_of(name)[argument].annotation.removesuffix(" | None")
        for name, argument in ARGUMENTS
    }
    elements = {"ec2.ISecurityGroup", "iam.PolicyStatement"}
    assert set(ACCEPTS) == used | elements
    named = {argument for _, argument in ARGUMENTS}
    assert set(arguments.EXPECTED) <= set(ACCEPTS) | named


@pytest.mark.parametrize(("function", "argument"), ARGUMENTS)
def test_an_argument_of_a_wrong_type_is_named_with_what_is_allowed(
    function: str, argument: str
) -> None:
    given = {**required(function), argument: object()}
    with pytest.raises(TypeError) as caught:
        call(function, given)
    assert str(caught.value) == wrong_type(function, argument, given[argument])
    assert str(caught.value).startswith(f"{argument} is an object; give ")


@pytest.mark.parametrize(("function", "argument"), ARGUMENTS)
def test_none_is_refused_where_it_is_not_allowed(function: str, argument: str) -> None:
    given = {**required(function), argument: None}
    if parameters_of(function)[argument].annotation.endswith(" | None"):
        try:
            call(function, given)
        except ValueError as error:
            one_of_several = ("ImportWorkflow.from_attributes", "UserSource.from_bucket")
            assert function in one_of_several, error  # noqa: PT017
    else:
        with pytest.raises(TypeError) as caught:
            call(function, given)
        assert str(caught.value) == wrong_type(function, argument, None)


WORKFLOWS: list[tuple[str, Callable[[Stack], Any]]] = [
    ("vpc", lambda _: "vpc-12345678"),
    ("vpc", lambda stack: ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16")),
    ("vpc_subnets", lambda _: {"subnet_type": ec2.SubnetType.PUBLIC}),
    ("security_groups", lambda _: "sg-12345678"),
    ("security_groups", lambda stack: {"group": stack}),
    ("memory_size", lambda _: "2048"),
    ("import_jobs_per_pool", lambda _: 2000.0),
    ("reserved_concurrent_executions", lambda _: "2"),
    ("reserved_concurrent_executions", lambda _: True),
    ("reserved_concurrent_executions", lambda _: 2.0),
    ("dead_letter_queue", lambda _: "arn:aws:sqs:eu-central-1:123456789012:dead-letters"),
    ("dead_letter_queue", lambda stack: sqs.CfnQueue(stack, "Queue")),
    ("log_retention", lambda _: 30),
    ("managed_policies", lambda _: ["arn:aws:iam::123456789012:policy/Boundary"]),
    ("export_name", lambda _: 5),
    ("staging", lambda _: StagingBucket),
]


@pytest.mark.parametrize(("argument", "wrong"), WORKFLOWS)
def test_a_workflow_names_an_argument_of_a_plausible_but_wrong_type(
    argument: str, wrong: Callable[[Stack], Any]
) -> None:
    stack = Stack()
    given = wrong(stack)
    with pytest.raises(TypeError) as caught:
        workflow_of(stack, **{argument: given})
    assert str(caught.value) == wrong_type("ImportWorkflow", argument, given)


@pytest.mark.parametrize("retention", [30, "ONE_MONTH", Duration.days(30)])
def test_the_retention_of_the_import_log_is_never_ignored(retention: Any) -> None:
    with pytest.raises(TypeError) as caught:
        import_into(Stack(), import_log_retention=retention)
    assert str(caught.value) == wrong_type("UserImport", "import_log_retention", retention)


def test_the_element_of_a_list_is_named_by_its_position() -> None:
    stack = Stack()
    vpc = ec2.Vpc(stack, "Vpc")
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    expected = arguments.wrong_type(
        "security_groups[1]", "", arguments.EXPECTED["ec2.ISecurityGroup"]
    )
    with pytest.raises(TypeError) as caught:
        workflow_of(stack, vpc=vpc, security_groups=[group, "sg-12345678"])
    assert str(caught.value) == expected


def test_a_right_of_a_source_is_a_policy_statement() -> None:
    with pytest.raises(TypeError, match=r"^statements\[0\] is a dict; give a PolicyStatement\.$"):
        SourceConfig({}, [{"Action": "s3:GetObject"}])  # type: ignore[list-item]


@pytest.mark.parametrize("given", ["alias/users", kms.CfnKey])
def test_a_key_is_a_construct(given: Any) -> None:
    with pytest.raises(TypeError) as caught:
        StagingBucket(Stack(), "Staging", encryption_key=given)
    assert str(caught.value) == wrong_type("StagingBucket", "encryption_key", given)


def test_a_cfn_bucket_is_not_a_bucket() -> None:
    stack = Stack()
    given: Any = s3.CfnBucket(stack, "Bucket", bucket_name="customers")
    with pytest.raises(TypeError) as caught:
        UserSource.from_bucket(given, "users.csv")
    assert str(caught.value) == wrong_type("UserSource.from_bucket", "bucket", given)


@pytest.mark.parametrize("given", ["eu-central-1_AbCdEfGhI", ["pool"], cognito.UserPool])
def test_a_logs_role_is_for_a_user_pool(given: Any) -> None:
    with pytest.raises(TypeError) as caught:
        LogsRole(Stack(), "Logs", only_for=given)
    assert str(caught.value) == wrong_type("LogsRole", "only_for", given)


def test_imported_resources_are_as_good_as_those_of_the_app() -> None:
    def build(stack: Stack) -> None:
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-12345678",
            availability_zones=["a", "b"],
            private_subnet_ids=["subnet-1", "subnet-2"],
        )
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-12345678")
        arn = "arn:aws:kms:eu-central-1:123456789012:key/0f7c1b9e-1c2d-4e5f-8a9b-0c1d2e3f4a5b"
        logs_bucket = s3.Bucket.from_bucket_name(stack, "Logs", "access-logs")
        staging = StagingBucket(
            stack,
            "Staging",
            encryption_key=kms.Key.from_key_arn(stack, "Key", arn),
            access_logs_bucket=logs_bucket,
        )
        queue = sqs.Queue.from_queue_arn(
            stack, "Queue", "arn:aws:sqs:eu-central-1:123456789012:dead-letters"
        )
        workflow = workflow_of(
            stack,
            staging=staging,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            security_groups=(group,),
            dead_letter_queue=queue,
            log_retention=logs.RetentionDays.INFINITE,
        )
        import_into(stack, workflow=workflow, import_log_retention=logs.RetentionDays.ONE_WEEK)

    (custom,) = synthesise(build).resources("Custom::CognitoUserImport").values()
    assert custom["Properties"]["ImportLogRetentionDays"] == "7"


@pytest.mark.parametrize("given", ["disabled", b"disabled", {"disabled": True}, 5])
@pytest.mark.parametrize(
    ("function", "argument"),
    [("UserSource.from_file", "leave_out"), ("UserSource.from_records", "records")],
)
def test_text_and_a_mapping_are_not_a_list(function: str, argument: str, given: Any) -> None:
    with pytest.raises(TypeError) as caught:
        call(function, {**required(function), argument: given})
    assert str(caught.value) == wrong_type(function, argument, given)


def test_a_class_is_named_as_a_class() -> None:
    with pytest.raises(TypeError, match=r"^source is the class UserSource; give a source, such as"):
        import_into(Stack(), source=UserSource)


@pytest.mark.parametrize("given", [(), ("users.csv",)])
def test_a_source_is_made_by_one_of_its_functions(given: tuple[str, ...]) -> None:
    make: Any = UserSource
    with pytest.raises(TypeError) as caught:
        make(*given)
    assert str(caught.value) == sources.source_without_kind()


def test_a_source_of_ones_own_needs_no_function_of_ours() -> None:
    class Numbered(UserSource):
        def __init__(self, number: int, *, suffix: str) -> None:
            self.name = f"{number}{suffix}"

        def bind(self, scope: Any, user_pool: Any) -> SourceConfig:
            raise AssertionError(scope, user_pool)

    assert Numbered(5, suffix=".csv").name == "5.csv"


@pytest.mark.parametrize("scope", [App, lambda: Stage(App(), "Stage")], ids=["app", "stage"])
@pytest.mark.parametrize("function", [name for name, each in ARGUMENTS if each == "scope"])
def test_a_scope_outside_of_stacks_is_refused_before_anything_is_made(
    function: str, scope: Callable[[], Any]
) -> None:
    outside = scope()
    with pytest.raises(ValueError, match="scope") as caught:
        call(function, {**required(function), "scope": outside, "id": "Seed"})
    assert str(caught.value) == arguments.scope_without_stack("Seed")
    assert [each.node.id for each in outside.node.children if each.node.id == "Seed"] == []


def test_the_fields_of_local_users_are_checked_with_the_tolerance() -> None:
    with pytest.raises(TypeError, match=r"^path is a str; give a Path\.$"):
        LocalUsers("users.csv", "users.csv", "hash", ReadOptions())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^skipped is a str; give a whole number of users, or"):
        Tolerance(skipped="5%")  # type: ignore[arg-type]
