"""The role of a state machine: Step Functions assumes it, and calls Lambda with it.

AWS (Step Functions Developer Guide, "Creating an IAM role for your state machine"): Step Functions
assumes the role as `states.amazonaws.com`, with `aws:SourceAccount` and `aws:SourceArn`, the ARN of
the state machine, and calls what a Task names with the role's rights: `lambda:InvokeFunction` on
the function. Denied, the Task fails with `Lambda.AWSLambdaException` (assumed: what the executions
of others are seen to report). A state machine whose role cannot be assumed is not created.

MiniStack runs every state machine, even one whose role does not exist. Used:
`stepfunctions._run_execution`, `_call_lambda`, `_executions`, `_ExecutionError`;
`lambda_svc._get_func_record_for_ref`; `provisioners._RESOURCE_HANDLERS`, `_physical_name`.

Setting: none; always on.
"""

from __future__ import annotations

import contextvars
import importlib
from typing import TYPE_CHECKING, Any

from ministack.services import lambda_svc

from . import rights
from .resource_changes import ResourceChange, check_before
from .scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_ASSUMABLE = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized "
    "to assume the provided role."
)
_NOT_INVOKED = "Lambda.AWSLambdaException"
_LONGEST_NAME = 80

_running: contextvars.ContextVar[str | None] = contextvars.ContextVar("running", default=None)


class NotAssumableError(ValueError):
    """A state machine is to be made whose role Step Functions may not assume."""


def patch() -> None:
    """Patch Step Functions, once it has been imported."""
    module: Any = importlib.import_module("ministack.services.stepfunctions")
    run, call = module._run_execution, module._call_lambda

    def run_known(execution_arn: str) -> Any:
        token = _running.set(execution_arn)
        try:
            return run(execution_arn)
        finally:
            _running.reset(token)

    def call_if_allowed(function: str, event: Any) -> Any:
        execution = running()
        if execution is not None and (denied := _denial(execution, function)) is not None:
            raise module._ExecutionError(_NOT_INVOKED, denied)
        return call(function, event)

    module._run_execution, module._call_lambda = run_known, call_if_allowed


def running() -> dict[str, Any] | None:
    """Return the execution whose Task is being run, or None where none is."""
    module: Any = importlib.import_module("ministack.services.stepfunctions")
    execution: dict[str, Any] | None = module._executions.get(_running.get())
    return execution


def role_of(execution: Mapping[str, Any]) -> str:
    """Return the ARN of the role that an execution was started with; an update keeps it."""
    arn: str = execution["events"][0]["executionStartedEventDetails"]["roleArn"]
    return arn


def patch_cloudformation(provisioners: Any) -> None:
    """Refuse state machines whose role Step Functions may not assume."""

    def check(change: ResourceChange) -> None:
        arn = change.physical_id
        if arn is None:
            name = change.new.get("StateMachineName") or provisioners._physical_name(
                change.stack, change.logical_id, max_len=_LONGEST_NAME
            )
            scope = current_scope()
            arn = f"arn:aws:states:{scope.region}:{scope.account}:stateMachine:{name}"
        if not _assumable(change.new["RoleArn"], arn):
            raise NotAssumableError(
                f'Resource handler returned message: "{_NOT_ASSUMABLE} '
                '(Service: Sfn, Status Code: 400)" (HandlerErrorCode: AccessDenied)'
            )

    check_before(provisioners, "AWS::StepFunctions::StateMachine", check)


def _assumable(role_arn: str, machine_arn: str) -> bool:
    scope = current_scope()
    role = rights.role_of(scope, role_arn)
    keys = {"aws:sourceaccount": scope.account, "aws:sourcearn": machine_arn}
    return role is not None and any(
        rights.trusts(scope, role, service, keys)
        for service in ("states.amazonaws.com", f"states.{scope.region}.amazonaws.com")
    )


def _denial(execution: Mapping[str, Any], function: str) -> str | None:
    role = role_of(execution)
    if not _assumable(role, execution["stateMachineArn"]):
        return _NOT_ASSUMABLE
    _, config, _ = lambda_svc._get_func_record_for_ref(function)
    if config is None:
        return None
    return rights.role_denial(
        current_scope(),
        role,
        execution["name"][:64],
        action="lambda:InvokeFunction",
        resource=config["FunctionArn"],
    )
