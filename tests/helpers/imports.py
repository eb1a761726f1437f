"""Small imports to build stacks of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Stack, Tags
from aws_cdk import aws_cognito as cognito

from cdk_cognito_user_import import ImportWorkflow, StagingBucket, UserImport, UserSource
from verify_aws.names import TAG, TEST_STACKS_VARIABLE, run_of

from .synthesis import Synthesised, synthesise

if TYPE_CHECKING:
    from collections.abc import Callable

ATTRIBUTES = {
    "Status": "status",
    "JobIds": "job_ids",
    "Imported": "imported_users",
    "Skipped": "skipped_users",
    "Failed": "failed_users",
    "Message": "completion_message",
    "LogGroup": "log_group_name",
    "LogStream": "log_stream_name",
}


def tags_of_account() -> dict[str, str]:
    """Return the tags of what a test makes on a real account; none on the local AWS."""
    run = run_of(os.environ.get(TEST_STACKS_VARIABLE, ""))
    return {} if run is None else {TAG: run}


def user(username: str, **attributes: Any) -> dict[str, Any]:
    return {
        "cognito:username": username,
        "email": f"{username}@example.com",
        "email_verified": True,
        **attributes,
    }


def users(*names: str) -> list[dict[str, Any]]:
    return [user(name) for name in names]


def pool_of(stack: Stack, id_: str = "Pool", **properties: Any) -> cognito.UserPool:
    """Make a user pool that takes imports. The CDK retains it where nothing else is said."""
    properties = {"auto_verify": cognito.AutoVerifiedAttrs(email=True), **properties}
    tags = tags_of_account()
    if tags:
        properties["user_pool_name"] = f"{stack.stack_name}-pool"
    pool = cognito.UserPool(stack, id_, **properties)
    for key, value in tags.items():
        Tags.of(pool).add(key, value)
    return pool


def workflow_of(stack: Stack, id_: str = "Workflow", **properties: Any) -> ImportWorkflow:
    """Make a workflow, with a staging bucket beside it where none is given."""
    if "staging" not in properties:
        properties["staging"] = StagingBucket(stack, f"{id_}Staging")
    return ImportWorkflow(stack, id_, **properties)


def by_id(pool_id: str) -> Callable[..., Any]:
    return lambda stack: cognito.UserPool.from_user_pool_id(stack, "Pool", pool_id)


def import_into(stack: Stack, id_: str = "Seed", **properties: Any) -> UserImport:
    """Add an import to a stack; of one user into a new pool where nothing else is said."""
    properties = {"source": UserSource.from_records(users("ada")), **properties}
    if "user_pool" not in properties:
        properties["user_pool"] = pool_of(stack)
    return UserImport(stack, id_, **properties)


def tell(stack: Stack, seed: UserImport, prefix: str = "") -> None:
    """Make outputs of all attributes of an import."""
    for output, attribute in ATTRIBUTES.items():
        CfnOutput(stack, prefix + output, value=getattr(seed, attribute))


def stack_of(name: str, records: Any, *, pool: Any = pool_of, **properties: Any) -> Synthesised:
    """Synthesise a stack with a pool, an import of these records, and its attributes as outputs."""

    def build(stack: Stack) -> None:
        target = pool(stack)
        source = records if isinstance(records, UserSource) else UserSource.from_records(records)
        CfnOutput(stack, "PoolId", value=target.user_pool_id)
        tell(stack, import_into(stack, user_pool=target, source=source, **properties))

    return synthesise(build, name)


def counts(outputs: dict[str, str], prefix: str = "") -> tuple[int, ...]:
    """How many users were imported, skipped and failed."""
    return tuple(int(outputs[prefix + each]) for each in ("Imported", "Skipped", "Failed"))
