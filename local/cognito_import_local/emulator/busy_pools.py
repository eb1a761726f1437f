"""A user pool with a running import job cannot be changed or deleted.

AWS (API reference of the operations; facts §2.5): UserImportInProgressException.

MiniStack knows no jobs. Patched in process, because its CloudFormation calls the operations, or
changes the records, without a request. Used: `cognito._delete_user_pool`, `_update_user_pool`,
`_add_custom_attributes`; `provisioners._RESOURCE_HANDLERS`.

Setting: `texts.import_in_progress`, the message; always on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito

if TYPE_CHECKING:
    from collections.abc import Callable

_IN_PROGRESS = "UserImportInProgressException"


class PoolBusyError(ValueError):
    """A user pool cannot be changed while one of its jobs runs."""


def patch(is_importing: Callable[[str], bool], message: Callable[[], str]) -> None:
    """Guard the operations of Cognito.

    Args:
        is_importing: Whether a job of the pool with this id is active.
        message: The message of the error.
    """

    def guarded(operation: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def call(data: Any) -> Any:
            if is_importing(data.get("UserPoolId") or ""):
                return responses.error_response_json(_IN_PROGRESS, message(), 400)
            return operation(data)

        return call

    for name in ("_delete_user_pool", "_update_user_pool", "_add_custom_attributes"):
        setattr(cognito, name, guarded(getattr(cognito, name)))


def patch_cloudformation(
    provisioners: Any, is_importing: Callable[[str], bool], message: Callable[[], str]
) -> None:
    """Guard the updates and deletions of CloudFormation."""

    def guarded(operation: Callable[..., Any]) -> Callable[..., Any]:
        def call(physical_id: str, *rest: Any) -> Any:
            if is_importing(physical_id):
                raise PoolBusyError(f"{_IN_PROGRESS}: {message()}")
            return operation(physical_id, *rest)

        return call

    handler = provisioners._RESOURCE_HANDLERS["AWS::Cognito::UserPool"]
    handler |= {name: guarded(handler[name]) for name in ("update", "delete")}
