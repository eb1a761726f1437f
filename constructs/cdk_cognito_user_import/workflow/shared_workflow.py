"""A workflow that another app deployed to the same account and Region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Fn, Stack, Token
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

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
"""The attributes of a workflow, and what follows the export name in the names of their exports."""

_ARN = re.compile(
    r"arn:[\w-]+:(?P<service>[\w-]+):(?P<region>[\w-]*):(?P<account>\d*):(?P<resource>.+)"
)
_SERVICES = {
    "state_machine_arn": "states",
    "starter_arn": "lambda",
    "worker_role_arn": "iam",
    "encryption_key_arn": "kms",
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
        state_machine_arn: of the workflow.
        starter_arn: the function that CloudFormation calls.
        worker_role_arn: the role that assumes the roles of imports.
        staging: its bucket and key.
        managed_policies: whether imports put their rights into managed policies.
        identity: what tells the workflow from others.
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
    """Export the attributes of a workflow from its stack."""
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
    """Return a workflow by its export name, or by its attributes.

    Raises:
        ValueError: both are given, or some attributes only, or one of another Region or account.
    """
    given = {name: value for name, value in attributes.items() if value is not None}
    missing = [name for name in EXPORTS if name not in given]
    if export_name is not None:
        if not export_name:
            raise ValueError(
                f"The shared workflow {id} has an empty export_name; give the export_name of the "
                "ImportWorkflow that owns it."
            )
        if given:
            raise ValueError(
                f"The shared workflow {id} is given export_name and {', '.join(given)}; give one "
                "or the other."
            )
        imported = {
            name: Fn.import_value(f"{export_name}-{suffix}") for name, suffix in EXPORTS.items()
        }
        return SharedWorkflow(
            scope, id, imported, managed_policies=managed_policies, identity=export_name
        )
    if missing:
        raise ValueError(
            f"The shared workflow {id} lacks {', '.join(missing)}. Give the export_name of the "
            f"workflow, or all of its attributes: {', '.join(EXPORTS)}."
        )
    for name, service in _SERVICES.items():
        _check_arn(scope, name, given[name], service)
    starter = given["starter_arn"]
    return SharedWorkflow(
        scope,
        id,
        given,
        managed_policies=managed_policies,
        identity="" if Token.is_unresolved(starter) else starter,
    )


def _check_arn(scope: Construct, name: str, arn: str, service: str) -> None:
    if Token.is_unresolved(arn):
        return
    match = _ARN.fullmatch(arn)
    if match is None or match["service"] != service:
        raise ValueError(
            f"The {name} of the shared workflow is {arn!r}; give an ARN of the service {service}."
        )
    stack = Stack.of(scope)
    for what, theirs, ours in (
        ("Region", match["region"], stack.region),
        ("account", match["account"], stack.account),
    ):
        if theirs and not Token.is_unresolved(ours) and theirs != ours:
            raise ValueError(
                f"The {name} of the shared workflow is of {what} {theirs}, and stack "
                f"{stack.stack_name} is in {ours}. A workflow serves imports of its own account "
                "and Region; deploy one there."
            )
