"""MiniStack's user pools and their users (`services.cognito._user_pools`, `_now_epoch`)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ministack.services import cognito

from ..service.user_pool import Attribute, UserPool
from .sign_in import credentials

if TYPE_CHECKING:
    from ..service.row_rules import NewUser
    from ..service.scope import Scope


def find(scope: Scope, pool_id: str) -> UserPool | None:
    """Return a user pool, or None."""
    record = cognito._user_pools.get_scoped(scope.account, scope.region, pool_id)
    return None if record is None else _pool(record)


def _pool(record: dict[str, Any]) -> UserPool:
    cognito._ensure_schema_attributes(record)
    policies = record.get("Policies") or {}
    factors = (policies.get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or ()
    # CloudFormation keeps CaseSensitive as the template has it, which may be a string.
    case = str((record.get("UsernameConfiguration") or {}).get("CaseSensitive", True)).lower()
    return UserPool(
        pool_id=record["Id"],
        name=record["Name"],
        attributes=tuple(_attribute(each) for each in record["SchemaAttributes"]),
        auto_verified=tuple(record.get("AutoVerifiedAttributes") or ()),
        aliases=frozenset(record.get("AliasAttributes") or ()),
        username_attributes=frozenset(record.get("UsernameAttributes") or ()),
        mfa=record.get("MfaConfiguration") or "OFF",
        case_sensitive=case != "false",
        first_factors=frozenset(factors),
    )


def _attribute(record: dict[str, Any]) -> Attribute:
    text = record.get("StringAttributeConstraints") or {}
    number = record.get("NumberAttributeConstraints") or {}
    return Attribute(
        name=record["Name"],
        kind=record["AttributeDataType"],
        required=str(record.get("Required", False)).lower() == "true",
        min_length=int(text.get("MinLength") or 0),
        max_length=int(text.get("MaxLength") or 2048),
        min_value=_number(number.get("MinValue")),
        max_value=_number(number.get("MaxValue")),
    )


def _number(value: Any) -> float | None:
    return None if value in (None, "") else float(value)


def directory(scope: Scope, pool: UserPool) -> PoolDirectory:
    """Return the users of a pool."""
    return PoolDirectory(scope, pool)


class PoolDirectory:
    """The users of one pool while a job runs: a lookup of users, and a way to add one.

    `AdminCreateUser` looks for a name among all users and makes about 140 a second; an
    index made once per job, over the same records, makes tens of thousands. Users that
    others create while the job runs are seen by name, not by alias.
    """

    def __init__(self, scope: Scope, pool: UserPool) -> None:
        self._scope = scope
        self._pool = pool
        self._record = cognito._user_pools.get_scoped(scope.account, scope.region, pool.pool_id)
        self._names: set[str] = set()
        self._aliases: set[tuple[str, str]] = set()
        self._sign_in_names = pool.aliases | pool.username_attributes
        for user in list(self._record["_users"].values()):
            attributes = {each["Name"]: each["Value"] for each in user.get("Attributes", ())}
            self._remember(user["Username"], attributes)

    def _remember(self, username: str, attributes: dict[str, str]) -> None:
        self._names.add(self._pool.folded(username))
        for name in self._sign_in_names:
            if name in attributes and self._counts(name, attributes):
                self._aliases.add((name, self._pool.folded(attributes[name])))

    def _counts(self, name: str, attributes: dict[str, str]) -> bool:
        """Return whether an alias is taken: e-mail and phone only when verified (§1.8).

        As a username attribute they are the user's name, verified or not.
        """
        if name in self._pool.username_attributes or name == "preferred_username":
            return True
        return attributes.get(f"{name}_verified", "").lower() == "true"

    @property
    def gone(self) -> bool:
        """Return whether the pool was deleted."""
        pools = cognito._user_pools
        current = pools.get_scoped(self._scope.account, self._scope.region, self._pool.pool_id)
        return current is not self._record

    def has_user(self, username: str) -> bool:
        """Return whether the username is taken (§1.9)."""
        folded = self._pool.folded(username)
        if any((name, folded) in self._aliases for name in self._pool.username_attributes):
            return True
        return folded in self._names or username in self._record["_users"]

    def alias_taken(self, user: NewUser) -> bool:
        """Return whether an alias the user would own belongs to another one (§1.8)."""
        attributes = dict(user.attributes)
        return any(
            name in attributes
            and self._counts(name, attributes)
            and (name, self._pool.folded(attributes[name])) in self._aliases
            for name in self._sign_in_names
        )

    def add(self, user: NewUser, *, keep: bool) -> None:
        """Create the user as `_admin_create_user` does; `keep=False` only takes the names."""
        sub = str(uuid.uuid4())
        attributes = dict(user.attributes)
        username = user.username
        if self._pool.username_attributes:
            # The Username of such a pool is the sub; what was given is an attribute.
            by_phone = username.startswith("+") and "phone_number" in self._pool.username_attributes
            attributes.setdefault("phone_number" if by_phone else "email", username)
            username = sub
        self._remember(username, attributes)
        if not keep:
            return
        now = cognito._now_epoch()
        self._record["_users"][username] = {
            "Username": username,
            "Attributes": [
                {"Name": name, "Value": value} for name, value in {"sub": sub, **attributes}.items()
            ],
            "UserCreateDate": now,
            "UserLastModifiedDate": now,
            "Enabled": True,
            "UserStatus": "CONFIRMED" if user.confirmed else "RESET_REQUIRED",
            "MFAOptions": [],
            **credentials(user),
            "_groups": [],
            "_tokens": [],
        }
        self._record["EstimatedNumberOfUsers"] = len(self._record["_users"])
