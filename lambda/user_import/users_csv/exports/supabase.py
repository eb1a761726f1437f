"""Supabase: the table `auth.users` as a CSV or as JSON."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from .csv_users import json_or_csv_users
from .fields import mapped_texts, text_of, texts
from .json_list import read_json
from .spooled_csv import Broken, users_to_csv
from .text_reader import TextReader
from .user_tally import disabled, linked, signs_in_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading
    from .user_tally import Reason

_OBJECTS = ("raw_user_meta_data", "raw_app_meta_data")
_NAMES = ("raw_user_meta_data.full_name", "raw_user_meta_data.avatar_url")
_TIMES = ("email_confirmed_at", "phone_confirmed_at")
_DIGITS = re.compile(r"[1-9]\d+")
_OWN_PROVIDERS = frozenset({"email", "phone"})


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Make columns of the table, and members of its objects, those of a CSV."""
    text = TextReader(chunks)
    listed = json_or_csv_users(text, "users", "id")
    row = partial(_row, names=[name for name in _NAMES if name not in reading.unused])
    yield from users_to_csv(
        text, map(_user, listed), "id", row=row, reasons=_reasons, reading=reading
    )


def _user(user: Any) -> Any:
    """Return a user with its objects read; anything else as it is."""
    if not isinstance(user, dict) or isinstance(user, Broken):
        return user
    members = {
        # An export of the SQL editor writes null as text.
        name: None if value == "null" else value
        for name, value in user.items()
    }
    for name in _OBJECTS:
        if isinstance(value := members.get(name), str):
            members[name] = read_json(value)
    return members


def _row(user: dict[str, Any], record: int, names: Iterable[str]) -> dict[str, str]:
    row = {**texts(user), **mapped_texts(user, names, record)}
    for name in _TIMES:
        if name in user:
            row[name] = "true" if user[name] else "false"
    # Supabase stores E.164 without the plus.
    if "phone" in row and _DIGITS.fullmatch(row["phone"]):
        row["phone"] = "+" + row["phone"]
    return row


def _reasons(user: dict[str, Any]) -> Iterator[Reason]:
    if user.get("banned_until") or user.get("deleted_at"):
        yield disabled("banned_until or deleted_at is set")
    app = user.get("raw_app_meta_data")
    app = app if isinstance(app, dict) else {}
    listed = app.get("providers")
    providers = {str(each) for each in listed} if isinstance(listed, list) else set()
    if isinstance(first := app.get("provider"), str):
        providers.add(first)
    if text_of(user.get("is_sso_user")) in ("true", "t") or (
        providers and not providers & _OWN_PROVIDERS
    ):
        yield signs_in_elsewhere("the providers in raw_app_meta_data are not email or phone")
    elif providers - _OWN_PROVIDERS:
        yield linked("raw_app_meta_data")
