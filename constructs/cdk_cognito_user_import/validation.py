"""Checks of the values of arguments, before any construct is made of them.

`argument_types` checks their types.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from aws_cdk import RemovalPolicy, Stack, Token

from ._lambda.user_import.contract import MOST_TOLERATED
from .messages import arguments, passwords, sources

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_secretsmanager as secretsmanager
    from constructs import Construct, IConstruct

    from .workflow import WorkflowAttributes

_WITHOUT_USER_POOLS = ("cn-", "us-iso", "eu-iso")
"""Prefixes of the Regions whose partitions have no Amazon Cognito user pools (AWS SDK's endpoints;
docs/unproven.md)."""

_USER_POOL_ID = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+")
"""The form of a user pool's id: its Region and a name (Cognito's API Reference, `UserPoolId`:
`[\\w-]+_[0-9a-zA-Z]+`)."""

_ADDRESS = re.compile(r"(s3|https?):/|arn:", re.IGNORECASE)
"""How an address begins where a path is expected. A `Path` has made one slash of two."""


def check_tolerated(name: str, number: int | None) -> None:
    """Check a number of a `Tolerance`.

    Raises:
        ValueError: It is negative or too large.
    """
    if number is not None and not 0 <= number <= MOST_TOLERATED:
        raise ValueError(arguments.tolerance_range(name, number, MOST_TOLERATED))


def check_removal_policy(removal_policy: RemovalPolicy) -> None:
    """Check the removal policy of a bucket, a key and log groups.

    Raises:
        ValueError: They do not support it.
    """
    if removal_policy is RemovalPolicy.SNAPSHOT:
        raise ValueError(arguments.snapshot_policy())


def check_place(
    scope: Construct,
    user_pool: cognito.IUserPool,
    workflow: WorkflowAttributes | None,
) -> None:
    """Check that user pool and workflow are in the Region and account of the import's stack."""
    stack = Stack.of(scope)
    if not Token.is_unresolved(stack.region) and stack.region.startswith(_WITHOUT_USER_POOLS):
        raise ValueError(arguments.region_without_user_pools(stack.stack_name, stack.region))
    regions = {user_pool.env.region}
    if not Token.is_unresolved(user_pool.user_pool_id):
        if not _USER_POOL_ID.fullmatch(user_pool.user_pool_id):
            raise ValueError(arguments.user_pool_id_invalid(user_pool.user_pool_id))
        # The id of a pool begins with its Region.
        regions.add(user_pool.user_pool_id.partition("_")[0])
    places = [("user pool", "Region", each) for each in sorted(regions)]
    places.append(("user pool", "account", user_pool.env.account))
    if workflow is not None:
        owner = Stack.of(cast("IConstruct", workflow))
        places += [("import workflow", "Region", owner.region)]
        places += [("import workflow", "account", owner.account)]
    own = {"Region": stack.region, "account": stack.account}
    for what, kind, theirs in places:
        ours = own[kind]
        if _differ(ours, theirs):
            raise ValueError(arguments.other_place(what, kind, theirs, stack.stack_name, ours))


def check_account(scope: Construct, logs_role: iam.IRole) -> None:
    """Check that the logs role is in the account of the import's stack.

    A role can be passed only to a service of its own account (IAM User Guide, "Grant a user
    permissions to pass a role to an AWS service").

    Raises:
        ValueError: It is in another account.
    """
    stack, theirs = Stack.of(scope), logs_role.env.account
    if _differ(stack.account, theirs):
        raise ValueError(arguments.logs_role_elsewhere(theirs, stack.stack_name, stack.account))


def check_secret_region(scope: Construct, secret: secretsmanager.ISecret) -> None:
    """Check that a secret is in the Region of the import's stack; Secrets Manager is regional.

    Raises:
        ValueError: It is in another Region.
    """
    stack, theirs = Stack.of(scope), secret.env.region
    if _differ(stack.region, theirs):
        raise ValueError(passwords.other_region(theirs, stack.stack_name, stack.region))


def _differ(ours: str, theirs: str) -> bool:
    """Return whether two Regions or accounts are known at synth and differ."""
    return ours != theirs and not Token.is_unresolved(ours) and not Token.is_unresolved(theirs)


def readable_file(path: str | Path) -> Path:
    """Return the path of a file that can be read.

    Raises:
        ValueError: The file does not exist, or cannot be read.
    """
    if not str(path).strip():
        raise ValueError(sources.path_empty())
    if Token.is_unresolved(str(path)):
        raise ValueError(sources.path_unknown())
    if _ADDRESS.match(str(path)):
        raise ValueError(sources.path_is_address(str(path)))
    path = Path(path)
    try:
        if path.is_dir():
            raise ValueError(sources.path_is_folder(str(path)))
        if not path.exists() and not path.is_symlink():
            if path.parts[0].startswith("~"):
                raise ValueError(sources.path_with_tilde(str(path)))
            raise ValueError(sources.file_missing(str(path), str(Path.cwd())))
        if not path.is_file():
            raise ValueError(sources.not_a_file(str(path)))
        with path.open("rb"):
            pass
    except OSError as error:
        raise ValueError(sources.file_unreadable(str(path), str(error.strerror))) from error
    return path
