"""How each provider's export is read; the sources are in docs/exports.md."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ..pool import STANDARD_ATTRIBUTES
from .export import Export, ExportFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .export import ExportReading

# The names of the fields, then those of the User Import / Export Extension's columns.
_AUTH0 = {
    "given_name": "given_name",
    "family_name": "family_name",
    "nickname": "nickname",
    "name": "name",
    "email": "email",
    "email_verified": "email_verified",
    "phone_number": "phone_number",
    "phone_verified": "phone_number_verified",
    "picture": "picture",
    "updated_at": "updated_at",
    "Given Name": "given_name",
    "Family Name": "family_name",
    "Nickname": "nickname",
    "Name": "name",
    "Email": "email",
    "Email Verified": "email_verified",
    "Picture": "picture",
    "Updated At": "updated_at",
}
_OKTA = {
    "firstName": "given_name",
    "lastName": "family_name",
    "middleName": "middle_name",
    "nickName": "nickname",
    "displayName": "name",
    "email": "email",
    "mobilePhone": "phone_number",
    "profileUrl": "profile",
    "locale": "locale",
    "timezone": "zoneinfo",
}
_FIREBASE = {
    "email": "email",
    "emailVerified": "email_verified",
    "displayName": "name",
    "photoUrl": "picture",
    "phoneNumber": "phone_number",
}
# The attributes are those of the client scopes profile and phone.
_KEYCLOAK = {
    "firstName": "given_name",
    "lastName": "family_name",
    "email": "email",
    "emailVerified": "email_verified",
    "attributes.middleName": "middle_name",
    "attributes.nickname": "nickname",
    "attributes.profile": "profile",
    "attributes.picture": "picture",
    "attributes.website": "website",
    "attributes.gender": "gender",
    "attributes.birthdate": "birthdate",
    "attributes.zoneinfo": "zoneinfo",
    "attributes.locale": "locale",
    "attributes.phoneNumber": "phone_number",
    "attributes.phoneNumberVerified": "phone_number_verified",
    "attributes.updatedAt": "updated_at",
}
_SUPABASE = {
    "email": "email",
    "email_confirmed_at": "email_verified",
    "phone": "phone_number",
    "phone_confirmed_at": "phone_number_verified",
    "raw_user_meta_data.full_name": "name",
    "raw_user_meta_data.avatar_url": "picture",
}
_CLERK = {
    "first_name": "given_name",
    "last_name": "family_name",
    "primary_email_address": "email",
    "verified_email_addresses": "email_verified",
    "primary_phone_number": "phone_number",
    "verified_phone_numbers": "phone_number_verified",
}
_FUSIONAUTH = {
    "firstName": "given_name",
    "lastName": "family_name",
    "middleName": "middle_name",
    "fullName": "name",
    "email": "email",
    "verified": "email_verified",
    "mobilePhone": "phone_number",
    "birthDate": "birthdate",
    "imageUrl": "picture",
    "timezone": "zoneinfo",
}
_COGNITO = {each.name: each.name for each in STANDARD_ATTRIBUTES}


# Each reader is loaded when a file needs it: few imports do, and the others start sooner.


def _auth0_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .auth0 import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading)


def _okta_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .okta import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading)


def _firebase_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .firebase import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading)


def _keycloak_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .keycloak import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading, frozenset(_KEYCLOAK))


def _cognito_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .cognito import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading)


def _supabase_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .supabase import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading)


def _clerk_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .clerk import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading)


def _fusionauth_to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    from .fusionauth import to_csv  # noqa: PLC0415  see above

    return to_csv(chunks, reading)


EXPORTS: Mapping[ExportFormat, Export] = MappingProxyType(
    {
        # Not every user of Auth0 has a username, but every one an id.
        ExportFormat.AUTH0: Export(
            MappingProxyType(_AUTH0),
            ("user_id", "Id", "username"),
            _auth0_to_csv,
            ("passwordHash", "password_hash"),
        ),
        ExportFormat.OKTA: Export(MappingProxyType(_OKTA), ("login",), _okta_to_csv),
        ExportFormat.FIREBASE: Export(
            MappingProxyType(_FIREBASE), ("localId",), _firebase_to_csv, ("passwordHash",)
        ),
        ExportFormat.KEYCLOAK: Export(
            MappingProxyType(_KEYCLOAK), ("username",), _keycloak_to_csv, ("credentials",)
        ),
        ExportFormat.COGNITO: Export(MappingProxyType(_COGNITO), ("Username",), _cognito_to_csv),
        ExportFormat.SUPABASE: Export(
            MappingProxyType(_SUPABASE), ("id",), _supabase_to_csv, ("encrypted_password",)
        ),
        # As for Auth0.
        ExportFormat.CLERK: Export(
            MappingProxyType(_CLERK), ("id", "username"), _clerk_to_csv, ("password_digest",)
        ),
        ExportFormat.FUSIONAUTH: Export(
            MappingProxyType(_FUSIONAUTH), ("id", "username"), _fusionauth_to_csv, ("password",)
        ),
    }
)
"""How each export is read."""
