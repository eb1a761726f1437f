"""Rights that come late: IAM is eventually consistent, and a policy is not in force at once.

Standard library only: the function that CloudFormation calls imports this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PROPAGATION_SECONDS: Final = 120
"""How long after the start of a request a denial may pass by itself."""

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
        may_pass: whether an error of the call may pass by itself.
        call: the call.
        until: when an error is final, on the clock of `now`.
        now: the clock, in seconds.
        sleep: waits for some seconds.
    """
    while True:
        try:
            return call()
        except Exception as error:
            if not may_pass(error) or now() >= until:
                raise
        sleep(_STEP_SECONDS)
