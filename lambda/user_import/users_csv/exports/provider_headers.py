"""Recognizes the columns of a provider's CSV; the sources are in docs/exports.md.

An import that reads such a file as a plain CSV does not see which users are disabled or another
provider's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .export import ExportFormat

if TYPE_CHECKING:
    from collections.abc import Collection


class _Columns(NamedTuple):
    """The columns by which an export is recognized: the id, and one of the others or more."""

    export: ExportFormat
    id: str
    others: str


_COLUMNS = (
    _Columns(
        ExportFormat.COGNITO,
        "Username",
        "UserStatus UserCreateDate UserLastModifiedDate identities sub",
    ),
    _Columns(
        ExportFormat.AUTH0,
        "user_id",
        "blocked email_verified phone_verified nickname picture identities last_login last_ip "
        "logins_count identities[0].connection identities[0].provider identities[0].isSocial",
    ),
    # The User Import / Export Extension; two of its names have a space.
    _Columns(ExportFormat.AUTH0, "Id", "Nickname Picture Connection"),
    _Columns(ExportFormat.OKTA, "login", "firstName lastName displayName mobilePhone primaryPhone"),
    _Columns(
        ExportFormat.FIREBASE, "localId", "email emailVerified passwordHash disabled phoneNumber"
    ),
    _Columns(
        ExportFormat.SUPABASE,
        "id",
        "encrypted_password email_confirmed_at phone_confirmed_at confirmation_token banned_until "
        "raw_user_meta_data raw_app_meta_data",
    ),
    _Columns(
        ExportFormat.FUSIONAUTH,
        "id",
        "encryptionScheme usernameStatus passwordLastUpdateInstant lastLoginInstant",
    ),
    _Columns(
        ExportFormat.CLERK,
        "id",
        "primary_email_address verified_email_addresses primary_phone_number "
        "verified_phone_numbers password_digest",
    ),
)


def recognized(names: Collection[str]) -> ExportFormat | None:
    """Return the export whose columns a CSV has, spelled as it spells them; None for no export."""
    return next(
        (
            each.export
            for each in _COLUMNS
            if each.id in names and not set(each.others.split()).isdisjoint(names)
        ),
        None,
    )
