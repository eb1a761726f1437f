"""Calls of AWS that are repeated within a step, because what refuses them may pass."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from ..errors import AccessDenied, Throttled
from ..propagation import PROPAGATION_SECONDS, retry_while

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..aws.services import Services
    from .state import Plan

T = TypeVar("T")

_THROTTLED_SECONDS = 120
"""How long a throttled call is repeated, before the workflow retries the step."""

log = logging.getLogger(__name__)


def retried(call: Callable[[], T], plan: Plan, services: Services) -> T:
    """Make a call, and repeat it for a while where it is throttled or denied.

    A denial may be that of a policy that is not yet in effect, for some time after the start of the
    execution. Throttling has nothing to do with that: its time begins with the call.
    """
    throttled_until = services.now() + _THROTTLED_SECONDS
    denied_until = plan.started_at + PROPAGATION_SECONDS

    def may_pass(error: Exception) -> bool:
        if isinstance(error, Throttled):
            until = throttled_until
        elif isinstance(error, AccessDenied):
            until = denied_until
        else:
            return False
        if services.now() >= until:
            return False
        log.info("to be repeated, as it may pass: %s", error)
        return True

    return retry_while(may_pass, call, until=plan.deadline, now=services.now, sleep=services.sleep)
