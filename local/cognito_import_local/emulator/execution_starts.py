"""The start of an execution: its name, and a Task that starts one.

AWS (Step Functions API Reference, "StartExecution"): "if you call StartExecution with the same name
and input as a running execution, the call succeeds and return the same response as the original
request. If the execution is closed or if the input is different, it returns a 400
ExecutionAlreadyExists error." A Task with `arn:aws:states:::states:startExecution` needs
`states:StartExecution` on the state machine for the role of its own one (Developer Guide, "Start a
new AWS Step Functions state machine from a running execution"), which may be the same. What is
refused fails the Task with `StepFunctions.` and the code, ended with `Exception`: reported for
`StepFunctions.ExecutionAlreadyExistsException`. A missing right, which the API does not name as an
error of its own, is `StepFunctions.AWSStepFunctionsException`, as with Lambda (assumed).

MiniStack refuses every second execution of a name, asks for no right and names no service. Used:
`stepfunctions._start_execution`, `_resolve_state_machine_arn`, `_state_machines`, `_executions`,
`_invoke_nested_start_execution`, `_nested_start_execution_request`, `_ExecutionError`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from typing import Any

from ministack.core import responses

from . import execution_role, rights
from .scope import current_scope

_DENIED = "StepFunctions.AWSStepFunctionsException"


def patch() -> None:
    """Patch Step Functions, once it has been imported."""
    module: Any = importlib.import_module("ministack.services.stepfunctions")
    start, invoke = module._start_execution, module._invoke_nested_start_execution

    def start_once(data: Any) -> Any:
        arn = module._resolve_state_machine_arn(data.get("stateMachineArn", ""))
        machine, name = module._state_machines.get(arn), data.get("name")
        if machine and name:
            open_one = module._executions.get(_execution_arn(machine["name"], name)) or {}
            is_same = open_one.get("input") == data.get("input", "{}")
            if open_one.get("status") == "RUNNING" and is_same:
                return responses.json_response(
                    {"executionArn": open_one["executionArn"], "startDate": open_one["startDate"]}
                )
        return start(data)

    def invoke_if_allowed(resource: str, given: Any) -> Any:
        execution = execution_role.running()
        machine = module._nested_start_execution_request(given)["stateMachineArn"]
        if execution is not None:
            denied = rights.role_denial(
                current_scope(),
                execution_role.role_of(execution),
                execution["name"][:64],
                action="states:StartExecution",
                resource=machine,
            )
            if denied is not None:
                raise module._ExecutionError(_DENIED, denied)
        try:
            return invoke(resource, given)
        except module._ExecutionError as error:
            code = error.error.removesuffix("Exception")
            raise module._ExecutionError(f"StepFunctions.{code}Exception", error.cause) from error

    module._start_execution = start_once
    module._invoke_nested_start_execution = invoke_if_allowed


def _execution_arn(machine: str, name: str) -> str:
    scope = current_scope()
    return f"arn:aws:states:{scope.region}:{scope.account}:execution:{machine}:{name}"
