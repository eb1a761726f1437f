"""An identity provider's export."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ..diagnostics import Unit

    ToCsv = Callable[[Iterable[bytes]], Iterator[bytes]]


class ExportFormat(StrEnum):
    """An identity provider's export.

    Attributes:
        AUTH0: CSV of the Dashboard, the Management API or the User Import / Export Extension.
        OKTA: CSV with the columns of Okta's template for importing users.
        FIREBASE: CSV or JSON of `firebase auth:export`.
        KEYCLOAK: JSON of `kc.sh export` or of the Admin REST API.
        COGNITO: JSON of `aws cognito-idp list-users`.
    """

    AUTH0 = "auth0"
    OKTA = "okta"
    FIREBASE = "firebase"
    KEYCLOAK = "keycloak"
    COGNITO = "cognito"


class ExportError(ValueError):
    """A file cannot be imported as this export; the text contains no value."""


class Export(NamedTuple):
    """How a provider's export is read.

    Attributes:
        columns: The user pool's column for a column of the provider.
        username: The provider's columns that can be the username, the best first, where users
            sign in with a username.
        to_csv: Makes the file's bytes, in pieces of any size, a CSV whose header has the
            provider's column names; raises `ExportError`.
        unit: Unit of the locations shown.
    """

    columns: Mapping[str, str]
    username: tuple[str, ...]
    to_csv: ToCsv
    unit: Unit
