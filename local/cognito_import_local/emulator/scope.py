"""Account and Region, which MiniStack keeps in context variables.

Used: `responses.get_account_id`, `get_region`, `request_scope`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ministack.core import responses

from ..service.scope import Scope

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def current_scope() -> Scope:
    """Return the scope of the request, execution or deployment that is being served."""
    return Scope(responses.get_account_id(), responses.get_region())


def pinned(scope: Scope) -> AbstractContextManager[None]:
    """Return a context in which MiniStack's stores are those of a scope."""
    return cast(
        "AbstractContextManager[None]", responses.request_scope(scope.account, scope.region)
    )
