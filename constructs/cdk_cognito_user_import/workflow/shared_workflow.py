"""A workflow that another app has deployed to the same account and Region."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Fn, Stack, Token
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_cognito_user_import.messages import workflow as messages
from cdk_cognito_user_import.names import address, identity_of

if TYPE_CHECKING:
    from .attributes import Staging, WorkflowAttributes

EXPORTS = {
    "state_machine_arn": "StateMachineArn",
    "starter_arn": "StarterArn",
    "worker_role_arn": "WorkerRoleArn",
    "staging_bucket_name": "StagingBucketName",
    "encryption_key_arn": "EncryptionKeyArn",
}
"""The attributes of a workflow, and the suffixes of the names of their exports."""

_ARN = re.compile(
    r"arn:[\w-]+:(?P<service>[\w-]+):(?P<region>[\w-]*):(?P<account>\d*):(?P<resource>.+)"
)

_EXPORT_NAME = re.compile(r"[A-Za-z0-9:-]+")
"""The characters of an export's name, as the CDK's `CfnOutput` checks them at the end of synth."""


@dataclass(frozen=True, slots=True)
class _ArnFormat:
    """The format of an attribute's ARN."""

    service: str
    resource: re.Pattern[str]
    example: str


_FORMATS = {
    "state_machine_arn": _ArnFormat(
        "states",
        re.compile(r"stateMachine:[^:]+"),
        "arn:aws:states:<Region>:<account>:stateMachine:<name>",
    ),
    "starter_arn": _ArnFormat(
        "lambda",
        re.compile(r"function:[^:]+"),
        "arn:aws:lambda:<Region>:<account>:function:<name>, without a version or alias",
    ),
    "worker_role_arn": _ArnFormat(
        "iam", re.compile(r"role/.+"), "arn:aws:iam::<account>:role/<name>"
    ),
    "encryption_key_arn": _ArnFormat(
        "kms", re.compile(r"key/.+"), "arn:aws:kms:<Region>:<account>:key/<id>"
    ),
}


class _SharedStaging(Construct):
    """The staging bucket of a workflow of another app."""

    def __init__(self, scope: Construct, bucket_name: str, key_arn: str) -> None:
        super().__init__(scope, "Staging")
        self.encryption_key: kms.IKey = kms.Key.from_key_arn(self, "Key", key_arn)
        self.bucket: s3.IBucket = s3.Bucket.from_bucket_attributes(
            self, "Bucket", bucket_name=bucket_name, encryption_key=self.encryption_key
        )


class SharedWorkflow(Construct):
    """A workflow of another app, as `ImportWorkflow.from_attributes` returns it.

    Attributes:
        state_machine_arn: ARN of the state machine.
        starter_arn: ARN of the function that CloudFormation calls.
        worker_role_arn: ARN of the role that assumes the roles of imports.
        staging: Staging bucket and its key.
        managed_policies: Whether the rights of imports are in managed policies.
        identity: Identity of the workflow in the logical ids of imports.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        attributes: dict[str, str],
        *,
        managed_policies: bool,
        identity: str,
    ) -> None:
        super().__init__(scope, id)
        self.state_machine_arn = attributes["state_machine_arn"]
        self.starter_arn = attributes["starter_arn"]
        self.worker_role_arn = attributes["worker_role_arn"]
        self.staging: Staging = _SharedStaging(
            self, attributes["staging_bucket_name"], attributes["encryption_key_arn"]
        )
        self.managed_policies = managed_policies
        self.identity = identity_of(identity or address(self))


def export_attributes(workflow: WorkflowAttributes, scope: Construct, export_name: str) -> None:
    """Export the attributes of a workflow from its stack.

    Raises:
        ValueError: The export name is not valid.
    """
    _check_export_name(scope.node.id, export_name)
    values = {
        "state_machine_arn": workflow.state_machine_arn,
        "starter_arn": workflow.starter_arn,
        "worker_role_arn": workflow.worker_role_arn,
        "staging_bucket_name": workflow.staging.bucket.bucket_name,
        "encryption_key_arn": workflow.staging.encryption_key.key_arn,
    }
    exports = Construct(scope, "Exports")
    for attribute, value in values.items():
        suffix = EXPORTS[attribute]
        CfnOutput(exports, suffix, value=value, export_name=f"{export_name}-{suffix}")


def shared_workflow(
    scope: Construct,
    id: str,  # noqa: A002  as CDK names it
    *,
    export_name: str | None,
    attributes: dict[str, str | None],
    managed_policies: bool,
) -> SharedWorkflow:
    """Return a workflow by its export name or by its attributes.

    Raises:
        ValueError: Both are given, the export name is not valid, attributes are missing, or an ARN
            is of another kind of resource, Region or account.
    """
    given = {name: value for name, value in attributes.items() if value is not None}
    if export_name is None:
        return _by_attributes(scope, id, given, managed_policies=managed_policies)
    _check_export_name(id, export_name)
    if given:
        raise ValueError(messages.export_name_and_attributes(id, list(given)))
    imported = {
        name: Fn.import_value(f"{export_name}-{suffix}") for name, suffix in EXPORTS.items()
    }
    return SharedWorkflow(
        scope, id, imported, managed_policies=managed_policies, identity=export_name
    )


def _check_export_name(workflow: str, export_name: str) -> None:
    if not Token.is_unresolved(export_name) and not _EXPORT_NAME.fullmatch(export_name):
        raise ValueError(messages.export_name_invalid(workflow, export_name))


def _by_attributes(
    scope: Construct,
    id: str,  # noqa: A002  as CDK names it
    given: dict[str, str],
    *,
    managed_policies: bool,
) -> SharedWorkflow:
    if missing := [name for name in EXPORTS if name not in given]:
        raise ValueError(messages.attributes_missing(id, missing, list(EXPORTS)))
    for name, expected in _FORMATS.items():
        _check_arn(scope, name, given[name], expected)
    starter = given["starter_arn"]
    return SharedWorkflow(
        scope,
        id,
        given,
        managed_policies=managed_policies,
        identity="" if Token.is_unresolved(starter) else starter,
    )


def _check_arn(scope: Construct, name: str, arn: str, expected: _ArnFormat) -> None:
    if Token.is_unresolved(arn):
        return
    match = _ARN.fullmatch(arn)
    if (
        match is None
        or match["service"] != expected.service
        or not expected.resource.fullmatch(match["resource"])
    ):
        raise ValueError(messages.arn_invalid(name, arn, expected.example))
    stack = Stack.of(scope)
    for kind, theirs, ours in (
        ("Region", match["region"], stack.region),
        ("account", match["account"], stack.account),
    ):
        if theirs and not Token.is_unresolved(ours) and theirs != ours:
            raise ValueError(
                messages.arn_of_other_place(name, kind, theirs, stack.stack_name, ours)
            )
