"""The worker's memory, which limits the number of users whose duplicates can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import RequestError
from ..messages import steps as messages
from ..users_csv import LIMITS, TooManyKeysError, most_keys, needed_mib
from .worker_settings import WorkerSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..users_csv import Limits, ValidationReport


def within_memory(source: str, validate: Callable[[Limits], ValidationReport]) -> ValidationReport:
    """Validate a file, as far as the function has memory for it: Lambda would kill it otherwise.

    Args:
        source: The name of the file.
        validate: Validates it within limits.

    Raises:
        RequestError: The file has too many users for the function's memory.
    """
    memory = WorkerSettings.from_environment().memory_mib
    if memory is None:
        return validate(LIMITS)
    try:
        return validate(LIMITS._replace(keys=most_keys(memory)))
    except TooManyKeysError as error:
        most_users = LIMITS.jobs * LIMITS.job_users
        text = messages.memory_too_small(
            source,
            error.users,
            ", ".join(error.columns),
            memory,
            most_users=most_users,
            needed=needed_mib(most_users, len(error.columns)),
        )
        raise RequestError(text) from error
