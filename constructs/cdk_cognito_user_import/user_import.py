"""UserImport: a user pool gets its users when the stack is deployed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Aws, CustomResource, Duration, RemovalPolicy, Stack, Token
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from .arguments import check_import, check_tolerated
from .shared import SharedResources
from .synth_check import SynthCheck
from .workflow import use_of

if TYPE_CHECKING:
    from .source import UserSource
    from .staging import StagingBucket
    from .workflow import ImportWorkflow

_JOB_NAME = re.compile(r"[A-Za-z0-9 _+=,.@-]{1,100}")
_NOT_IN_JOB_NAME = re.compile(r"[^A-Za-z0-9 _+=,.@-]")
_SHORTEST = Duration.minutes(1)
_LONGEST = Duration.minutes(58)
_AFTER_TIMEOUT = Duration.seconds(120)
"""What is left of CloudFormation's patience for stopping the job and reporting, after a timeout."""

_DAYS = {
    logs.RetentionDays.ONE_DAY: 1,
    logs.RetentionDays.THREE_DAYS: 3,
    logs.RetentionDays.FIVE_DAYS: 5,
    logs.RetentionDays.ONE_WEEK: 7,
    logs.RetentionDays.TWO_WEEKS: 14,
    logs.RetentionDays.ONE_MONTH: 30,
    logs.RetentionDays.TWO_MONTHS: 60,
    logs.RetentionDays.THREE_MONTHS: 90,
    logs.RetentionDays.FOUR_MONTHS: 120,
    logs.RetentionDays.FIVE_MONTHS: 150,
    logs.RetentionDays.SIX_MONTHS: 180,
    logs.RetentionDays.ONE_YEAR: 365,
    logs.RetentionDays.THIRTEEN_MONTHS: 400,
    logs.RetentionDays.EIGHTEEN_MONTHS: 545,
    logs.RetentionDays.TWO_YEARS: 731,
    logs.RetentionDays.THREE_YEARS: 1096,
    logs.RetentionDays.FIVE_YEARS: 1827,
    logs.RetentionDays.SIX_YEARS: 2192,
    logs.RetentionDays.SEVEN_YEARS: 2557,
    logs.RetentionDays.EIGHT_YEARS: 2922,
    logs.RetentionDays.NINE_YEARS: 3288,
    logs.RetentionDays.TEN_YEARS: 3653,
}
"""jsii does not tell the numbers behind the names."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many users may not be imported in a success.

    Attributes:
        failed: how many Cognito may refuse. Default: none.
        skipped: how many may exist already. Default: any number (None).

    Raises:
        TypeError: a number is no whole number.
        ValueError: a number is negative, or too large.
    """

    failed: int | None = 0
    skipped: int | None = None

    def __post_init__(self) -> None:
        for name in ("failed", "skipped"):
            check_tolerated(name, getattr(self, name))


class UserImport(Construct):
    """Imports users into a user pool when the stack is deployed, and again when they change.

    A user who exists is left as he or she is and counts as skipped; users are never changed and
    never deleted, not with the stack either. The deployment fails when a user could not be
    imported (see ``tolerance``), and says which line of the CSV and why.

    Attributes:
        logs_role: the role with which Cognito writes the log of the import.
        staging: where the users wait for Cognito: ``staging.bucket``, ``staging.encryption_key``.
        workflow: what runs the import: ``workflow.dead_letter_queue`` is worth an alarm.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        user_pool: cognito.IUserPool,
        source: UserSource,
        job_name: str | None = None,
        logs_role: iam.IRole | None = None,
        staging: StagingBucket | None = None,
        workflow: ImportWorkflow | None = None,
        start: bool = True,
        tolerance: Tolerance = Tolerance(),
        timeout: Duration | None = None,
        import_log_retention: logs.RetentionDays | None = None,
        run_token: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        """Import users.

        Args:
            scope: the construct to make it in.
            id: the name of the construct.
            user_pool: where the users go; a pool of this app or an imported one. It must verify
                email addresses or phone numbers automatically, or Cognito starts no import.
            source: where the users come from.
            job_name: how the names of the import jobs begin: 1 to 100 letters, digits, spaces and
                ``_+=,.@-``. The import adds ``-<hash>-<number>``. Default: the construct's id.
            logs_role: the role with which Cognito writes the log.
                Default: one for all imports of the stack.
            staging: where the users wait for Cognito.
                Default: that of ``workflow``, or one for all imports of the stack.
            workflow: what runs the import, with its VPC, dead-letter queue and so on; the same for
                all imports of a stack. Default: one for all imports of the stack.
            start: whether to start the job. False creates and uploads it and leaves starting it to
                someone else, who has 24 hours. Default: True.
            tolerance: how many users may fail or be skipped in a success.
                Default: none may fail, any number may be skipped.
            timeout: how long the import may take before it is stopped and the deployment fails, 1
                to 58 minutes; the wait for the account's only slot is part of it.
                Default: 30 minutes.
            import_log_retention: how long the log group keeps what is in it that Cognito makes for
                the imports of the user pool; for all of them, not for this import only. INFINITE
                leaves it as it is. Default: one month for a user pool of this stack; the log group
                of another pool is left as it is.
            run_token: change it to import again although nothing else has changed. Default: none.
            removal_policy: of staging bucket, key and log groups, the one that Cognito makes for a
                user pool of this stack among them; the same for all imports of a stack.
                Default: they go with the stack.

        Raises:
            TypeError: an argument is of another type than it must be.
            ValueError: an argument is not allowed.
        """
        super().__init__(scope, id)
        check_import(
            self,
            {
                "user_pool": user_pool,
                "source": source,
                "job_name": job_name,
                "logs_role": logs_role,
                "staging": staging,
                "start": start,
                "tolerance": tolerance,
                "timeout": timeout,
                "run_token": run_token,
                "removal_policy": removal_policy,
            },
        )
        job_name = _checked_job_name(job_name, id)
        timeout = timeout or Duration.minutes(30)
        _check_timeout(timeout)
        shared = SharedResources.of(self, removal_policy)
        if workflow is not None and staging is None:
            staging = workflow.staging
        workflow = shared.workflow(workflow, staging)
        self.workflow: ImportWorkflow = workflow
        self.staging: StagingBucket = staging or shared.staging
        self.logs_role: iam.IRole = logs_role or shared.logs_role(
            managed_policy=workflow.managed_policies
        )
        bound = source.bind(self)
        if bound.local is not None:
            self.node.add_validation(SynthCheck(self, user_pool, bound.local))
        folder = f"imports/{Aws.STACK_NAME}/{self.node.addr}"
        kind = iam.ManagedPolicy if workflow.managed_policies else iam.Policy
        policy = kind(
            self,
            "ManagedPolicy" if workflow.managed_policies else "Policy",
            roles=[workflow.worker_role],
            statements=[
                *self._statements(user_pool, folder),
                *([] if self.staging is workflow.staging else use_of(self.staging)),
                *bound.statements,
            ],
        )
        properties = {
            "StateMachineArn": workflow.state_machine_arn,
            "UserPoolId": user_pool.user_pool_id,
            "LogsRoleArn": self.logs_role.role_arn,
            "JobName": job_name,
            "StagingBucket": self.staging.bucket.bucket_name,
            "StagingKey": f"{folder}/users.csv",
            "Start": "true" if start else "false",
            "TimeoutSeconds": str(timeout.to_seconds()),
            **bound.properties,
        }
        properties |= self._see_to_log(user_pool, import_log_retention, removal_policy)
        if run_token is not None:
            properties["RunToken"] = run_token
        if tolerance.failed is not None:
            properties["ToleratedFailed"] = str(tolerance.failed)
        if tolerance.skipped is not None:
            properties["ToleratedSkipped"] = str(tolerance.skipped)
        self._resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::CognitoUserImport",
            service_token=workflow.starter.function_arn,
            service_timeout=timeout.plus(_AFTER_TIMEOUT),
            properties=properties,
        )
        # It comes after all that it needs to work, and goes before it.
        self._resource.node.add_dependency(policy, workflow, self.staging, self.logs_role)

    def _see_to_log(
        self,
        user_pool: cognito.IUserPool,
        retention: logs.RetentionDays | None,
        removal_policy: RemovalPolicy,
    ) -> dict[str, str]:
        """Return what becomes of the log group that Cognito makes, and let the worker do it.

        It belongs to whoever has the user pool: where that is another stack, nothing of it is
        removed, and its retention is set only where somebody asks for that.
        """
        stack = Stack.of(self)
        resource = user_pool.node.default_child
        is_own = isinstance(resource, cognito.CfnUserPool) and Stack.of(resource) is stack
        if retention is None:
            retention = logs.RetentionDays.ONE_MONTH if is_own else logs.RetentionDays.INFINITE
        pool_id = user_pool.user_pool_id
        properties, actions = {}, ["logs:FilterLogEvents"]
        if retention is not logs.RetentionDays.INFINITE:
            properties["ImportLogRetentionDays"] = str(_DAYS[retention])
            actions.append("logs:PutRetentionPolicy")
        if is_own and removal_policy is RemovalPolicy.DESTROY:
            properties["ImportLogRemovalPolicy"] = "destroy"
            actions.append("logs:DeleteLogGroup")
        is_known = is_own or not Token.is_unresolved(pool_id)
        self.workflow.let_worker_see_to_log(pool_id if is_known else None, actions)
        return properties

    def _statements(self, user_pool: cognito.IUserPool, folder: str) -> list[iam.PolicyStatement]:
        """What the worker must be allowed for this import and no other."""
        staged, problems = (
            self.staging.bucket.arn_for_objects(f"{folder}/{name}")
            for name in ("users.csv", "problems.csv")
        )
        return [
            iam.PolicyStatement(
                actions=[
                    "cognito-idp:CreateUserImportJob",
                    "cognito-idp:DescribeUserImportJob",
                    "cognito-idp:DescribeUserPool",
                    "cognito-idp:GetCSVHeader",
                    "cognito-idp:ListUserImportJobs",
                    "cognito-idp:StartUserImportJob",
                    "cognito-idp:StopUserImportJob",
                ],
                resources=[user_pool.user_pool_arn],
            ),
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self.logs_role.role_arn],
                # Cognito does not send this key with CreateGroup (recorded), and nobody has on
                # record whether it does with CreateUserImportJob. See docs/unproven.md.
                conditions={
                    "StringEqualsIfExists": {"iam:PassedToService": "cognito-idp.amazonaws.com"}
                },
            ),
            # One statement: the worker's role has room for six imports so, and for five with two.
            iam.PolicyStatement(
                actions=[
                    "s3:AbortMultipartUpload",
                    "s3:DeleteObject",
                    "s3:GetObject",
                    "s3:PutObject",
                ],
                resources=[staged, problems],
            ),
        ]

    @property
    def status(self) -> str:
        """The last import job's status, such as ``Succeeded``, or ``Created`` with start=False."""
        return self._resource.get_att_string("Status")

    @property
    def job_ids(self) -> str:
        """The ids of the import jobs, with commas between; one for every 500,000 users."""
        return self._resource.get_att_string("JobIds")

    @property
    def imported_users(self) -> str:
        """How many users were imported."""
        return self._resource.get_att_string("ImportedUsers")

    @property
    def skipped_users(self) -> str:
        """How many users were skipped because they existed."""
        return self._resource.get_att_string("SkippedUsers")

    @property
    def failed_users(self) -> str:
        """How many users Cognito refused."""
        return self._resource.get_att_string("FailedUsers")

    @property
    def completion_message(self) -> str:
        """What Cognito said when the last job ended."""
        return self._resource.get_att_string("CompletionMessage")

    @property
    def log_group_name(self) -> str:
        """The log group that Cognito writes: a line for every user."""
        return self._resource.get_att_string("LogGroupName")

    @property
    def log_stream_name(self) -> str:
        """The log stream of the last job."""
        return self._resource.get_att_string("LogStreamName")


def _check_timeout(timeout: Duration) -> None:
    if timeout.is_unresolved():
        raise ValueError(
            "The timeout is only known when the stack is deployed; give a Duration that is known "
            "now, for CloudFormation's patience is set by it."
        )
    seconds = timeout.to_seconds(integral=False)
    if seconds % 1:
        raise ValueError(f"The timeout is {seconds:g} seconds; give a whole number of seconds.")
    if not _SHORTEST.to_seconds() <= timeout.to_seconds() <= _LONGEST.to_seconds():
        raise ValueError(
            f"The timeout is {timeout.to_human_string()}; give {_SHORTEST.to_human_string()} to "
            f"{_LONGEST.to_human_string()}. CloudFormation waits an hour for a custom resource at "
            "most, and two minutes of it are for stopping the job and reporting."
        )


def _checked_job_name(job_name: str | None, construct_id: str) -> str:
    if job_name is None:
        return _NOT_IN_JOB_NAME.sub("-", construct_id)[:100]
    if not Token.is_unresolved(job_name) and not _JOB_NAME.fullmatch(job_name):
        raise ValueError(
            f"The job name {job_name!r} is not one that Cognito takes; give 1 to 100 letters, "
            "digits, spaces and _+=,.@-"
        )
    return job_name
