"""Where MiniStack is not AWS and a front cannot help: patched, each with its reason."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from ministack import app as ministack_app
from ministack.core import responses
from ministack.services import cloudwatch_logs, cognito, eventbridge, lambda_svc

from . import (
    bucket_key,
    concurrency,
    custom_resources,
    execution_role,
    existing_names,
    exports_in_use,
    function_forks,
    log_group_key,
    logs,
    missing_objects,
    policy_limits,
    principal_arn,
    property_limits,
    role_boundary,
    role_history,
    service_token,
    sign_in,
    stack_status,
    state_machine_key,
    trust_principals,
    waits,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..service.clock import Clock
    from ..service.time_scale import TimeScale
    from ..settings import ImportSettings

_PROVISIONERS: Final = "ministack.services.cloudformation.provisioners"
_STEP_FUNCTIONS: Final = "ministack.services.stepfunctions"
_IN_PROGRESS: Final = "UserImportInProgressException"


class PoolBusyError(ValueError):
    """A user pool cannot be changed while a job of it runs."""


def install(
    is_importing: Callable[[str], bool], settings: Callable[[], ImportSettings], clock: Clock
) -> None:
    """Patch MiniStack, once per process.

    Args:
        is_importing: Whether a job of the pool with this id is active.
        settings: The settings in force.
        clock: The clock, whose time scale all waits have.
    """

    def busy_text() -> str:
        return settings().texts.import_in_progress

    _guard_pool_operations(is_importing, busy_text)
    _redact_encrypted_executions()
    _let_deleted_log_groups_be()
    sign_in.patch()
    principal_arn.patch()
    role_history.patch(clock.elapsed, lambda: settings().iam_propagation_seconds)
    stack_status.configure(clock.elapsed, lambda: settings().stack_status_delay_seconds)
    concurrency.patch(lambda: settings().functions_at_once)
    custom_resources.patch(lambda: settings().deliveries)
    logs.patch(lambda: settings().page_size_at_most)
    waits.patch_lambda(clock.time_scale)
    function_forks.patch()
    log_group_key.patch()
    trust_principals.patch()
    _patch_when_loaded(is_importing, busy_text, clock.time_scale)


def _guard_pool_operations(
    is_importing: Callable[[str], bool], busy_text: Callable[[], str]
) -> None:
    """Refuse to change a pool while it imports (facts §2.5).

    In process, because MiniStack's CloudFormation calls these functions past any front.
    """
    for name in ("_delete_user_pool", "_update_user_pool", "_add_custom_attributes"):
        setattr(cognito, name, _guarded(getattr(cognito, name), is_importing, busy_text))


def _guarded(
    operation: Callable[[Any], Any],
    is_importing: Callable[[str], bool],
    busy_text: Callable[[], str],
) -> Callable[[Any], Any]:
    def guarded(data: Any) -> Any:
        if is_importing(data.get("UserPoolId") or ""):
            return responses.error_response_json(_IN_PROGRESS, busy_text(), 400)
        return operation(data)

    return guarded


def _redact_encrypted_executions() -> None:
    """Keep the data of encrypted workflows out of their status events.

    AWS: "Execution Input, Output, Error, and Cause will not be included for execution
    status change events for workflows that are encrypted using your customer managed KMS
    key". MiniStack includes them: start an execution of a state machine with
    encryptionConfiguration CUSTOMER_MANAGED_KMS_KEY, and a rule on its status change sees
    the input. Patched at the bus, so that Step Functions (slow to import) need not be.
    """
    put_events = eventbridge._put_events

    def put_redacted(data: Any, **options: Any) -> Any:
        if options.get("allow_aws_source"):
            for entry in data.get("Entries") or ():
                if entry.get("Source") == "aws.states":
                    entry["Detail"] = _redacted(entry.get("Detail") or "{}")
        return put_events(data, **options)

    eventbridge._put_events = put_redacted


def _redacted(text: str) -> str:
    detail = json.loads(text)
    step_functions: Any = sys.modules.get(_STEP_FUNCTIONS)
    execution = step_functions and step_functions._executions.get(detail.get("executionArn"))
    encryption = (execution or {}).get("encryptionConfiguration") or {}
    if encryption.get("type") != "CUSTOMER_MANAGED_KMS_KEY":
        return text
    detail |= {"input": None, "output": None, "error": None, "cause": None}
    detail["inputDetails"] = {"included": False}
    if detail.get("outputDetails") is not None:
        detail["outputDetails"] = {"included": False}
    return json.dumps(detail)


def _let_deleted_log_groups_be() -> None:
    """Do not make a function's own log group anew once it was deleted.

    On AWS a function writes with its role's rights, and a role that was given a log group has
    none to make one. MiniStack makes it for every line: delete the group of a function whose
    LoggingConfig names it while an invocation runs, and it is there again afterwards.
    """
    emit = lambda_svc._emit_lambda_logs

    def emit_if_there(function: Any, *rest: Any, **options: Any) -> None:
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup")
        default = f"/aws/lambda/{config.get('FunctionName')}"
        if group in (None, default) or group in cloudwatch_logs._log_groups:
            emit(function, *rest, **options)

    lambda_svc._emit_lambda_logs = emit_if_there


def _patch_when_loaded(
    is_importing: Callable[[str], bool], busy_text: Callable[[], str], time_scale: TimeScale
) -> None:
    """Patch CloudFormation, Step Functions and S3 when their modules are first used.

    Importing them takes seconds, which a start without them should not pay; `app._get_module` is
    the way of every request to them. CloudFormation imports the two others.
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
        elif name == "stepfunctions":
            waits.patch_step_functions(importlib.import_module(_STEP_FUNCTIONS), time_scale)
            execution_role.patch()
            state_machine_key.patch()
        elif name == "cloudformation":
            patch_once("s3")
            patch_once("stepfunctions")
            _patch_cloudformation(is_importing, busy_text, time_scale)

    def get_patched(name: str) -> Any:
        module = get_module(name)
        patch_once(name)
        return module

    ministack_app._get_module = get_patched


def _patch_cloudformation(
    is_importing: Callable[[str], bool], busy_text: Callable[[], str], time_scale: TimeScale
) -> None:
    """Make CloudFormation refuse what AWS refuses when it deletes and updates resources.

    What it does to roles and policies is noted, and what it waits for is waited for in AWS seconds.
    A pool with a running job: the handlers pop and change the record, past the guarded
    operations. A bucket that is not empty: AWS fails the deletion, MiniStack drops the
    objects (a stack of one bucket, one object in it, DeleteStack: DELETE_COMPLETE).
    """
    provisioners: Any = importlib.import_module(_PROVISIONERS)
    handlers = provisioners._RESOURCE_HANDLERS
    s3: Any = importlib.import_module("ministack.services.s3")
    pool = handlers["AWS::Cognito::UserPool"]
    bucket = handlers["AWS::S3::Bucket"]

    def check_pool(physical_id: str) -> None:
        if is_importing(physical_id):
            raise PoolBusyError(f"{_IN_PROGRESS}: {busy_text()}")

    def check_bucket(physical_id: str) -> None:
        record = s3._buckets.get(physical_id)
        if record and (record["objects"] or s3._bucket_has_versions(physical_id)):
            raise ValueError("The bucket you tried to delete is not empty")

    pool["update"] = _checked(pool["update"], check_pool)
    pool["delete"] = _checked(pool["delete"], check_pool)
    bucket["delete"] = _checked(bucket["delete"], check_bucket)
    for kind, operations in handlers.items():
        if kind.startswith("AWS::IAM::"):
            for name in ("create", "update", "delete"):
                if name in operations:
                    operations[name] = role_history.noting(operations[name])
    stack_status.patch()
    waits.patch_cloudformation(time_scale)
    for eye in (
        bucket_key,
        execution_role,
        existing_names,
        log_group_key,
        policy_limits,
        property_limits,
        role_boundary,
        service_token,
        trust_principals,
    ):
        eye.patch_cloudformation(provisioners)
    exports_in_use.patch_cloudformation()


def _checked(handler: Callable[..., Any], check: Callable[[str], None]) -> Callable[..., Any]:
    def checked(physical_id: str, *rest: Any) -> Any:
        check(physical_id)
        return handler(physical_id, *rest)

    return checked
