"""The requests of CloudFormation to custom resources: recorded, and delivered more than once.

Real requests are what a driver repeats and varies. Used:
`lambda_svc._execute_function_with_config_scope`, by which
`cloudformation.custom_resource.invoke_custom_resource` calls the function, and
`lambda_svc.invoke_async_with_retry`, by which Lambda serves the asynchronous Invoke of a driver.

Setting: `deliveries`; 1 delivers each request once.
"""

from __future__ import annotations

import contextvars
import copy
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from ministack.services import lambda_svc

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 200
_MEMBERS = frozenset({"RequestType", "ResponseURL", "StackId"})
_recorded: deque[dict[str, Any]] = deque(maxlen=_MOST)


def recorded() -> list[dict[str, Any]]:
    """Return the latest requests, the oldest first."""
    return list(_recorded)


def patch(deliveries: Callable[[], int]) -> None:
    """Record requests from now on, and deliver them as often as `deliveries` says."""
    execute = lambda_svc._execute_function_with_config_scope
    invoke = lambda_svc.invoke_async_with_retry

    def execute_recorded(function: Any, event: Any) -> Any:
        if _is_request(event):
            _recorded.append(copy.deepcopy(event))
            for _ in range(deliveries() - 1):
                # The account and the Region are in the context.
                again = (contextvars.copy_context().run, execute, function, copy.deepcopy(event))
                threading.Thread(target=again[0], args=again[1:], daemon=True).start()
        return execute(function, event)

    def invoke_repeatedly(function: Any, event: Any) -> None:
        for _ in range(deliveries() if _is_request(event) else 1):
            invoke(function, copy.deepcopy(event))

    lambda_svc._execute_function_with_config_scope = execute_recorded
    lambda_svc.invoke_async_with_retry = invoke_repeatedly


def _is_request(event: Any) -> bool:
    return isinstance(event, dict) and set(event) >= _MEMBERS
