"""The waits and times of MiniStack, in AWS seconds.

Nothing is patched where an AWS second is the machine's. Used: `stepfunctions.now_iso`,
`_sleep_until` and `_invoke_resource_with_timeout`, beside `SFN_WAIT_SCALE`, which the server
sets; `lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS` and `_MAX_SECONDS`;
`custom_resource.threading`, whose Event waits for `ServiceTimeout`; `wait_conditions.time`, whose
monotonic counts a WaitCondition's `Timeout`.

Setting: the time scale; 1 turns it off.
"""

from __future__ import annotations

import importlib
import threading
import time
import types
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ministack.services import lambda_svc

if TYPE_CHECKING:
    from ..service.time_scale import TimeScale

_CLOUDFORMATION = "ministack.services.cloudformation"


def patch_lambda(time_scale: TimeScale) -> None:
    """Let Lambda try asynchronous invocations again after AWS seconds."""
    for name in ("_LAMBDA_ASYNC_RETRY_BASE_SECONDS", "_LAMBDA_ASYNC_RETRY_MAX_SECONDS"):
        setattr(lambda_svc, name, time_scale.machine_seconds(getattr(lambda_svc, name)))


def patch_step_functions(module: Any, time_scale: TimeScale) -> None:
    """Give executions AWS time: their dates, timestamps to wait for, limits of tasks."""
    if time_scale.scale == 1:
        return
    invoke = module._invoke_resource_with_timeout

    def now_iso() -> str:
        now = datetime.fromtimestamp(time_scale.at(time.time()), UTC)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def sleep_until(timestamp: str) -> None:
        try:
            until = datetime.fromisoformat(timestamp).timestamp()
        except (TypeError, ValueError):
            return
        time.sleep(max(0.0, time_scale.machine_seconds(until - time_scale.at(time.time()))))

    def invoke_with_timeout(resource: Any, given: Any, timeout: float) -> Any:
        return invoke(resource, given, time_scale.machine_seconds(timeout))

    module.now_iso = now_iso
    module._sleep_until = sleep_until
    module._invoke_resource_with_timeout = invoke_with_timeout


def patch_cloudformation(time_scale: TimeScale) -> None:
    """Let CloudFormation wait AWS seconds for custom resources and wait conditions."""
    if time_scale.scale == 1:
        return

    class ScaledEvent(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(None if timeout is None else time_scale.machine_seconds(timeout))

    def monotonic() -> float:
        return time_scale.aws_seconds(time.monotonic())

    custom_resource: Any = importlib.import_module(f"{_CLOUDFORMATION}.custom_resource")
    wait_conditions: Any = importlib.import_module(f"{_CLOUDFORMATION}.wait_conditions")
    custom_resource.threading = types.SimpleNamespace(**{**vars(threading), "Event": ScaledEvent})
    wait_conditions.time = types.SimpleNamespace(**{**vars(time), "monotonic": monotonic})
