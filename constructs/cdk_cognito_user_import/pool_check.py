"""What prevents every import into a user pool, whatever its file: at synth and in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import validations as messages

if TYPE_CHECKING:
    from ._lambda.user_import.users_csv import Pool


def pool_problems(pool: Pool) -> list[str]:
    """Return the problems of a user pool; settings that are not known have none.

    Source: Amazon Cognito Developer Guide, "Importing users into user pools from a CSV file": each
    user needs a verified attribute that the user pool verifies automatically.
    """
    return [messages.no_auto_verify()] if pool.auto_verified == () else []
