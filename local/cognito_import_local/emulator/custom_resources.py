"""The requests that MiniStack's CloudFormation sent to custom resources, recorded.

Real requests are what a driver repeats and varies. Used:
`lambda_svc._execute_function_with_config_scope`, by which
`cloudformation.custom_resource.invoke_custom_resource` calls the function.
"""

from __future__ import annotations

import copy
from collections import deque
from typing import Any, Final

from ministack.services import lambda_svc

_MOST: Final = 200
_recorded: deque[dict[str, Any]] = deque(maxlen=_MOST)


def recorded() -> list[dict[str, Any]]:
    """Return the latest requests, the oldest first."""
    return list(_recorded)


def record() -> None:
    """Record them from now on."""
    execute = lambda_svc._execute_function_with_config_scope

    def execute_recorded(function: Any, event: Any) -> Any:
        if isinstance(event, dict) and {"RequestType", "ResponseURL", "StackId"} <= set(event):
            _recorded.append(copy.deepcopy(event))
        return execute(function, event)

    lambda_svc._execute_function_with_config_scope = execute_recorded
