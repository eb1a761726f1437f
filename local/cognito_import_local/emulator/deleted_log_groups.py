"""A function does not recreate its own log group after the group was deleted.

AWS: a function writes with the rights of its role; a role for one existing log group has no right
to create one.

MiniStack creates the group for every line: delete the group that a function's LoggingConfig names
while an invocation runs, and the group exists again afterwards. Used:
`lambda_svc._emit_lambda_logs`, `cloudwatch_logs._log_groups`.

Setting: none; always on.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudwatch_logs, lambda_svc


def patch() -> None:
    """Drop the lines of a function whose own log group does not exist."""
    emit = lambda_svc._emit_lambda_logs

    def emit_if_there(function: Any, *rest: Any, **options: Any) -> None:
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup")
        default = f"/aws/lambda/{config.get('FunctionName')}"
        if group in (None, default) or group in cloudwatch_logs._log_groups:
            emit(function, *rest, **options)

    lambda_svc._emit_lambda_logs = emit_if_there
