"""The key of an encrypted state machine, and the principals that must be allowed to use it.

AWS (Step Functions Developer Guide, "Data at rest encryption in Step Functions"): the state
machine's role needs `kms:Decrypt` and `kms:GenerateDataKey`, with the encryption context
`aws:states:stateMachineArn` and without `kms:ViaService`, or an execution does not start, and a
running one fails. The caller of an operation that returns encrypted data needs `kms:Decrypt`,
through Step Functions; StartExecution needs nothing. Refused are such calls with
KmsAccessDeniedException. With what error a running execution fails, the guide does not say: here it
is `States.Runtime`, which at AWS no Retry and no Catch for `States.ALL` takes.

MiniStack asks no key, and lets `States.ALL` catch `States.Runtime`. Used:
`stepfunctions.handle_request`, `_start_execution`, `_call_lambda`, `_find_matching_retrier`,
`_find_matching_catcher`, `_ExecutionError`, `_state_machines`, `_executions`,
`_resolve_state_machine_arn`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

from ministack.core import responses, router

from . import execution_role, rights
from .scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NO_KEY = "KmsAccessDeniedException"
_NOT_CAUGHT = "States.Runtime"
_CONTEXT = "kms:encryptioncontext:aws:states:statemachinearn"
_OF_ROLE = ("kms:Decrypt", "kms:GenerateDataKey")
_OF_CALLER = {
    "CreateStateMachine": ("kms:DescribeKey", "kms:GenerateDataKey"),
    "UpdateStateMachine": ("kms:DescribeKey", "kms:GenerateDataKey"),
    "DescribeStateMachine": ("kms:Decrypt",),
    "DescribeStateMachineForExecution": ("kms:Decrypt",),
    "StartSyncExecution": ("kms:Decrypt",),
    "DescribeExecution": ("kms:Decrypt",),
    "GetExecutionHistory": ("kms:Decrypt",),
}
"""The guide's table "Required permissions for API callers"."""


def patch() -> None:
    """Patch Step Functions, once it has been imported."""
    module: Any = importlib.import_module("ministack.services.stepfunctions")
    start, call, handle = module._start_execution, module._call_lambda, module.handle_request
    find_retrier, find_catcher = module._find_matching_retrier, module._find_matching_catcher

    def start_if_allowed(data: Any) -> Any:
        arn = module._resolve_state_machine_arn(data.get("stateMachineArn", ""))
        machine = module._state_machines.get(arn)
        denied = machine and _role_denial(machine, machine["roleArn"])
        return _refusal(denied) if denied else start(data)

    def call_if_allowed(function: str, event: Any) -> Any:
        execution = execution_role.running()
        machine = execution and module._state_machines.get(execution["stateMachineArn"])
        if execution and machine:
            denied = _role_denial(machine, execution_role.role_of(execution))
            if denied:
                raise module._ExecutionError(_NOT_CAUGHT, denied)
        return call(function, event)

    async def handle_if_allowed(
        method: str, path: str, headers: Any, body: Any, query_params: Any
    ) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in _OF_CALLER:
            data = json.loads(body or b"{}")
            access_key = router.extract_access_key_id(headers, query_params)
            if denied := _caller_denial(module, action, data, access_key):
                return _refusal(denied)
        return await handle(method, path, headers, body, query_params)

    def find_retrier_at_aws(retriers: Any, error: str, counts: Any) -> Any:
        return (None, -1) if error == _NOT_CAUGHT else find_retrier(retriers, error, counts)

    def find_catcher_at_aws(catchers: Any, error: str) -> Any:
        return None if error == _NOT_CAUGHT else find_catcher(catchers, error)

    module._start_execution, module._call_lambda = start_if_allowed, call_if_allowed
    module.handle_request = handle_if_allowed
    module._find_matching_retrier = find_retrier_at_aws
    module._find_matching_catcher = find_catcher_at_aws


def _refusal(cause: str) -> Any:
    return responses.error_response_json(_NO_KEY, cause, 400)


def _key_arn(machine: Mapping[str, Any]) -> str | None:
    """Return the ARN of the customer managed key, or None where there is none."""
    encryption = machine.get("encryptionConfiguration") or {}
    if encryption.get("type") != "CUSTOMER_MANAGED_KMS_KEY":
        return None
    record = rights.key_of(encryption["kmsKeyId"]) or {}
    return record.get("Arn")


def _role_denial(machine: Mapping[str, Any], role_arn: str) -> str | None:
    key = _key_arn(machine)
    if key is None:
        return None
    keys = {_CONTEXT: machine["stateMachineArn"]}
    return _first(
        rights.role_denial(
            current_scope(), role_arn, "states", action=action, resource=key, keys=keys
        )
        for action in _OF_ROLE
    )


def _caller_denial(module: Any, action: str, data: Any, access_key: str) -> str | None:
    if data.get("includedData") == "METADATA_ONLY":
        return None
    machine = _machine_of(module, action, data)
    key = _key_arn(machine)
    if key is None:
        return None
    scope = current_scope()
    keys = {
        "kms:viaservice": f"states.{scope.region}.amazonaws.com",
        _CONTEXT: machine["stateMachineArn"],
    }
    return _first(
        rights.caller_denial(scope, access_key, action=each, resource=key, keys=keys)
        for each in _OF_CALLER[action]
    )


def _machine_of(module: Any, action: str, data: Any) -> dict[str, Any]:
    """Return the state machine that a call is about; of what is written, what is given."""
    execution = module._executions.get(data.get("executionArn"))
    arn = execution["stateMachineArn"] if execution else data.get("stateMachineArn")
    if action == "CreateStateMachine":
        scope = current_scope()
        arn = f"arn:aws:states:{scope.region}:{scope.account}:stateMachine:{data.get('name')}"
    found = module._state_machines.get(module._resolve_state_machine_arn(arn)) or {}
    encryption = data.get("encryptionConfiguration") or found.get("encryptionConfiguration")
    return {"stateMachineArn": arn, "encryptionConfiguration": encryption}


def _first(denials: Iterable[str | None]) -> str | None:
    return next((denied for denied in denials if denied is not None), None)
