"""The users of the scripted Cognito: whom imports create, and who has which password."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .fake_world import Clock

PAGE = 60


@dataclass
class FakeUser:
    """A user.

    Attributes:
        pool: the user pool.
        username: the username.
        created_at: the creation, in epoch seconds.
        modified_at: the last change, in epoch seconds.
        status: `RESET_REQUIRED` or `CONFIRMED`.
        password: the password; None where none is set.
        password_hash: the hash that was imported.
        algorithm: the algorithm of the job that imported it.
        times_set: how often a password was set.
    """

    pool: str
    username: str
    created_at: float
    modified_at: float
    status: str = "RESET_REQUIRED"
    password: str | None = None
    password_hash: str = ""
    algorithm: str = ""
    times_set: int = 0


class FakeUsers:
    """All users, in the order of their creation.

    Attributes:
        everybody: the users.
        list_delay: the seconds until ListUsers shows a user.
        passwordless: whether imports create users who are CONFIRMED.
        marks_changes: whether a password that is set changes `modified_at`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.everybody: list[FakeUser] = []
        self.list_delay = 0.0
        self.passwordless = False
        self.marks_changes = True

    def add(
        self,
        pool: str,
        uploaded: bytes,
        imported: int,
        created_at: float,
        algorithm: str | None,
    ) -> None:
        """Create the first users of an upload."""
        rows = csv.DictReader(io.StringIO(uploaded.decode().replace("\\,", "\0")))
        for _, row in zip(range(imported), rows, strict=False):
            hashed = (row.get("password_hash") or "").replace("\0", ",")
            self.add_user(
                FakeUser(
                    pool,
                    row["cognito:username"],
                    created_at,
                    created_at,
                    "CONFIRMED" if hashed or self.passwordless else "RESET_REQUIRED",
                    password_hash=hashed,
                    algorithm=algorithm or "",
                )
            )

    def add_user(self, user: FakeUser) -> FakeUser:
        """Create a user, and return it."""
        self.everybody.append(user)
        return user

    def page(self, pool: str, condition: str, begin: int) -> dict[str, Any]:
        """Return a page of the users whose status a filter names; of all without a filter."""
        asked = re.fullmatch(r'(?:cognito:user_status = "(\w+)")?', condition)
        assert asked is not None, condition
        listed = [
            {
                "Username": user.username,
                "UserCreateDate": datetime.fromtimestamp(user.created_at, UTC),
                "UserLastModifiedDate": datetime.fromtimestamp(user.modified_at, UTC),
                "UserStatus": user.status,
            }
            for user in self.everybody
            if (user.pool, asked[1] or user.status) == (pool, user.status)
            and user.created_at + self.list_delay <= self._clock.now()
        ]
        end = begin + PAGE
        more = {"PaginationToken": str(end)} if end < len(listed) else {}
        return {"Users": listed[begin:end], **more}

    def of(self, pool: str, username: str) -> FakeUser | None:
        """Return a user; None where there is none."""
        found = (each for each in self.everybody if (each.pool, each.username) == (pool, username))
        return next(found, None)

    def set_password(self, pool: str, username: str, password: str) -> bool:
        """Set a password; return whether the user exists."""
        for user in self.everybody:
            if (user.pool, user.username) == (pool, username):
                user.status, user.password = "CONFIRMED", password
                user.times_set += 1
                if self.marks_changes:
                    user.modified_at = self._clock.now()
                return True
        return False
