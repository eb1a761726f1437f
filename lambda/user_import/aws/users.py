"""The users of user pools.

Source: Amazon Cognito User Pools API Reference, "ListUsers", "AdminSetUserPassword",
"AdminInitiateAuth" and "AdminDeleteUser".
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import (
    AccessDenied,
    AwsError,
    PoolNotFound,
    Refused,
    Throttled,
    UserNotFound,
    calling,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAGE = 60
_KINDS: Mapping[str, type[AwsError]] = {
    "ResourceNotFoundException": PoolNotFound,
    "UserNotFoundException": UserNotFound,
    "InvalidParameterException": Refused,
    "InvalidPasswordException": Refused,
    "NotAuthorizedException": Refused,
    "PasswordHistoryPolicyViolationException": Refused,
    "TooManyRequestsException": Throttled,
}


class UserStatus(StrEnum):
    """The statuses of users whom an import has created."""

    RESET_REQUIRED = "RESET_REQUIRED"
    """Without a password, until one is set."""
    CONFIRMED = "CONFIRMED"
    """With a password or its hash; in a pool with one-time passwords also without."""


class User(NamedTuple):
    """A user as Cognito lists it.

    Attributes:
        username: The username; never log it.
        created_at: The creation, in epoch seconds.
        modified_at: The last change, in epoch seconds.
    """

    username: str
    created_at: float
    modified_at: float


class SignIn(StrEnum):
    """How a sign-in ended."""

    TOKENS = "tokens"
    """The password is right."""
    WRONG_PASSWORD = "wrong password"  # noqa: S105  not a password
    """NotAuthorizedException: the password is wrong."""
    OTHER = "other"
    """A challenge, or another error; it does not say whether the password is right."""


class Users:
    """The users of user pools.

    Every method raises an `AwsError` where Cognito refuses: `PoolNotFound`, `AccessDenied`,
    `Refused`, `Throttled`, `UserNotFound` or the plain one.
    """

    def __init__(self, cognito: Any) -> None:
        self._cognito = cognito

    def of_status(self, pool_id: str, status: UserStatus) -> Iterator[User]:
        """Yield the users of a status (ListUsers), which may lag behind their creation."""
        for each in self._listed(pool_id, Filter=f'cognito:user_status = "{status}"'):
            # The filter is repeated: it may be applied to an older view of the users.
            if each["UserStatus"] == status:
                yield User(
                    each["Username"],
                    each["UserCreateDate"].timestamp(),
                    each["UserLastModifiedDate"].timestamp(),
                )

    def names(self, pool_id: str) -> Iterator[str]:
        """Yield the usernames of all users of a pool (ListUsers); for a small pool."""
        return (each["Username"] for each in self._listed(pool_id))

    def _listed(self, pool_id: str, **arguments: Any) -> Iterator[Any]:
        # Every user has it; without this, the answer has all attributes.
        arguments |= {"AttributesToGet": ["sub"], "Limit": _PAGE}
        while True:
            with calling("cognito-idp:ListUsers", kinds=_KINDS):
                page = self._cognito.list_users(UserPoolId=pool_id, **arguments)
            yield from page.get("Users", ())
            if not page.get("PaginationToken"):
                return
            arguments["PaginationToken"] = page["PaginationToken"]

    def sign_in(self, pool_id: str, client_id: str, username: str, password: str) -> SignIn:
        """Sign in with a password (AdminInitiateAuth, ADMIN_USER_PASSWORD_AUTH).

        Raises:
            AccessDenied: The call is not allowed, or not yet.
            Throttled: There are too many calls.
            PoolNotFound: The pool or its app client does not exist.
        """
        try:
            with calling("cognito-idp:AdminInitiateAuth", kinds=_KINDS, secret=password):
                answer = self._cognito.admin_initiate_auth(
                    UserPoolId=pool_id,
                    ClientId=client_id,
                    AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                    AuthParameters={"USERNAME": username, "PASSWORD": password},
                )
        except (AccessDenied, Throttled, PoolNotFound):
            raise
        except AwsError as error:
            wrong = error.code == "NotAuthorizedException"
            return SignIn.WRONG_PASSWORD if wrong else SignIn.OTHER
        return SignIn.TOKENS if "AuthenticationResult" in answer else SignIn.OTHER

    def delete(self, pool_id: str, username: str) -> None:
        """Delete a user (AdminDeleteUser)."""
        with calling("cognito-idp:AdminDeleteUser", kinds=_KINDS):
            self._cognito.admin_delete_user(UserPoolId=pool_id, Username=username)

    def set_password(self, pool_id: str, username: str, password: str) -> None:
        """Set a permanent password, with which the user can sign in (AdminSetUserPassword)."""
        with calling("cognito-idp:AdminSetUserPassword", kinds=_KINDS, secret=password):
            self._cognito.admin_set_user_password(
                UserPoolId=pool_id, Username=username, Password=password, Permanent=True
            )
