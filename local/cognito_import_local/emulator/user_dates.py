"""The dates of pools and users, by the clock of the import service.

AWS has one clock: a user that a job creates has a `UserCreateDate` between the job's StartDate and
CompletionDate. MiniStack takes the machine's time, which differs where there is a time scale or the
clock was advanced. Signing out everywhere keeps the machine's time: it is compared with that of
tokens. Used: `cognito._now_epoch`, `_global_sign_out`, `_admin_user_global_sign_out`.

Setting: the time scale; always on.
"""

from __future__ import annotations

import contextvars
import time
from typing import TYPE_CHECKING, Any

from ministack.services import cognito

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..service.clock import Clock

_by_machine: contextvars.ContextVar[bool] = contextvars.ContextVar("_by_machine", default=False)


def patch(clock: Clock) -> None:
    """Date pools and users by the clock from now on."""
    cognito._now_epoch = lambda: time.time() if _by_machine.get() else clock.now()
    for name in ("_global_sign_out", "_admin_user_global_sign_out"):
        setattr(cognito, name, _with_machine_time(getattr(cognito, name)))


def _with_machine_time(operation: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call(data: Any) -> Any:
        token = _by_machine.set(True)
        try:
            return operation(data)
        finally:
            _by_machine.reset(token)

    return call
