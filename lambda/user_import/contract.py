"""The contract between the construct and its handler: names, limits, and how values are written.

CloudFormation passes every property of a custom resource to the handler as a string. The construct
writes the properties with `write_properties`; `read_flag` and `read_reading` are the other way.

Standard library only: a machine that synthesises has no boto3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

VERSION: Final = 2
"""The newest version of the custom resource's properties, which this handler knows.

Raise it when a handler of the version before would do something else with them than the construct
asks for; and add what is new to `needed_version`.
"""

RESOURCE_TYPE: Final = "Custom::CognitoUserImport"
"""The custom resource's type."""

ROLE_PATH: Final = "/cdk-cognito-user-import/"
"""The path of every import's role. The worker may assume roles of this path only, and of those only
the ones whose trust policy names it."""


class Property(StrEnum):
    """The properties of the custom resource. Those that may be left out are marked as optional."""

    CONTRACT_VERSION = "ContractVersion"
    STATE_MACHINE_ARN = "StateMachineArn"
    IMPORT_ROLE_ARN = "ImportRoleArn"
    USER_POOL_ID = "UserPoolId"
    LOGS_ROLE_ARN = "LogsRoleArn"
    LOGS_ROLE_KIND = "LogsRoleKind"
    """Optional: a `LogsRoleKind`. A handler without it waits longer for a role that Cognito cannot
    use."""
    JOB_NAME = "JobName"
    SOURCE_BUCKET = "SourceBucket"
    SOURCE_KEY = "SourceKey"
    SOURCE_VERSION = "SourceVersion"
    """Optional: the version of the source object."""
    SOURCE_PREFIX = "SourcePrefix"
    """Optional, since version 2, in place of the key: all objects whose keys begin with it."""
    SOURCE_HASH = "SourceHash"
    """Optional: the asset's hash."""
    SOURCE_NAME = "SourceName"
    READING = "Reading"
    """Optional: the read options as JSON."""
    STAGING_BUCKET = "StagingBucket"
    STAGING_KEY = "StagingKey"
    START = "Start"
    TIMEOUT_SECONDS = "TimeoutSeconds"
    TOLERATED_FAILED = "ToleratedFailed"
    """Optional: without it, any number of users may fail."""
    TOLERATED_SKIPPED = "ToleratedSkipped"
    """Optional: without it, any number of users may be skipped."""
    RUN_TOKEN = "RunToken"  # noqa: S105  not a secret
    """Optional: a text whose change imports again."""
    IMPORT_LOG_RETENTION_DAYS = "ImportLogRetentionDays"
    """Optional: without it, the retention of Cognito's log group is unchanged."""
    IMPORT_LOG_REMOVAL_POLICY = "ImportLogRemovalPolicy"
    """Optional: without it, Cognito's log group stays when the stack is deleted."""
    TEST_PASSWORD_SECRET = "TestPasswordSecret"  # noqa: S105  not a secret
    """Optional, since version 2: the ARN of the secret with the password of all imported users."""
    TEST_PASSWORD_FIELD = "TestPasswordField"  # noqa: S105  not a secret
    """Optional: the field of the secret's JSON object that is the password."""
    TEST_PASSWORD_VIA = "TestPasswordVia"  # noqa: S105  not a secret
    """Optional: a `PasswordVia`. Without it, the handler chooses by the number of users."""
    CANARY_POOL_ID = "CanaryPoolId"
    """Optional, since version 2: the user pool of the canary, for an import of password hashes."""
    CANARY_CLIENT_ID = "CanaryClientId"
    """The app client of that user pool, with ADMIN_USER_PASSWORD_AUTH."""
    WAIT = "Wait"
    """Optional, since version 2: `FALSE` where the deployment does not wait for the import."""
    RECORD_KEY = "RecordKey"
    """Optional: the key of the record of a relay, in the staging bucket. A relay is several custom
    resources, its legs, that wait for one import one after another (`steps/relay.py`)."""
    RELAY_RESOURCE = "RelayResource"
    """Optional, since version 2: the logical id of the last leg of a relay, which identifies the
    import. Every leg has it."""
    LEGS_AFTER = "LegsAfter"
    """The number of legs that follow this one. Every leg of a relay has it."""
    LEG_BEFORE = "LegBefore"
    """Optional: the attribute `Relay` of the leg before this one."""
    IMPORT_NAME = "ImportName"
    """Optional: the import's name in metrics and logs. Without it, there are no metrics."""
    EVENTS = "Events"
    """Optional, since version 2: the name of the import in the events that the handler sends when
    an import ends. Without it, the handler sends none, and needs no right to."""


class Attribute(StrEnum):
    """The attributes of the custom resource, which `Fn::GetAtt` returns."""

    STATUS = "Status"
    JOB_IDS = "JobIds"
    IMPORTED_USERS = "ImportedUsers"
    SKIPPED_USERS = "SkippedUsers"
    FAILED_USERS = "FailedUsers"
    COMPLETION_MESSAGE = "CompletionMessage"
    LOG_GROUP_NAME = "LogGroupName"
    LOG_STREAM_NAME = "LogStreamName"
    RELAY = "Relay"
    """Only of a leg that another one follows: `import_ended`, or `passed_on`."""


class Metric(StrEnum):
    """The CloudWatch metrics of an import."""

    IMPORTED_USERS = "ImportedUsers"
    SKIPPED_USERS = "SkippedUsers"
    FAILED_USERS = "FailedUsers"
    QUEUED_SECONDS = "QueuedSeconds"
    IMPORT_SECONDS = "ImportSeconds"


class Dimension(StrEnum):
    """The dimensions of each metric."""

    USER_POOL = "UserPool"
    IMPORT = "Import"


METRIC_NAMESPACE: Final = "CdkCognitoUserImport"
"""The namespace of all metrics."""


class LogsRoleKind(StrEnum):
    """The kinds of logs roles that Cognito may not be able to use, although the app is right."""

    IMPORTED = "imported"
    """The app does not create the role. The handler may read it once (iam:GetRole)."""
    RESTRICTED = "restricted"
    """The trust policy has conditions, and AWS does not document that imports meet them."""


class PasswordVia(StrEnum):
    """The ways to give imported users the test password."""

    ADMIN = "ADMIN"
    """Set it after the import, user by user (AdminSetUserPassword). Works in any user pool, and
    with every sign-in flow. Each user counts as a monthly active user."""
    HASH = "HASH"
    """Import its hash with the users. Works for any number of users, in user pools that take
    password hashes; SRP does not work before the first sign-in with another flow."""


class Phase(StrEnum):
    """The phases in which an import waits.

    The values are the names of the state machine's Wait states, which the console of Step Functions
    shows.
    """

    RIGHTS = "Wait for new rights"
    SLOT = "Wait for the import slot"
    START = "Wait for the import slot or the logs role"
    RUN = "Wait for the job to end"
    PASSWORDS = "Wait for imported users to be listed"
    CANARY = "Wait for the canary of password hashes"
    THROTTLING = "Wait for throttling to end"
    STOP = "Wait for jobs to stop"


# The event that an import has ended

EVENT_SOURCE: Final = "cdk-cognito-user-import"
"""The source of the event on the default event bus."""

EVENT_DETAIL_TYPE: Final = "User Import Finished"
"""The detail type of the event."""


class EventStatus(StrEnum):
    """The values of `status` in the event's detail."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


# The trust of the logs role

IMPORT_PRINCIPAL: Final = "cognito-idp.amazonaws.com"
"""The service principal of Amazon Cognito's imports (Amazon Cognito Developer Guide, "Creating the
CloudWatch Logs IAM role")."""


def may_trust(document: Any, service: str) -> bool:
    """Return whether a trust policy may let a service assume its role.

    Conditions are not evaluated, and whatever is not understood counts as trust: a right role is
    never reported.

    Args:
        document: The policy as JSON values. At synth, it may have references in place of texts.
        service: The service principal.
    """
    statements = _listed(document.get("Statement")) if isinstance(document, Mapping) else [None]
    return any(_may_trust(statement, service) for statement in statements)


def _may_trust(statement: Any, service: str) -> bool:
    if not isinstance(statement, Mapping):
        return True
    if statement.get("Effect") == "Deny":
        return False
    actions = _listed(statement.get("Action", "*"))
    principal = statement.get("Principal", "*")
    if isinstance(principal, Mapping):
        everybody = [each for each in _listed(principal.get("AWS")) if each == "*"]
        services = [*_listed(principal.get("Service", [])), *everybody]
    else:
        services = [principal]
    return any(not isinstance(each, str) or _may_assume(each) for each in actions) and any(
        not isinstance(each, str) or each in (service, "*") for each in services
    )


def _may_assume(action: str) -> bool:
    return "*" in action or "?" in action or action.lower() == "sts:assumerole"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# Limits

JOB_NAME_CHARACTERS: Final = 100
"""The most characters of a job's name before the library's own ending."""

JOB_NAME_ALLOWED: Final = "A-Za-z0-9 _+=,.@-"
"""The characters of a job's name, as a set of a regular expression."""

JOB_NAME_PATTERN: Final = f"[{JOB_NAME_ALLOWED}]{{1,{JOB_NAME_CHARACTERS}}}"
"""The pattern of a job's name before the library's own ending."""

KEY_BYTES: Final = 1024
"""The most bytes of an S3 object's key (Amazon S3 User Guide, "Naming Amazon S3 objects")."""

MOST_SOURCE_OBJECTS: Final = 10_000
"""The most objects of a prefix that one import reads; a limit of this library."""

SHORTEST_TIMEOUT_SECONDS: Final = 60
"""The shortest timeout that the construct takes; the handler takes a shorter one as well."""

LONGEST_REQUEST_SECONDS: Final = 3600
"""The longest that CloudFormation waits for a custom resource (CloudFormation User Guide, "Custom
resource request objects")."""

AFTER_TIMEOUT_SECONDS: Final = 120
"""Time reserved after the timeout to stop the job and respond to CloudFormation."""

LEG_SECONDS: Final = LONGEST_REQUEST_SECONDS - AFTER_TIMEOUT_SECONDS
"""The time that one custom resource has for an import: 58 minutes."""

LONGEST_TIMEOUT_SECONDS: Final = 24 * 3600
"""The longest timeout of an import that the deployment waits for."""

LONGEST_BACKGROUND_SECONDS: Final = 14 * 24 * 3600
"""The longest timeout of an import that goes on after the deployment."""

MOST_LEGS: Final = -(-LONGEST_TIMEOUT_SECONDS // LEG_SECONDS)
"""The number of legs of the longest relay."""

MOST_TOLERATED: Final = 999_999_999
"""The most users that a tolerance may name."""

MOST_ADMIN_PASSWORDS: Final = 2000
"""The most users who get their password by `PasswordVia.ADMIN`: 200 seconds at ten calls a second.
The quota of the account is 30 (Amazon Cognito Developer Guide, "Quotas", UserAccountRecovery)."""

IMPORT_NAME_CHARACTERS: Final = 255
"""The most characters of an import's name, all of which are ASCII. CloudWatch allows 1,024 (API
Reference, "Dimension"), but alarms, and the CDK's metrics, 255 (AWS CloudFormation Template
Reference, "AWS::CloudWatch::Alarm Dimension")."""

JOBS_PER_POOL: Final = 1000
"""The jobs that a user pool keeps, for ever; AWS raises the quota on request (Amazon Cognito
Developer Guide, "Quotas", user import job resource quotas)."""

JOBS_PER_POOL_VARIABLE: Final = "IMPORT_JOBS_PER_POOL"
"""The worker's environment variable with the quota of jobs of a pool, where it was raised."""

USER_POOL_ID_CHARACTERS: Final = 55
"""The most characters of a user pool's id (API reference, `UserPoolIdType`)."""


# Names in the staging bucket and in CloudWatch Logs

STAGING_PREFIX: Final = "imports/"
"""The folder of the staging bucket that holds a folder for each import."""

BACKGROUND_PREFIX: Final = "background/"
"""The folder that holds a folder for each import that goes on after the deployment: the lifecycle
of the staging bucket keeps its objects longer."""

RECORDS_PREFIX: Final = "records/"
"""The folder of the staging bucket with objects that no lifecycle rule deletes."""

RECORD_FILE: Final = "import.json"
"""The name of the record of an import."""

STAGED_FILE: Final = "users.csv"
"""The name of the staged CSV in the import's folder."""

LINE_MAP_FILE: Final = "lines"
"""The name of the lines of the staged rows in the user's own file, in the import's folder. Only an
import of password hashes has it."""


SOURCE_OBJECTS_FILE: Final = "objects"
"""The name of the list of the source's objects, in the import's folder: the key and the ETag of
each, and where its rows begin. Only an import of a prefix has it."""


def hashed_file(algorithm: str) -> str:
    """Return the name of the staged CSV with the password hashes of an algorithm."""
    return f"users-{algorithm}.csv"


PROBLEMS_FILE: Final = "problems.csv"
"""The name of the list of problems in the import's folder."""


def log_group_name(pool_id: str, pool_name: str) -> str:
    """Return the name of the log group that Cognito creates for the imports of a user pool.

    Source: Amazon Cognito Developer Guide, "Viewing the user pool import results in CloudWatch".
    """
    return f"/aws/cognito/userpools/{pool_id}/{pool_name}"


# Codecs

TRUE: Final = "true"
FALSE: Final = "false"

PASSED_ON: Final = "passed on"
"""The begin of the attribute `Relay` of a leg after which the import goes on."""


def passed_on(run_id: str) -> str:
    """Return the attribute `Relay` of a leg after which the import goes on.

    It differs from that of an earlier import of the same content, so that the next leg is called.

    Args:
        run_id: The request that began the import.
    """
    return f"{PASSED_ON} {run_id}"


def import_ended(content_id: str) -> str:
    """Return the attribute `Relay` of a leg after which nothing is left to import.

    Args:
        content_id: The digest of the imported content.
    """
    return f"ended {content_id}"


PASSWORD_HASHES: Final = "password_hashes"  # noqa: S105  not a secret
"""The name of the read option for password hashes, in `Property.READING`."""

REMOVE_LOG: Final = "destroy"
"""The value of `Property.IMPORT_LOG_REMOVAL_POLICY`."""


def write_properties(properties: Mapping[Property, str | int | None]) -> dict[str, str]:
    """Write properties as CloudFormation passes them.

    Args:
        properties: Text as it is, flags as `TRUE` or `FALSE`, whole numbers in decimal; None leaves
            the property out.

    Returns:
        The texts by the properties' names.
    """
    return {str(name): _write(value) for name, value in properties.items() if value is not None}


def needed_version(properties: Mapping[Property, object]) -> int:
    """Return the oldest version of the contract whose handler does what properties ask for.

    An import without new properties also works with a workflow of an older version of the library.

    Args:
        properties: The properties; None for one that is left out.
    """
    has_hashes = PASSWORD_HASHES in str(properties.get(Property.READING))
    new = (
        Property.TEST_PASSWORD_SECRET,
        Property.WAIT,
        Property.RELAY_RESOURCE,
        Property.EVENTS,
        Property.SOURCE_PREFIX,
    )
    return 2 if has_hashes or any(properties.get(name) is not None for name in new) else 1


def _write(value: str | int) -> str:
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return str(value)


def read_flag(text: str) -> bool:
    """Read a flag that `write_properties` wrote."""
    return text == TRUE


def write_reading(reading: Mapping[str, Any]) -> str | None:
    """Write read options as text, the same for equal options; None for those of a plain CSV."""
    return json.dumps(reading, sort_keys=True) if reading else None


def read_reading(text: str) -> Any:
    """Read what `write_reading` wrote.

    Raises:
        ValueError: The text is not JSON.
    """
    return json.loads(text)
