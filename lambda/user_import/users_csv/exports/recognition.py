"""Recognizes the provider of a file by the names of its columns, or of a user's members.

It is loaded only for the header of an export, and for a user who is not the named provider's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..pool import USERNAME
from . import messages
from .export import ExportFormat
from .provider_headers import recognized

if TYPE_CHECKING:
    from collections.abc import Collection

_OWN_NAME = {
    ExportFormat.AUTH0: "user_id",
    ExportFormat.OKTA: "login",
    ExportFormat.FIREBASE: "localId",
    ExportFormat.KEYCLOAK: "emailVerified",
    ExportFormat.COGNITO: "Username",
    ExportFormat.SUPABASE: "raw_user_meta_data",
    ExportFormat.CLERK: "primary_email_address",
    ExportFormat.FUSIONAUTH: "encryptionScheme",
}


def with_hint(problem: str, names: Collection[str]) -> str:
    """Return a problem with a hint at the provider that the file is of, where that is evident.

    Args:
        problem: The text about a file without the key of the named provider.
        names: The columns of the file, or the members of a user.
    """
    found = _provider(names)
    if USERNAME in names:
        hint = messages.plain_csv_hint(USERNAME)
    else:
        hint = "" if found is None else messages.provider_hint(found.name)
    return messages.hinted(problem, hint)


def other_provider(header: Collection[str], export: ExportFormat) -> str:
    """Return the problem with a header that is evidently not the provider's; empty for none."""
    if USERNAME in header:
        return messages.plain_csv(USERNAME)
    found = _provider(header)
    if found in (None, export) or _OWN_NAME[export] in header:
        return ""
    return messages.other_provider(found.name, export.name, USERNAME)


def _provider(names: Collection[str]) -> ExportFormat | None:
    # Keycloak exports no CSV.
    if "username" in names and "emailVerified" in names:
        return ExportFormat.KEYCLOAK
    return recognized(names)
