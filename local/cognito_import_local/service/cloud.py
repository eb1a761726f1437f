"""The parts of AWS that the import service needs, as protocols; `emulator/` implements them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..http_messages import HttpRequest, HttpResponse
    from ..settings import ImportSettings
    from .row_rules import NewUser
    from .scope import Scope
    from .user_pool import UserPool


class UnauthenticatedError(Exception):
    """The credentials or the signature of a request are not valid.

    Attributes:
        response: The error response, as AWS sends it.
    """

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("the request is not authentic")
        self.response = response


class Caller(Protocol):
    """The caller of one request."""

    @property
    def scope(self) -> Scope:
        """Return the caller's account and the Region of the request."""

    def require(self, action: str, resource: str, context: Mapping[str, Any] | None = None) -> None:
        """Check the signature and that the caller's policies allow an action.

        Raises:
            ServiceError: When no policy allows the action, or one denies it.
            UnauthenticatedError: When the credentials or the signature are not valid.
        """


class Directory(Protocol):
    """The users of one pool while a job runs."""

    @property
    def gone(self) -> bool:
        """Return whether the pool was deleted."""

    def has_user(self, username: str) -> bool:
        """Return whether the username is taken (§1.9)."""

    def alias_taken(self, user: NewUser) -> bool:
        """Return whether an alias of the user belongs to another user (§1.8)."""

    def add(self, user: NewUser, *, keep: bool) -> None:
        """Create the user; `keep=False` only reserves the names."""


class UserPools(Protocol):
    """The user pools."""

    def find(self, scope: Scope, pool_id: str) -> UserPool | None:
        """Return a user pool, or None."""

    def directory(self, scope: Scope, pool: UserPool) -> Directory:
        """Return the users of a pool."""


class LogGroups(Protocol):
    """CloudWatch Logs."""

    def create_stream(self, scope: Scope, group: str, stream: str) -> None:
        """Create the log group and the log stream where they do not exist."""

    def put(
        self, scope: Scope, group: str, stream: str, events: Sequence[tuple[float, str]]
    ) -> None:
        """Append events, each with its time in epoch seconds."""


class LogsRoles(Protocol):
    """The CloudWatch Logs roles of jobs."""

    def usable(
        self, scope: Scope, *, role_arn: str, group: str, pool_arn: str, settings: ImportSettings
    ) -> bool:
        """Return whether Cognito can assume the role and write to the log group with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """The parts of AWS that the import service needs."""

    caller_of: Callable[[HttpRequest], Caller]
    """Returns the caller of a request, not yet checked; raises `UnauthenticatedError`."""

    pools: UserPools
    logs: LogGroups
    roles: LogsRoles
