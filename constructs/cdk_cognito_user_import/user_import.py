"""UserImport: a user pool gets its users when the stack is deployed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Aws, CustomResource, Duration, RemovalPolicy, Token
from constructs import Construct

from ._lambda.user_import.contract import (
    AFTER_TIMEOUT_SECONDS,
    JOB_NAME_ALLOWED,
    JOB_NAME_CHARACTERS,
    JOB_NAME_PATTERN,
    LONGEST_TIMEOUT_SECONDS,
    RESOURCE_TYPE,
    SHORTEST_TIMEOUT_SECONDS,
    STAGED_FILE,
    STAGING_PREFIX,
    VERSION,
    Attribute,
    Property,
    write_properties,
)
from .import_log import ImportLog
from .import_role import ImportRights, make_import_role
from .names import address
from .network_check import NetworkCheck
from .stack_resources import StackResources
from .synth_validation import SynthCheck
from .validation import check_import, check_tolerated
from .workflow import ImportWorkflow

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_logs as logs

    from .source import UserSource
    from .workflow import WorkflowAttributes
    from .workflow.attributes import Staging

_JOB_NAME = re.compile(JOB_NAME_PATTERN)
_NOT_IN_JOB_NAME = re.compile(f"[^{JOB_NAME_ALLOWED}]")


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

    Existing users are unchanged and counted as skipped; users are never changed and never deleted,
    not with the stack either. The deployment fails when a user could not be imported (see
    `tolerance`), and says which line of the CSV and why.

    Attributes:
        logs_role: the role with which Cognito writes the log of the import.
        role: what the workflow may do for this import; grant it more where your source needs it,
            such as `key.grant_decrypt(seed.role)`.
        staging: where the users wait for Cognito: `staging.bucket`, `staging.encryption_key`.
        workflow: what runs the import.
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
        staging: Staging | None = None,
        workflow: WorkflowAttributes | None = None,
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
                all imports of a stack. An `ImportWorkflow` of this stack, of another stack of the
                app, or what `ImportWorkflow.from_attributes` returns.
                Default: one for all imports of the stack.
            start: whether to start the job. False creates and uploads it and leaves starting it to
                someone else, who has 24 hours. Default: True.
            tolerance: how many users may fail or be skipped in a success.
                Default: none may fail, any number may be skipped.
            timeout: how long the import may take before it is stopped and the deployment fails, 1
                to 58 minutes; the wait for the account's only slot is part of it.
                Default: 30 minutes.
            import_log_retention: retention of the log group that Cognito creates for the imports of
                the user pool; of all of them, not of this import only. INFINITE changes nothing.
                Default: one month for a user pool of this stack; unchanged for another pool.
            run_token: change it to import again although nothing else has changed. Default: none.
            removal_policy: of staging bucket, key and log groups; the same for all imports of a
                stack. With DESTROY, the log group that Cognito creates is deleted with a user pool
                of this stack, and stays with one that is retained.
                Default: they are deleted with the stack.

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
                "workflow": workflow,
                "start": start,
                "tolerance": tolerance,
                "timeout": timeout,
                "run_token": run_token,
                "removal_policy": removal_policy,
            },
        )
        timeout = timeout or Duration.minutes(30)
        _check_timeout(timeout)
        resources = StackResources.of(self)
        resources.agree_on_removal_policy(removal_policy)
        self.workflow: WorkflowAttributes = workflow or _default_workflow(resources, staging)
        resources.agree_on_workflow(self.workflow)
        self.staging: Staging = staging or self.workflow.staging
        self.logs_role: iam.IRole = logs_role or resources.logs_role(
            managed_policy=self.workflow.managed_policies
        )
        log = ImportLog(self, user_pool, import_log_retention, removal_policy)
        bound = source.bind(self)
        folder = f"{STAGING_PREFIX}{Aws.STACK_NAME}/{address(self)}"
        suffix = self._suffix()
        self.role: iam.Role = make_import_role(
            self,
            f"Role{suffix}",
            ImportRights(
                user_pool=user_pool,
                logs_role=self.logs_role,
                staging=self.staging,
                folder=folder,
                source=bound.statements,
                log=log,
            ),
            self.workflow,
        )
        self._resource = CustomResource(
            self,
            f"Resource{suffix}",
            resource_type=RESOURCE_TYPE,
            service_token=self.workflow.starter_arn,
            service_timeout=timeout.plus(Duration.seconds(AFTER_TIMEOUT_SECONDS)),
            properties=write_properties(
                {
                    Property.CONTRACT_VERSION: VERSION,
                    Property.STATE_MACHINE_ARN: self.workflow.state_machine_arn,
                    Property.IMPORT_ROLE_ARN: self.role.role_arn,
                    Property.USER_POOL_ID: user_pool.user_pool_id,
                    Property.LOGS_ROLE_ARN: self.logs_role.role_arn,
                    Property.JOB_NAME: _checked_job_name(job_name, id),
                    Property.STAGING_BUCKET: self.staging.bucket.bucket_name,
                    Property.STAGING_KEY: f"{folder}/{STAGED_FILE}",
                    Property.START: start,
                    Property.TIMEOUT_SECONDS: int(timeout.to_seconds()),
                    **bound.properties,
                    **log.properties,
                    Property.RUN_TOKEN: run_token,
                    Property.TOLERATED_FAILED: tolerance.failed,
                    Property.TOLERATED_SKIPPED: tolerance.skipped,
                }
            ),
        )
        # Created after, and deleted before, everything the handler needs.
        self._resource.node.add_dependency(
            self.role, self.workflow, self.staging, self.logs_role, resources
        )
        if bound.local is not None:
            self.node.add_validation(SynthCheck(self, user_pool, bound.local))
        self.node.add_validation(NetworkCheck(self, user_pool, self.workflow))

    def _suffix(self) -> str:
        """Return what the logical ids of role and custom resource end with.

        CloudFormation lets no custom resource change its function. That of the stack's own workflow
        stays the same whatever the workflow; another stack's is another, and asks for other ids.
        """
        own: object = StackResources.of(self).workflow
        if self.workflow is own:
            return ""
        Annotations.of(self).add_info_v2(
            "cdk-cognito-user-import:shared-workflow",
            f"The import uses the workflow {self.workflow.node.path} of another stack. If it used "
            "another workflow before, this deployment imports again, and existing users count as "
            "skipped.",
        )
        return self.workflow.identity

    @property
    def status(self) -> str:
        """The last import job's status, such as ``Succeeded``, or ``Created`` with start=False."""
        return self._resource.get_att_string(Attribute.STATUS)

    @property
    def job_ids(self) -> str:
        """The ids of the import jobs, with commas between; one for every 500,000 users."""
        return self._resource.get_att_string(Attribute.JOB_IDS)

    @property
    def imported_users(self) -> str:
        """How many users were imported."""
        return self._resource.get_att_string(Attribute.IMPORTED_USERS)

    @property
    def skipped_users(self) -> str:
        """How many users were skipped because they existed."""
        return self._resource.get_att_string(Attribute.SKIPPED_USERS)

    @property
    def failed_users(self) -> str:
        """How many users Cognito refused."""
        return self._resource.get_att_string(Attribute.FAILED_USERS)

    @property
    def completion_message(self) -> str:
        """What Cognito said when the last job ended."""
        return self._resource.get_att_string(Attribute.COMPLETION_MESSAGE)

    @property
    def log_group_name(self) -> str:
        """The log group that Cognito writes: a line for every user."""
        return self._resource.get_att_string(Attribute.LOG_GROUP_NAME)

    @property
    def log_stream_name(self) -> str:
        """The log stream of the last job."""
        return self._resource.get_att_string(Attribute.LOG_STREAM_NAME)


def _default_workflow(resources: StackResources, staging: Staging | None) -> ImportWorkflow:
    """Return the workflow of imports that bring none; the first import's staging is its own."""
    found = resources.node.try_find_child("Workflow")
    if isinstance(found, ImportWorkflow):
        return found
    return ImportWorkflow(
        resources,
        "Workflow",
        staging=staging or resources.staging,
        removal_policy=resources.removal_policy,
    )


def _check_timeout(timeout: Duration) -> None:
    if timeout.is_unresolved():
        raise ValueError(
            "The timeout is only known when the stack is deployed; give a Duration that is known "
            "now, for CloudFormation's own time-out is set by it."
        )
    seconds = timeout.to_seconds(integral=False)
    if seconds % 1:
        raise ValueError(f"The timeout is {seconds:g} seconds; give a whole number of seconds.")
    shortest = Duration.seconds(SHORTEST_TIMEOUT_SECONDS)
    longest = Duration.seconds(LONGEST_TIMEOUT_SECONDS)
    if not SHORTEST_TIMEOUT_SECONDS <= timeout.to_seconds() <= LONGEST_TIMEOUT_SECONDS:
        raise ValueError(
            f"The timeout is {timeout.to_human_string()}; give {shortest.to_human_string()} to "
            f"{longest.to_human_string()}. CloudFormation waits an hour for a custom resource at "
            "most, and two minutes of it are for stopping the job and reporting."
        )


def _checked_job_name(job_name: str | None, construct_id: str) -> str:
    if job_name is None:
        return _NOT_IN_JOB_NAME.sub("-", construct_id)[:JOB_NAME_CHARACTERS]
    if not Token.is_unresolved(job_name) and not _JOB_NAME.fullmatch(job_name):
        raise ValueError(
            f"The job name {job_name!r} is not one that Cognito takes; give 1 to "
            f"{JOB_NAME_CHARACTERS} letters, "
            "digits, spaces and _+=,.@-"
        )
    return job_name
