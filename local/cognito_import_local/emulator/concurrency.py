"""How many functions run at once: an account's concurrency, which is 10 in a new account.

AWS (Lambda Developer Guide, "Understanding Lambda function scaling"): a synchronous Invoke above
the limit is answered with TooManyRequestsException, which Step Functions reports as
`Lambda.TooManyRequestsException`; an asynchronous one waits in Lambda's queue, for six hours at
most. MiniStack reads the limit once, from its environment, gives Step Functions no name for the
error, and does not keep an asynchronous event for long. Used:
`lambda_svc._acquire_execution_slot`, `_inflight_total`, `_throttle_response`, `_execute_function`.

Setting: `functions_at_once`; None turns it off.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ministack.services import lambda_svc

if TYPE_CHECKING:
    from collections.abc import Callable

_ERROR = "Lambda.TooManyRequestsException"
_QUEUED = frozenset({"RequestType", "detail-type"})
"""A member of what reaches a function asynchronously: requests of CloudFormation, and events."""
_LOOK_EVERY = 0.1


def patch(functions_at_once: Callable[[], int | None]) -> None:
    """Limit the functions that run at once, from now on."""
    acquire = lambda_svc._acquire_execution_slot
    throttle = lambda_svc._throttle_response
    execute = lambda_svc._execute_function

    def acquire_if_free(function: Any, config: Any) -> Any:
        most = functions_at_once()
        if most is not None and lambda_svc._inflight_total >= most:
            return None, "account"
        return acquire(function, config)

    def throttle_named(*arguments: Any, **options: Any) -> Any:
        answer = throttle(*arguments, **options)
        answer["body"]["errorType"] = _ERROR
        return answer

    def execute_in_turn(function: Any, event: Any) -> Any:
        while True:
            answer = execute(function, event)
            is_queued = isinstance(event, dict) and not _QUEUED.isdisjoint(event)
            if not (is_queued and answer.get("throttle")):
                return answer
            time.sleep(_LOOK_EVERY)

    lambda_svc._acquire_execution_slot = acquire_if_free
    lambda_svc._throttle_response = throttle_named
    lambda_svc._execute_function = execute_in_turn
