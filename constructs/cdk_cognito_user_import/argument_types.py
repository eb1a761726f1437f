"""The types of public arguments, which neither Python nor jsii checks.

With text for a flag or a number for a duration, the import would do something else than was asked,
or end in a traceback about an attribute of another class. Each public function calls
`check_arguments` first. What an argument must be is its annotation.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs
from constructs import Construct

from ._lambda.user_import.contract import PasswordVia
from ._lambda.user_import.users_csv.password_hashes import OnBadHash
from .messages import arguments as messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

_OPTIONAL = " | None"


def _is(*types: type) -> Callable[[object], bool]:
    return lambda given: isinstance(given, types)


def _has(*attributes: str) -> Callable[[object], bool]:
    """Return a check for the attributes of an interface, which has no base class.

    A class has them too, such as `UserSource` where `UserSource.from_file(…)` is meant.
    """
    return lambda given: (
        not isinstance(given, type) and all(hasattr(given, each) for each in attributes)
    )


_is_secret = _has("secret_arn", "secret_value")


def _is_list(given: object) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping))


ACCEPTS: dict[str, Callable[[object], bool]] = {
    "bool": _is(bool),
    "int": lambda given: isinstance(given, int) and not isinstance(given, bool),
    "str": _is(str),
    "str | Path": _is(str, Path),
    "str | int": lambda given: isinstance(given, (str, int)) and not isinstance(given, bool),
    "Path": _is(Path),
    "Construct": _is(Construct),
    "Duration": _is(Duration),
    "RemovalPolicy": _is(RemovalPolicy),
    "logs.RetentionDays": _is(logs.RetentionDays),
    "cognito.IUserPool": _has("user_pool_id", "user_pool_arn"),
    "iam.IRole": _has("role_arn"),
    "kms.IKey": _has("key_arn", "add_to_resource_policy"),
    "s3.IBucket": _has("bucket_name", "arn_for_objects"),
    "events.IRuleTarget": _has("bind"),
    "events.EventPattern": _is(events.EventPattern),
    "iam.IGrantable": _has("grant_principal"),
    "sqs.IQueue": _has("queue_arn", "add_to_resource_policy"),
    "ec2.IVpc": _has("vpc_id", "select_subnets"),
    "ec2.SubnetSelection": _is(ec2.SubnetSelection),
    "ec2.ISecurityGroup": _has("security_group_id"),
    "Sequence[ec2.ISecurityGroup]": _is(list, tuple),
    "UserSource": _has("bind"),
    "Tolerance": _has("failed", "skipped"),
    "Staging": _has("bucket", "encryption_key"),
    "secretsmanager.ISecret": _is_secret,
    "secretsmanager.ISecret | TestPassword": lambda given: (
        _is_secret(given) or _has("secret", "via")(given)
    ),
    "PasswordVia": _is(PasswordVia),
    "PasswordHashes": _has("algorithms", "too_costly"),
    "OnBadHash": _is(OnBadHash),
    "Collection[HashingAlgorithm]": _is_list,
    "WorkflowAttributes": _has("starter_arn", "worker_role_arn"),
    "ExportFormat": _is(str),
    "Iterable[UserKind]": _is_list,
    "Mapping[str, Targets]": _is(Mapping),
    "Mapping[str, Value]": _is(Mapping),
    "Mapping[str, AttributeValue]": _is(Mapping),
    "Mapping[Value | None, int]": _is(Mapping),
    "Sequence[UserRecord]": _is_list,
    "Mapping[Property, str | None]": _is(Mapping),
    "Sequence[iam.PolicyStatement]": _is(list, tuple),
    "iam.PolicyStatement": _has("to_statement_json"),
    "LocalUsers": _has("path", "content_hash"),
    "SyntheticUsers": _has("username", "lines"),
    "ReadOptions": _has("to_json"),
}
"""Whether a value is of a type, by the type's annotation without `| None`."""

_ELEMENTS = {
    "Sequence[ec2.ISecurityGroup]": "ec2.ISecurityGroup",
    "Sequence[iam.PolicyStatement]": "iam.PolicyStatement",
}
"""The annotation of the elements of a list. Records and kinds of users are checked where they are
read: they may come from a generator, which can be read once only."""


def check_arguments(function: Callable[..., object], given: Mapping[str, object]) -> None:
    """Check the types of the arguments of a public function, and that its scope is in a stack.

    Args:
        function: The function, whose annotations say what is allowed.
        given: The arguments by name; other names are ignored.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: The scope is not in a stack.
    """
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.annotation is inspect.Parameter.empty:
            continue  # self
        if problem := _problem(name, parameter.annotation, given[name]):
            raise TypeError(problem)
    scope = given.get("scope")
    if isinstance(scope, Construct) and not any(map(Stack.is_stack, scope.node.scopes)):
        raise ValueError(messages.scope_without_stack(str(given["id"])))


def check_fields(instance: DataclassInstance) -> None:
    """Check the types of the fields of a public data class.

    Raises:
        TypeError: A field has the wrong type.
    """
    for each in fields(instance):
        if problem := _problem(each.name, str(each.type), getattr(instance, each.name)):
            raise TypeError(problem)


def _problem(name: str, annotation: str, given: object) -> str:
    """Return what is wrong with an argument, or nothing.

    It is raised where it is called: each frame of a traceback has three lines.
    """
    kind = annotation.removesuffix(_OPTIONAL)
    if given is None and kind != annotation:
        return ""
    if not ACCEPTS[kind](given):
        text = messages.wrong_type if kind == annotation else messages.wrong_optional_type
        return text(name, given, messages.EXPECTED.get(name, messages.EXPECTED[kind]))
    if kind not in _ELEMENTS:
        return ""
    assert isinstance(given, Iterable)
    problems = (
        _problem(f"{name}[{index}]", _ELEMENTS[kind], each) for index, each in enumerate(given)
    )
    return next(filter(None, problems), "")
