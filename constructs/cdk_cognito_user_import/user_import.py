"""The import of users into a user pool during the deployment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Aws, Duration, RemovalPolicy, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from ._lambda.user_import.contract import (
    BACKGROUND_PREFIX,
    FALSE,
    JOB_NAME_ALLOWED,
    JOB_NAME_CHARACTERS,
    JOB_NAME_PATTERN,
    LEG_SECONDS,
    LONGEST_BACKGROUND_SECONDS,
    LONGEST_TIMEOUT_SECONDS,
    RECORD_FILE,
    RECORDS_PREFIX,
    SHORTEST_TIMEOUT_SECONDS,
    STAGED_FILE,
    STAGING_PREFIX,
    Attribute,
    EventStatus,
    Property,
)
from .argument_types import check_arguments, check_fields
from .canary_pool import CanaryPool, check_canary
from .custom_resources import ImportResources
from .import_events import ImportEvents
from .import_log import ImportLog
from .import_role import ImportRights, make_import_role
from .logs_role import prepare_logs_role
from .messages import arguments as messages
from .messages import passwords as password_messages
from .messages import synthetic as synthetic_messages
from .messages import workflow as workflow_messages
from .metrics import ImportMetrics, import_name
from .names import address, path_in_stack
from .network_check import NetworkCheck
from .passwords import TestPassword, TestPasswordCheck, as_test_password
from .stack_resources import StackResources
from .synth_validation import SynthCheck
from .validation import (
    check_account,
    check_place,
    check_removal_policy,
    check_secret_region,
    check_tolerated,
)
from .workflow import ImportWorkflow
from .workflow.run_machine import RunMachine

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_events as events
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_secretsmanager as secretsmanager

    from .source import UserSource
    from .workflow import WorkflowAttributes
    from .workflow.attributes import Staging

_JOB_NAME = re.compile(JOB_NAME_PATTERN)
_NOT_IN_JOB_NAME = re.compile(f"[^{JOB_NAME_ALLOWED}]")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The numbers of users that a successful import may leave out.

    Attributes:
        failed: Users that Cognito may reject. None allows any number. Default: 0.
        skipped: Users that may already exist. None allows any number. Default: None.

    Raises:
        TypeError: A number is not a whole number.
        ValueError: A number is negative, or larger than 999,999,999.
    """

    failed: int | None = 0
    skipped: int | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("failed", "skipped"):
            check_tolerated(name, getattr(self, name))


class UserImport(ImportMetrics, Construct):
    """Imports users into a user pool when the stack is deployed, and again when they change.

    Existing users are unchanged and counted as skipped. The construct never changes or deletes a
    user, not with the stack either. If more users fail than `tolerance` allows, the deployment
    fails and reports the lines of the CSV with the reasons.

    Attributes:
        logs_role: Role with which Cognito writes the log of the import.
        role: Role of the import. Grant it more if your source needs it, such as
            `key.grant_decrypt(seed.role)`.
        staging: Staging bucket and its key: `staging.bucket`, `staging.encryption_key`.
        workflow: Workflow that runs the import.
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
        wait: bool = True,
        tolerance: Tolerance = Tolerance(),
        timeout: Duration | None = None,
        import_log_retention: logs.RetentionDays | None = None,
        run_token: str | None = None,
        test_password: secretsmanager.ISecret | TestPassword | None = None,
        canary: bool = True,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        """Import users.

        Args:
            scope: Scope of the construct.
            id: Construct id. Another id is another import: it imports again.
            user_pool: User pool of this app or an imported one, in the stack's account and Region.
                It must verify email addresses or phone numbers automatically, or Cognito starts no
                import.
            source: The users: `UserSource.from_file`, `from_bucket`, `from_records` or `synthetic`.
            job_name: Prefix of the import jobs' names: 1 to 100 letters, digits, spaces and
                `_+=,.@-`, of which names have the first 91 at least. The import appends
                `-<hash>-<hash>-<number>`. Default: the construct's id, with a dash for each other
                character.
            logs_role: Role with which Cognito writes the log of the import. A role of the app gets
                the rights that it needs; an imported role is not changed, and the deployment checks
                once whether it trusts Cognito. Default: a `LogsRole` for all imports of the stack.
            staging: Staging bucket. Default: that of `workflow`, or a `StagingBucket` for all
                imports of the stack.
            workflow: Workflow that runs the import; the same for all imports of a stack. It is an
                `ImportWorkflow` of this stack or of another stack of the app, or the result of
                `ImportWorkflow.from_attributes`.
                Default: an `ImportWorkflow` for all imports of the stack.
            start: Whether to start the import job. With False, the job is created and its CSV is
                uploaded; it must be started elsewhere within 24 hours. Default: True.
            wait: Whether the deployment waits for the end of the import. With False, it waits until
                the users are checked and Cognito has accepted the first job, five minutes more at
                most if the job cannot be started yet; the import goes on afterwards. A failure then
                does not fail the deployment. An update of the import, and the deletion of the
                stack, stop it. Default: True.
            tolerance: Numbers of users that may fail or be skipped in a successful import.
                Default: none may fail, any number may be skipped.
            timeout: Time limit of the import: 1 minute to 24 hours, with wait=False to 14 days, and
                with start=False to 58 minutes. The wait for the account's only slot for import jobs
                is part of it. After it, the job is stopped and the deployment fails. Each 58
                minutes are one custom resource more, which takes the deployment two or three
                seconds. Default: 30 minutes, with wait=False 14 days.
            import_log_retention: Retention of the log group that Cognito creates for this pool's
                imports, of all of them. INFINITE leaves the retention unchanged. Default: one month
                for a user pool of this stack, unchanged for another pool.
            run_token: Text whose change imports again although nothing else has changed.
                Default: none.
            test_password: Password with which all users can sign in whom this import creates, for
                tests: a Secrets Manager secret, or a `TestPassword`. Default: none; users set a
                password when they first sign in.
            canary: Whether synthetic users with password hashes are imported into a user pool of
                their own, and sign in, before people with such hashes are imported. The pool is
                made only where the source has `password_hashes`. Default: True.
            removal_policy: Removal policy of staging bucket, key and log groups; the same for all
                imports of a stack. With DESTROY, the log group that Cognito creates is deleted with
                a user pool of this stack, unless the pool is retained. Default: DESTROY.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: An argument is not allowed.
        """
        check_arguments(UserImport.__init__, locals())
        password = as_test_password(test_password)
        if password is not None and not start:
            raise ValueError(password_messages.not_started())
        if not (start or wait):
            raise ValueError(messages.background_not_started())
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        check_place(self, user_pool, workflow)
        if logs_role is not None:
            check_account(self, logs_role)
        if password is not None:
            check_secret_region(self, password.secret)
        timeout = _checked_timeout(timeout, start=start, wait=wait)
        resources = StackResources.of(self)
        resources.agree_on_removal_policy(removal_policy)
        self.workflow: WorkflowAttributes = workflow or _default_workflow(resources, staging)
        resources.agree_on_workflow(self.workflow)
        self.staging: Staging = staging or self.workflow.staging
        self.logs_role: iam.IRole = logs_role or resources.logs_role(
            managed_policy=self.workflow.managed_policies
        )
        logs_role_kind = prepare_logs_role(self, self.logs_role)
        log = ImportLog(self, user_pool, import_log_retention, removal_policy)
        bound = source.bind(self, user_pool)
        if password is not None and bound.has_password_hashes:
            raise ValueError(password_messages.with_hashes())
        canary_pool = None
        if bound.has_password_hashes and canary:
            check_canary(logs_role_kind, start=start)
            canary_pool = CanaryPool(self)
        self._synthetic = bound.synthetic
        own = f"{Aws.STACK_NAME}/{address(self)}"
        folder = f"{STAGING_PREFIX if wait else BACKGROUND_PREFIX}{own}"
        record = f"{RECORDS_PREFIX}{own}/{RECORD_FILE}"
        self._init_metrics(name := import_name(self), user_pool)
        suffix = self._suffix()
        granted = make_import_role(
            self,
            f"Role{suffix}",
            ImportRights(
                user_pool=user_pool,
                logs_role=self.logs_role,
                logs_role_kind=logs_role_kind,
                staging=self.staging,
                folder=folder,
                record=record,
                source=bound.statements,
                source_objects=bound.objects,
                log=log,
                password=password,
                hashes=bound.has_password_hashes,
                canary=canary_pool,
            ),
            self.workflow,
        )
        self.role: iam.Role = granted.role
        self._events = ImportEvents(self, granted.rights)
        made = ImportResources(
            self,
            suffix,
            workflow=self.workflow,
            role_arn=self.role.role_arn,
            events=self._events,
            needs=(self.role, self.workflow, self.staging, self.logs_role, resources),
        ).make(
            {
                Property.USER_POOL_ID: user_pool.user_pool_id,
                Property.LOGS_ROLE_ARN: self.logs_role.role_arn,
                Property.LOGS_ROLE_KIND: logs_role_kind,
                Property.IMPORT_NAME: name,
                Property.JOB_NAME: _checked_job_name(job_name, id),
                Property.STAGING_BUCKET: self.staging.bucket.bucket_name,
                Property.STAGING_KEY: f"{folder}/{STAGED_FILE}",
                Property.RECORD_KEY: record,
                Property.START: start,
                Property.WAIT: None if wait else FALSE,
                Property.TIMEOUT_SECONDS: int(timeout.to_seconds()),
                **bound.properties,
                **log.properties,
                Property.RUN_TOKEN: run_token,
                Property.TOLERATED_FAILED: tolerance.failed,
                Property.TOLERATED_SKIPPED: tolerance.skipped,
                **({} if password is None else password.properties),
                **({} if canary_pool is None else canary_pool.properties),
            },
            timeout,
            waits=wait,
        )
        self._resource, self._run_properties = made.last, made.run_properties
        check = None if bound.local is None else SynthCheck(self, user_pool, bound.local)
        if password is not None:
            users = (lambda: None) if check is None else check.users
            TestPasswordCheck(self, user_pool, password, users)
        NetworkCheck(self, user_pool, self.workflow)

    def _suffix(self) -> str:
        """Return the suffix of the ids of role and custom resource.

        CloudFormation does not let a custom resource change its function. The starter of the
        stack's own workflow is always the same one; another stack's is a different one, and needs
        different logical ids.
        """
        own: object = StackResources.of(self).workflow
        if self.workflow is own:
            return ""
        Annotations.of(self).add_info_v2(
            "cdk-cognito-user-import:shared-workflow",
            workflow_messages.other_workflow(self.workflow.node.path),
        )
        return self.workflow.identity

    def user(self, i: int) -> str:
        """Return the username of a synthetic user, for tests that sign in.

        Args:
            i: Number of the user, from 0.

        Raises:
            TypeError: The number is not a whole number.
            ValueError: The number is not that of a user, or the source is not
                `UserSource.synthetic`.
        """
        check_arguments(UserImport.user, locals())
        if self._synthetic is None:
            raise ValueError(synthetic_messages.user_of_other_source())
        if not 0 <= i < len(self._synthetic):
            raise ValueError(synthetic_messages.user_out_of_range(i, len(self._synthetic) - 1))
        return self._synthetic.username(i)

    def on_finished(
        self,
        id: str,  # noqa: A002  as CDK names it
        *,
        target: events.IRuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Make a rule for the event that this import has ended, with success or not.

        The event is sent at least once, for imports by a deployment and for runs on demand. It has
        an id and the values of the attributes, and names no user; docs/events.md has its schema.

        Args:
            id: Construct id of the rule.
            target: Target of the rule. Default: none; add one with `add_target`.
            cross_stack_scope: Scope of the rule, if it is for another stack, as that of a target in
                a stack which uses this one. Default: the import.
            description: Description of the rule. Default: none.
            event_pattern: Conditions beside those of the import. Default: none.
            rule_name: Name of the rule. Default: CloudFormation chooses one.

        Raises:
            TypeError: An argument has the wrong type.
        """
        check_arguments(UserImport.on_finished, locals())
        return self._events.rule(
            id,
            status=None,
            target=target,
            scope=cross_stack_scope,
            description=description,
            event_pattern=event_pattern,
            rule_name=rule_name,
        )

    def on_succeeded(
        self,
        id: str,  # noqa: A002  as CDK names it
        *,
        target: events.IRuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Make a rule for the event that this import has succeeded.

        As `on_finished`, for imports that succeed only.

        Args:
            id: Construct id of the rule.
            target: Target of the rule. Default: none; add one with `add_target`.
            cross_stack_scope: Scope of the rule, if it is for another stack, as that of a target in
                a stack which uses this one. Default: the import.
            description: Description of the rule. Default: none.
            event_pattern: Conditions beside those of the import. Default: none.
            rule_name: Name of the rule. Default: CloudFormation chooses one.

        Raises:
            TypeError: An argument has the wrong type.
        """
        check_arguments(UserImport.on_succeeded, locals())
        return self._events.rule(
            id,
            status=EventStatus.SUCCEEDED,
            target=target,
            scope=cross_stack_scope,
            description=description,
            event_pattern=event_pattern,
            rule_name=rule_name,
        )

    def on_failed(
        self,
        id: str,  # noqa: A002  as CDK names it
        *,
        target: events.IRuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Make a rule for the event that this import has failed.

        As `on_finished`, for imports that fail only.

        Args:
            id: Construct id of the rule.
            target: Target of the rule. Default: none; add one with `add_target`.
            cross_stack_scope: Scope of the rule, if it is for another stack, as that of a target in
                a stack which uses this one. Default: the import.
            description: Description of the rule. Default: none.
            event_pattern: Conditions beside those of the import. Default: none.
            rule_name: Name of the rule. Default: CloudFormation chooses one.

        Raises:
            TypeError: An argument has the wrong type.
        """
        check_arguments(UserImport.on_failed, locals())
        return self._events.rule(
            id,
            status=EventStatus.FAILED,
            target=target,
            scope=cross_stack_scope,
            description=description,
            event_pattern=event_pattern,
            rule_name=rule_name,
        )

    def grant_run(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant the right to run this import on demand, between deployments.

        The first grant makes a small state machine for all imports of the stack; its input is
        `{"import": …, "token": …}`. The import's name is its path in the stack, such as `Seed` or
        `Auth/Seed`. With another token, a run imports everything again; without one, it imports
        what has not been imported. The right is to run every import of the stack that has a grant.
        `python -m cdk_cognito_user_import run` starts a run; docs/runs.md says more.

        Args:
            grantee: Role, user or group, or a construct that has one, such as a function.

        Raises:
            TypeError: The grantee has the wrong type.
        """
        check_arguments(UserImport.grant_run, locals())
        resources = StackResources.of(self)
        machine = RunMachine.of(resources, self.workflow, resources.removal_policy)
        machine.add(path_in_stack(self), self._resource, self._run_properties)
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["states:StartExecution"], resource_arns=[machine.arn]
        )

    @property
    def status(self) -> str:
        """Status of the last import job, such as `Succeeded`; `Created` with start=False."""
        return self._resource.get_att_string(Attribute.STATUS)

    @property
    def job_ids(self) -> str:
        """Ids of the import jobs, separated by commas; a job has 500,000 users at most.

        The text ends in `and 12 more`, as an example, where CloudFormation takes no more ids.
        """
        return self._resource.get_att_string(Attribute.JOB_IDS)

    @property
    def imported_users(self) -> str:
        """Number of imported users."""
        return self._resource.get_att_string(Attribute.IMPORTED_USERS)

    @property
    def skipped_users(self) -> str:
        """Number of users that were skipped because they exist."""
        return self._resource.get_att_string(Attribute.SKIPPED_USERS)

    @property
    def failed_users(self) -> str:
        """Number of users that Cognito rejected."""
        return self._resource.get_att_string(Attribute.FAILED_USERS)

    @property
    def completion_message(self) -> str:
        """Completion message of the last import job."""
        return self._resource.get_att_string(Attribute.COMPLETION_MESSAGE)

    @property
    def log_group_name(self) -> str:
        """Name of the log group in which Cognito logs each user."""
        return self._resource.get_att_string(Attribute.LOG_GROUP_NAME)

    @property
    def log_stream_name(self) -> str:
        """Name of the log stream of the last import job."""
        return self._resource.get_att_string(Attribute.LOG_STREAM_NAME)


def _default_workflow(resources: StackResources, staging: Staging | None) -> ImportWorkflow:
    """Return the workflow of imports without their own; it has the first import's staging."""
    found = resources.node.try_find_child("Workflow")
    if isinstance(found, ImportWorkflow):
        return found
    return ImportWorkflow(
        resources,
        "Workflow",
        staging=staging or resources.staging,
        removal_policy=resources.removal_policy,
    )


def _checked_timeout(timeout: Duration | None, *, start: bool, wait: bool) -> Duration:
    if timeout is None:
        return Duration.minutes(30) if wait else Duration.seconds(LONGEST_BACKGROUND_SECONDS)
    if timeout.is_unresolved():
        raise ValueError(messages.timeout_unknown())
    seconds = timeout.to_seconds(integral=False)
    if seconds % 1:
        raise ValueError(messages.timeout_fraction(seconds))
    shortest = Duration.seconds(SHORTEST_TIMEOUT_SECONDS)
    most = LONGEST_TIMEOUT_SECONDS if wait else LONGEST_BACKGROUND_SECONDS
    longest = Duration.seconds(most if start else LEG_SECONDS)
    if not shortest.to_seconds() <= seconds <= longest.to_seconds():
        raise ValueError(
            messages.timeout_range(
                timeout.to_human_string(), shortest.to_human_string(), longest.to_human_string()
            )
        )
    return timeout


def _checked_job_name(job_name: str | None, construct_id: str) -> str:
    if job_name is None:
        return _NOT_IN_JOB_NAME.sub("-", construct_id)[:JOB_NAME_CHARACTERS]
    if not Token.is_unresolved(job_name) and not _JOB_NAME.fullmatch(job_name):
        raise ValueError(messages.job_name_invalid(job_name, JOB_NAME_CHARACTERS))
    return job_name
