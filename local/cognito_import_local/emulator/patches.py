"""The patches of MiniStack: where it differs from AWS and a front cannot help.

Each module says in its docstring what AWS does, with the source; what MiniStack does, with the
names that the patch uses; and the setting that turns the patch off.

    always on
      bucket_key            S3 uses a bucket's key with the rights of the caller
      busy_pools            a pool with a running job is neither changed nor deleted
      deleted_log_groups    a function does not recreate its deleted log group
      encrypted_events      events of encrypted executions have no data
      event_source          a policy may name the source of events
      execution_role        Step Functions needs a role that it can assume and that may invoke
      execution_starts      executions of one name; Tasks that start executions
      existing_names        a second resource of one name is refused
      exports_in_use        an imported export is neither changed nor removed
      failed_creates        a custom resource whose Create failed is deleted
      failed_stacks         a stack that failed without rollback can be updated
      function_logging      what a function logs at INFO is in its log
      full_buckets          a bucket with objects is not deleted
      log_group_key         the key of a log group must allow CloudWatch Logs
      missing_objects       a missing object is 403 without s3:ListBucket
      passwords             passwords have a form, and meet the policy
      policy_limits         policies have size limits, roles a number of policies
      principal_arn         aws:PrincipalArn is the ARN of the role
      property_limits       properties must match the schema of their type
      role_boundary         CloudFormation keeps permissions boundaries
      secret_key            a secret is read with the right to its key
      service_token         the ServiceToken of a custom resource is fixed
      sign_in_triggers      pre and post authentication triggers
      stack_cleanup         Deletes after an update are sent in its clean-up
      stack_secrets         Ref of a secret is its ARN; passwords are generated
      state_machine_key     executions need the key of an encrypted state machine
      trust_principals      principals of a trust policy must exist
      user_auth             sign-in with USER_AUTH
      user_dates            pools and users have the dates of the import service

    by a setting
      client_flows          clients_per_pool; the flows of a client in any case
      concurrency           functions_at_once
      custom_resources      deliveries; requests are recorded in any case
      execution_history     history_events_at_most
      logs                  page_size_at_most
      required_mfa          mfa_at_first_sign_in; a second factor is required in any case
      role_history          iam_propagation_seconds
      sign_in               hash_sign_in, pbkdf2_base64; imported hashes work in any case
      stack_status          stack_status_delay_seconds, and the control API
      user_lists            users_listed_after_seconds; filters and pages in any case
      user_rates            set_passwords_per_second, list_users_per_second,
                            sign_ins_per_second

    speed and time, not AWS's behaviour
      function_forks        functions start in processes with the SDK loaded
      waits                 the time scale
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ministack import app as ministack_app

from . import (
    bucket_key,
    busy_pools,
    client_flows,
    concurrency,
    custom_resources,
    deleted_log_groups,
    encrypted_events,
    event_source,
    execution_history,
    execution_role,
    execution_starts,
    existing_names,
    exports_in_use,
    failed_creates,
    failed_stacks,
    full_buckets,
    function_forks,
    function_logging,
    log_group_key,
    logs,
    missing_objects,
    passwords,
    policy_limits,
    principal_arn,
    property_limits,
    required_mfa,
    role_boundary,
    role_history,
    secret_key,
    service_token,
    sign_in,
    sign_in_triggers,
    stack_cleanup,
    stack_secrets,
    stack_status,
    state_machine_key,
    trust_principals,
    user_auth,
    user_dates,
    user_lists,
    user_rates,
    waits,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..service.clock import Clock
    from ..service.time_scale import TimeScale
    from ..settings import ImportSettings

_SERVICES = "ministack.services"
_PROVISIONERS = "ministack.services.cloudformation.provisioners"
_STEP_FUNCTIONS = "ministack.services.stepfunctions"


def install(
    is_importing: Callable[[str], bool], settings: Callable[[], ImportSettings], clock: Clock
) -> None:
    """Patch MiniStack, once per process.

    Args:
        is_importing: Whether a job of the pool with this id is active.
        settings: The settings in force.
        clock: The clock, whose time scale applies to all waits.
    """

    def busy_message() -> str:
        return settings().texts.import_in_progress

    busy_pools.patch(is_importing, busy_message)
    encrypted_events.patch()
    event_source.patch()
    deleted_log_groups.patch()
    _patch_users(settings, clock)
    principal_arn.patch()
    role_history.patch(clock.elapsed, lambda: settings().iam_propagation_seconds)
    stack_status.configure(clock.elapsed, lambda: settings().stack_status_delay_seconds)
    concurrency.patch(lambda: settings().functions_at_once)
    custom_resources.patch(lambda: settings().deliveries)
    logs.patch(lambda: settings().page_size_at_most)
    waits.patch_lambda(clock.time_scale)
    function_forks.patch()
    function_logging.patch()
    log_group_key.patch()
    secret_key.patch_context()
    trust_principals.patch()
    _patch_when_loaded(is_importing, busy_message, settings, clock.time_scale)


def _patch_users(settings: Callable[[], ImportSettings], clock: Clock) -> None:
    """Patch the calls on users. Each patch of a sign-in is around those before it."""
    user_dates.patch(clock)
    user_lists.patch(lambda: settings().users_listed_after_seconds)
    passwords.patch()
    client_flows.patch(lambda: settings().clients_per_pool)
    required_mfa.patch(lambda: settings().mfa_at_first_sign_in)
    user_auth.patch()
    sign_in.patch(settings)
    sign_in_triggers.patch()
    user_rates.patch(settings, clock)


def _patch_when_loaded(
    is_importing: Callable[[str], bool],
    busy_message: Callable[[], str],
    settings: Callable[[], ImportSettings],
    time_scale: TimeScale,
) -> None:
    """Patch CloudFormation, Step Functions and S3 when their modules are first used.

    Importing them takes seconds, which a start without them should not cost. Every request to them
    goes through `app._get_module`. CloudFormation imports the two others.
    """
    get_module = ministack_app._get_module
    patched: set[str] = set()

    def patch_once(name: str) -> None:
        if name in patched:
            return
        patched.add(name)
        if name == "s3":
            bucket_key.patch()
            missing_objects.patch()
        elif name == "secretsmanager":
            secret_key.patch(importlib.import_module(f"{_SERVICES}.{name}"))
        elif name == "stepfunctions":
            waits.patch_step_functions(importlib.import_module(_STEP_FUNCTIONS), time_scale)
            execution_role.patch()
            state_machine_key.patch()
            execution_starts.patch()
            execution_history.patch(lambda: settings().history_events_at_most)
        elif name == "cloudformation":
            patch_once("s3")
            patch_once("stepfunctions")
            _patch_cloudformation(is_importing, busy_message, time_scale)

    def get_patched(name: str) -> Any:
        module = get_module(name)
        patch_once(name)
        return module

    ministack_app._get_module = get_patched


def _patch_cloudformation(
    is_importing: Callable[[str], bool], busy_message: Callable[[], str], time_scale: TimeScale
) -> None:
    provisioners: Any = importlib.import_module(_PROVISIONERS)
    busy_pools.patch_cloudformation(provisioners, is_importing, busy_message)
    stack_status.patch()
    waits.patch_cloudformation(time_scale)
    exports_in_use.patch_cloudformation()
    stack_cleanup.patch()
    failed_creates.patch()
    failed_stacks.patch()
    for module in (
        full_buckets,
        role_history,
        bucket_key,
        execution_role,
        existing_names,
        log_group_key,
        policy_limits,
        property_limits,
        role_boundary,
        service_token,
        stack_secrets,
        trust_principals,
    ):
        module.patch_cloudformation(provisioners)
