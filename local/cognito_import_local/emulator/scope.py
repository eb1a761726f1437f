"""Account and Region, on which MiniStack's stores hang as context variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ministack.core import responses

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Scope:
    """One Region of one account."""

    account: str
    region: str

    @classmethod
    def current(cls) -> Scope:
        """Return the scope of the request, execution or deployment that is being served."""
        return cls(responses.get_account_id(), responses.get_region())

    def pinned(self) -> AbstractContextManager[None]:
        """Return a context in which MiniStack's stores are those of this scope."""
        return cast(
            "AbstractContextManager[None]", responses.request_scope(self.account, self.region)
        )

    def pool_arn(self, pool_id: str) -> str:
        """Return the ARN of a user pool."""
        return f"arn:aws:cognito-idp:{self.region}:{self.account}:userpool/{pool_id}"
