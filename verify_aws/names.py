"""The names of everything that a run makes; clean-up finds it by them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

PREFIX = "verify-import-"
TAG = "verify-import"
"""The key of the tag of stacks, user pools and roles; its value is the run's id."""

REGION_TAG = "verify-import-region"
"""The key of a tag of the role that is made beside the stack: roles are in no Region."""

TEST_STACKS_VARIABLE = "VERIFY_AWS_TEST_STACKS"
"""The variable with the beginning of the names of the tests' stacks and pools on an account."""

NEW_ROLE = "-new-role"
_ID = re.compile(rf"{PREFIX}([0-9a-f]{{8}})(?![0-9a-zA-Z])")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one run.

    Attributes:
        run: The run's id, eight hexadecimal digits.
    """

    run: str

    @classmethod
    def new(cls) -> Names:
        """Return names that no other run has."""
        return cls(secrets.token_hex(4))

    @property
    def stack(self) -> str:
        """The stack of the pools and roles; the names of its resources begin with its name."""
        return f"{PREFIX}{self.run}"

    @property
    def example(self) -> str:
        """The stack of app.py."""
        return f"{self.stack}-app"

    @property
    def new_role(self) -> str:
        """The role that is made to measure how long a new one takes."""
        return f"{self.stack}{NEW_ROLE}"

    def pool(self, kind: str) -> str:
        """The name of a user pool, which is also the end of its log group's name."""
        return f"{self.stack}-{kind.lower()}"


def run_of(name: str) -> str | None:
    """Return the run that a name belongs to, by its beginning; None for any other name."""
    found = _ID.match(name)
    return found and found[1]
