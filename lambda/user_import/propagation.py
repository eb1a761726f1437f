"""The propagation of rights: IAM is eventually consistent, and a policy is not in force at once.

Standard library only: the starter imports this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PROPAGATION_SECONDS: Final = 120
"""How long after the start of a request a denial may still pass."""

_STEP_SECONDS: Final = 3


def retry_while(
    may_pass: Callable[[Exception], bool],
    call: Callable[[], T],
    *,
    until: float,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> T:
    """Make a call, and repeat it every few seconds while its error may pass.

    Args:
        may_pass: Returns whether an error of the call may pass by itself.
        call: The call.
        until: The time after which an error is final, on the clock of `now`.
        now: The clock, in seconds.
        sleep: Waits for some seconds.

    Returns:
        The result of the call.
    """
    while True:
        try:
            return call()
        except Exception as error:
            if not may_pass(error) or now() >= until:
                raise
        sleep(_STEP_SECONDS)
