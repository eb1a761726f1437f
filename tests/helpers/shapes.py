"""App shapes: the ways in which apps use the construct, to test all of them alike.

A shape is a name and a function that builds an app. Each shape is synthesised once in a process;
tests only read its templates.
"""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import App, Duration, NestedStack, RemovalPolicy, Stack, Stage
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from examples.regulated import RegulatedUserPool
from examples.sandbox import Sandbox

from cdk_cognito_user_import import (
    ImportWorkflow,
    LogsRole,
    PasswordHashes,
    StagingBucket,
    UserSource,
)

from .imports import by_id, import_into, pool_of, tell, user

if TYPE_CHECKING:
    from collections.abc import Callable

    Build = Callable[[App], None]
    Template = dict[str, Any]

MANY = 100
"""The number of imports in the largest shape."""

_EXPORT = "user-imports"


def templates(name: str) -> dict[str, Template]:
    """Return all templates of a shape by file, those of nested stacks and stages among them.

    Args:
        name: of the shape, a key of ``SHAPES``.
    """
    return synthesised(SHAPES[name])


@functools.cache
def synthesised(build: Build) -> dict[str, Template]:
    """Synthesise an app, and return its templates by their path in the cloud assembly."""
    folder = Path(tempfile.mkdtemp(prefix="cdk-out-"))
    app = App(outdir=str(folder), analytics_reporting=False)
    build(app)
    app.synth()
    return {
        file.relative_to(folder).as_posix(): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.template.json"))
    }


def _default(app: App) -> None:
    stack = Stack(app, "Default")
    tell(stack, import_into(stack))


def _imported_pool(app: App) -> None:
    stack = Stack(app, "ImportedPool")
    import_into(stack, user_pool=by_id("eu-central-1_Example01")(stack))


def _own_logs_role(app: App) -> None:
    stack = Stack(app, "OwnLogsRole")
    pool = pool_of(stack)
    import_into(stack, user_pool=pool, logs_role=LogsRole(stack, "LogsRole", only_for=pool))


def _own_key(app: App) -> None:
    stack = Stack(app, "OwnKey")
    key = kms.Key(stack, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY)
    import_into(stack, staging=StagingBucket(stack, "Staging", encryption_key=key))


def _bucket_source(app: App) -> None:
    stack = Stack(app, "BucketSource")
    bucket = s3.Bucket(stack, "Bucket", encryption=s3.BucketEncryption.KMS, enforce_ssl=True)
    import_into(stack, source=UserSource.from_bucket(bucket, "users.csv"))


def _prefix_source(app: App) -> None:
    stack = Stack(app, "PrefixSource")
    bucket = s3.Bucket(stack, "Bucket", encryption=s3.BucketEncryption.KMS, enforce_ssl=True)
    import_into(stack, source=UserSource.from_bucket(bucket, prefix="exports/"))


def _vpc(app: App) -> None:
    stack = Stack(app, "InVpc")
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1)
    import_into(stack, workflow=_workflow(stack, vpc=vpc))


def _regulated(app: App) -> None:
    RegulatedUserPool(app, "Regulated")


def _sandbox(app: App) -> None:
    Sandbox(app, "Sandbox")


def _password_hashes(app: App) -> None:
    source = UserSource.from_records([user("ada")], password_hashes=PasswordHashes())
    import_into(Stack(app, "PasswordHashes"), source=source)


def _two_imports(app: App) -> None:
    stack = Stack(app, "TwoImports")
    pool = pool_of(stack)
    import_into(stack, user_pool=pool)
    import_into(stack, "More", user_pool=pool)


def _long_imports(app: App) -> None:
    stack = Stack(app, "LongImports")
    pool = pool_of(stack)
    long = import_into(stack, user_pool=pool, timeout=Duration.hours(24))
    long.on_failed(
        "Failed", target=targets.SqsQueue(sqs.Queue(stack, "Failures", enforce_ssl=True))
    )
    long.grant_run(iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal()))
    tell(stack, long)
    import_into(stack, "Background", user_pool=pool, wait=False)


def _nested_stack(app: App) -> None:
    import_into(NestedStack(Stack(app, "Parent"), "Nested"))


def _stage(app: App) -> None:
    import_into(Stack(Stage(app, "Production"), "Staged"))


def _shared_workflow(app: App) -> None:
    workflow = _workflow(Stack(app, "Platform"))
    for name in ("Customers", "Partners"):
        import_into(Stack(app, name), workflow=workflow)


def _shared_by_exports(app: App) -> None:
    _workflow(Stack(app, "Platform"), export_name=_EXPORT)
    stack = Stack(app, "Customers")
    shared = ImportWorkflow.from_attributes(stack, "Shared", export_name=_EXPORT)
    import_into(stack, workflow=shared)


def _hundred_imports(app: App) -> None:
    stack = Stack(app, "HundredImports")
    pool = pool_of(stack)
    for number in range(MANY):
        source = UserSource.from_records([user(f"user{number}")])
        import_into(stack, f"Seed{number}", user_pool=pool, source=source)


def _workflow(stack: Stack, **properties: Any) -> ImportWorkflow:
    return ImportWorkflow(stack, "Workflow", staging=StagingBucket(stack, "Staging"), **properties)


SHAPES: dict[str, Build] = {
    "default": _default,
    "imported-pool": _imported_pool,
    "own-logs-role": _own_logs_role,
    "own-key": _own_key,
    "bucket-source": _bucket_source,
    "prefix-source": _prefix_source,
    "VPC": _vpc,
    "regulated": _regulated,
    "sandbox": _sandbox,
    "password-hashes": _password_hashes,
    "two-imports": _two_imports,
    "long-imports": _long_imports,
    "nested-stack": _nested_stack,
    "stage": _stage,
    "shared-workflow": _shared_workflow,
    "shared-by-exports": _shared_by_exports,
    "100-imports": _hundred_imports,
}
"""The shapes by name. Each app is built by its function."""
