"""Messages about arguments: their types, and the values of `UserImport` and its parts."""

from __future__ import annotations

from .kinds import kind_of

EXPECTED = {
    "bool": "True or False",
    "int": "a whole number",
    "str": "text",
    "str | Path": "a path, as text or a Path",
    "str | int": "text or a whole number",
    "Path": "a Path",
    "Construct": "a construct in a Stack, such as self",
    "Duration": "a Duration, such as Duration.minutes(30)",
    "RemovalPolicy": "a RemovalPolicy, such as RemovalPolicy.RETAIN",
    "logs.RetentionDays": "a RetentionDays, such as RetentionDays.ONE_MONTH",
    "cognito.IUserPool": ("a user pool, such as UserPool.from_user_pool_id(…) for an existing one"),
    "iam.IRole": "a role, such as Role.from_role_arn(…) for an existing one",
    "kms.IKey": "a KMS key, such as Key.from_key_arn(…) for an existing one",
    "s3.IBucket": "a bucket, such as Bucket.from_bucket_name(…) for an existing one",
    "events.IRuleTarget": "a target of aws_events_targets, such as SqsQueue(…)",
    "events.EventPattern": "an EventPattern(…)",
    "iam.IGrantable": "a role, user or group, or a construct that has one, such as a function",
    "sqs.IQueue": "a queue, such as Queue.from_queue_arn(…) for an existing one",
    "ec2.IVpc": "a VPC, such as Vpc.from_lookup(…) for an existing one",
    "ec2.SubnetSelection": "a SubnetSelection(…)",
    "ec2.ISecurityGroup": (
        "a security group, such as SecurityGroup.from_security_group_id(…) for an existing one"
    ),
    "Sequence[ec2.ISecurityGroup]": "a list of security groups",
    "UserSource": "a source, such as UserSource.from_file(…)",
    "Tolerance": "a Tolerance(failed=…, skipped=…)",
    "Staging": "a StagingBucket",
    "secretsmanager.ISecret": (
        "a Secrets Manager secret, such as Secret.from_secret_name_v2(…) for an existing one; a "
        "password in the app would be in the template"
    ),
    "secretsmanager.ISecret | TestPassword": (
        "a Secrets Manager secret, or a TestPassword(secret, …); a password in the app would be in "
        "the template"
    ),
    "PasswordVia": "PasswordVia.ADMIN or PasswordVia.HASH",
    "PasswordHashes": "a PasswordHashes(…)",
    "OnBadHash": "OnBadHash.FAIL or OnBadHash.RESET",
    "Collection[HashingAlgorithm]": 'a list of algorithms, such as ["BCRYPT"]',
    "WorkflowAttributes": "an ImportWorkflow, or the result of ImportWorkflow.from_attributes(…)",
    "ExportFormat": "an ExportFormat, such as ExportFormat.OKTA",
    "Iterable[UserKind]": "a list, such as [UserKind.DISABLED]",
    "Mapping[str, Targets]": "a mapping of names to values",
    "Mapping[str, Value]": "a mapping of names to values",
    "Mapping[str, AttributeValue]": (
        'a mapping of names to values, such as {"custom:points": NumberRange(1, 100)}'
    ),
    "Mapping[Value | None, int]": 'a mapping of values to weights, such as {"gold": 1, "free": 9}',
    "Sequence[UserRecord]": "a list of mappings, one for each user",
    "Mapping[Property, str | None]": "a mapping of properties to values",
    "Sequence[iam.PolicyStatement]": "a list of policy statements",
    "iam.PolicyStatement": "a PolicyStatement",
    "LocalUsers": "a LocalUsers(…)",
    "SyntheticUsers": "the users of UserSource.synthetic",
    "ReadOptions": "the options of a source",
    "encoding": "text, such as windows-1252",
    "count": "a whole number of users",
    "failed": "a whole number of users",
    "skipped": "a whole number of users",
    "username": 'text, "email" or "phone_number"',
}
"""What an argument must be, by its annotation without `| None`; by its name where that says too
little."""


# Arguments of all classes


def wrong_type(argument: str, given: object, expected: str) -> str:
    """An argument has the wrong type."""
    return f"{argument} is {kind_of(given)}; give {expected}."


def wrong_optional_type(argument: str, given: object, expected: str) -> str:
    """An argument that may be None has the wrong type."""
    return f"{argument} is {kind_of(given)}; give {expected}, or None."


def scope_without_stack(construct_id: str) -> str:
    """The scope of a construct is not in a stack."""
    return (
        f"The scope of {construct_id} is not in a Stack; give a Stack, or a construct in one, as "
        "the first argument."
    )


# Arguments of UserImport and Tolerance


def tolerance_range(name: str, given: int, most: int) -> str:
    """A number of a `Tolerance` is negative or too large."""
    return f"Tolerance {name} is {given}; give 0 to {most:,} users, or None for any number."


def background_not_started() -> str:
    """Refuse `wait=False` without a start."""
    return (
        "wait=False needs start=True: with start=False the deployment does not wait for the import "
        "either; leave wait out."
    )


def credentials_must_last(timeout: str) -> str:
    """Warn that the credentials of the deployment must last as long as the import."""
    return (
        f"The deployment may take {timeout}, and CloudFormation works with the credentials of the "
        "deployment, because the stack's synthesizer names no CloudFormation execution role: they "
        "must last as long. Use the DefaultStackSynthesizer, or wait=False."
    )


def timeout_unknown() -> str:
    """The timeout is a token."""
    return (
        "The timeout is only known at deployment, and CloudFormation's service timeout is set from "
        "it at synth; give a Duration that is known at synth."
    )


def timeout_fraction(seconds: float) -> str:
    """The timeout has a fraction of a second."""
    return f"The timeout is {seconds:g} seconds; give a whole number of seconds."


def timeout_range(timeout: str, shortest: str, longest: str) -> str:
    """The timeout is too short or too long."""
    return (
        f"The timeout is {timeout}; give {shortest} to {longest}. A deployment can wait for a day, "
        "with start=False for 58 minutes; with wait=False, the import has 14 days."
    )


def job_name_invalid(job_name: str, longest: int) -> str:
    """Cognito does not accept the job name."""
    return (
        f"The job name {job_name!r} is not valid in Amazon Cognito; give 1 to {longest} letters, "
        "digits, spaces and the characters _+=,.@- only."
    )


def snapshot_policy() -> str:
    """The removal policy is SNAPSHOT."""
    return (
        "The removal policy SNAPSHOT is for databases and volumes; a bucket, a key and log groups "
        "have no snapshots. Give DESTROY or RETAIN."
    )


def user_pool_id_invalid(given: str) -> str:
    """The id of an imported user pool is not one."""
    return (
        f"The id of the user pool is {given!r}, and an id has the form <Region>_<letters and "
        "digits>, such as eu-central-1_AbCdEfGhI; give the id, not the name or the ARN (for an "
        "ARN, use UserPool.from_user_pool_arn)."
    )


def region_without_user_pools(stack: str, region: str) -> str:
    """The Region has no user pools."""
    return (
        f"Stack {stack} is in Region {region}, which has no Amazon Cognito user pools; put the "
        "import into a Region that has them."
    )


def other_place(resource: str, kind: str, theirs: str, stack: str, ours: str) -> str:
    """A resource is in another Region or account than the import's stack."""
    return (
        f"The {resource} is in {kind} {theirs}, and stack {stack} is in {ours}; put the import "
        f"into a stack of {kind} {theirs}."
    )


def logs_role_elsewhere(theirs: str, stack: str, ours: str) -> str:
    """The logs role is in another account than the import's stack."""
    return (
        f"The logs role is in account {theirs}, and stack {stack} is in {ours}; a role can be "
        f"passed to Amazon Cognito in its own account only. Give a role of account {ours}, or "
        "leave logs_role out."
    )


# The resources that the imports of a stack share


def removal_policies_differ(stack: str, first: str, other: str) -> str:
    """The imports of a stack ask for different removal policies."""
    return (
        f"The imports of stack {stack} share their staging bucket and log groups, but have "
        f"different removal policies: {first} and {other}. Give all of them the same "
        "removal_policy."
    )


def second_workflow(stack: str, first: str) -> str:
    """The stack has an import workflow already."""
    return (
        f"Stack {stack} already has an import workflow: {first}. One workflow runs any number of "
        "imports: pass it to them as workflow."
    )


def workflows_differ(stack: str, first: str, other: str) -> str:
    """The imports of a stack have different workflows."""
    return (
        f"The imports of stack {stack} share one workflow, but have different ones: {first} and "
        f"{other}. Give all of them the same workflow, or none to any of them."
    )


def versioned_bucket_destroyed() -> str:
    """A versioned staging bucket is to be deleted with the stack."""
    return (
        "A versioned staging bucket keeps deleted objects for a day or two, and CloudFormation "
        "cannot delete a bucket that is not empty: deleting the stack would fail. Give "
        "removal_policy=RemovalPolicy.RETAIN and delete the bucket yourself after the stack, or "
        "leave versioned out."
    )
