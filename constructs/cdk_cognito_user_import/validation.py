"""The arguments of an import, checked before anything is made of them.

Python takes a string for a flag and a number for a duration; the import would then do something
else than was asked, or end in a traceback.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, RemovalPolicy, Stack, Token

from ._lambda.user_import.contract import MOST_TOLERATED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_cdk import aws_cognito as cognito
    from constructs import Construct, IConstruct

_WITHOUT_USER_POOLS = ("cn-", "us-iso", "eu-iso")
"""How the names of Regions begin whose partitions have no Amazon Cognito user pools (AWS SDK's
endpoints; docs/unproven.md)."""


def check_import(scope: Construct, arguments: Mapping[str, Any]) -> None:
    """Check the arguments of a ``UserImport``, by their names.

    Raises:
        TypeError: an argument is of another type than it must be.
        ValueError: an argument is not allowed.
    """
    for name, (is_right, needed) in _TYPES.items():
        given = arguments[name]
        if not (is_right(given) or (given is None and name in _OPTIONAL)):
            raise TypeError(f"{name} is {kind_of(given)}; give {needed}.")
    check_removal_policy(arguments["removal_policy"])
    _check_place(scope, arguments["user_pool"], arguments["workflow"])


def check_tolerated(name: str, number: object) -> None:
    """Check a number of a ``Tolerance``.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is negative, or too large.
    """
    if number is None:
        return
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(
            f"Tolerance {name} is {kind_of(number)}; give a whole number of users, or None for any "
            "number."
        )
    if not 0 <= number <= MOST_TOLERATED:
        raise ValueError(
            f"Tolerance {name}={number}: give 0 or more users, {MOST_TOLERATED:,} at most, or "
            "None for any number."
        )


def kind_of(value: object) -> str:
    """Say what a value is, without the value."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeio' else 'a'} {name}"


def check_staging(staging: object) -> None:
    """Check the staging bucket of a workflow.

    Raises:
        TypeError: it is something else.
    """
    is_right, _ = _TYPES["staging"]
    if not is_right(staging):
        raise TypeError(f"staging is {kind_of(staging)}; give a StagingBucket.")


def _has(*names: str) -> Callable[[object], bool]:
    return lambda value: all(hasattr(value, name) for name in names)


def _is(*kinds: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kinds)


_TYPES: dict[str, tuple[Callable[[object], bool], str]] = {
    "user_pool": (
        _has("user_pool_id", "user_pool_arn"),
        "a user pool, such as UserPool.from_user_pool_id(…) for one that exists already",
    ),
    "source": (_has("bind"), "a source, such as UserSource.from_file(…)"),
    "job_name": (_is(str), "text, or nothing for the construct's id"),
    "logs_role": (_has("role_arn"), "a role, such as Role.from_role_arn(…) for one that exists"),
    "staging": (
        _has("bucket", "encryption_key"),
        "a StagingBucket, or nothing for one of the stack",
    ),
    "workflow": (
        _has("starter_arn", "worker_role_arn"),
        "an ImportWorkflow, or nothing for one of the stack",
    ),
    "start": (_is(bool), "True or False"),
    "tolerance": (_has("failed", "skipped"), "a Tolerance(failed=…, skipped=…)"),
    "timeout": (_is(Duration), "a Duration, such as Duration.minutes(30)"),
    "run_token": (_is(str), "text"),
    "removal_policy": (_is(RemovalPolicy), "a RemovalPolicy, such as RemovalPolicy.RETAIN"),
}
_OPTIONAL = frozenset({"job_name", "logs_role", "staging", "workflow", "timeout", "run_token"})


def check_removal_policy(removal_policy: RemovalPolicy) -> None:
    """Check what becomes of what the imports share.

    Raises:
        ValueError: it cannot be done with a bucket, a key or a log group.
    """
    if removal_policy is RemovalPolicy.SNAPSHOT:
        raise ValueError(
            "The removal policy SNAPSHOT is for databases and volumes; of a bucket, a key and log "
            "groups there are no snapshots. Give DESTROY or RETAIN."
        )


def _check_place(
    scope: Construct, user_pool: cognito.IUserPool, workflow: IConstruct | None
) -> None:
    """Cognito imports users in the Region and account of the pool, and so must the stack."""
    stack = Stack.of(scope)
    if not Token.is_unresolved(stack.region) and stack.region.startswith(_WITHOUT_USER_POOLS):
        raise ValueError(
            f"Stack {stack.stack_name} is in Region {stack.region}, where there are no Amazon "
            "Cognito user pools. Put the import into a Region that has them."
        )
    regions = {user_pool.env.region}
    if not Token.is_unresolved(user_pool.user_pool_id):
        # The id of a pool begins with its Region.
        regions.add(user_pool.user_pool_id.partition("_")[0])
    places = [("user pool", "Region", each) for each in sorted(regions)]
    places.append(("user pool", "account", user_pool.env.account))
    if workflow is not None:
        owner = Stack.of(workflow)
        places += [("import workflow", "Region", owner.region)]
        places += [("import workflow", "account", owner.account)]
    own = {"Region": stack.region, "account": stack.account}
    for what, kind, theirs in places:
        ours = own[kind]
        if ours != theirs and not Token.is_unresolved(ours) and not Token.is_unresolved(theirs):
            raise ValueError(
                f"The {what} is in {kind} {theirs}, and stack {stack.stack_name} in {ours}; "
                f"put the import into a stack of {kind} {theirs}."
            )


def readable_file(path: object) -> Path:
    """Return the path of a file that can be read.

    Raises:
        TypeError: this is no path.
        ValueError: there is no such file, or it cannot be read.
    """
    if not isinstance(path, (str, Path)):
        raise TypeError(f"The path of the file with the users is {kind_of(path)}; give text.")
    if not str(path).strip():
        raise ValueError("The path of the file with the users is empty.")
    if Token.is_unresolved(str(path)):
        raise ValueError(
            "The path of the file with the users is only known when the stack is deployed, and the "
            "file is needed now; use UserSource.from_bucket for what exists only then."
        )
    path = Path(path)
    try:
        if path.is_dir():
            raise ValueError(f"{path} is a folder; name the file in it with the users.")
        if not path.exists() and not path.is_symlink():
            raise ValueError(
                f"There is no file {path} to import users from. The path is relative to the "
                f"working directory, which is {Path.cwd()}."
            )
        if not path.is_file():
            raise ValueError(
                f"{path} is no file to import users from: it is a device, a pipe, or a link that "
                "leads to no file."
            )
        with path.open("rb"):
            pass
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    return path
