"""The settings of a user pool that its CSV depends on: columns, bounds, sign-in, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .limits import LONGEST_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

USERNAME = "cognito:username"
MFA_ENABLED = "cognito:mfa_enabled"
PASSWORD_HASH = "password_hash"  # noqa: S105  the name of a column
SIGN_IN_ATTRIBUTES = ("email", "phone_number")
"""The attributes that can be the username (`UsernameAttributes`)."""

Kind = Literal["String", "Number", "DateTime", "Boolean"]
Mfa = Literal["ON", "OFF", "OPTIONAL"]
HashingAlgorithm = Literal["BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"]

_STRINGS = (
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "address",
)
_NO_COLUMNS = frozenset({"sub", "identities"})


class Attribute(NamedTuple):
    """One attribute of a user pool's schema.

    Attributes:
        name: Name in the CSV's header; custom attributes begin with `custom:`.
        kind: Its data type.
        required: Whether every user needs a value.
        minimum: Characters of a string, value of a number; None for no bound.
        maximum: As `minimum`.
    """

    name: str
    kind: Kind = "String"
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None

    @classmethod
    def from_schema(cls, schema: Mapping[str, Any]) -> Attribute:
        """Read a SchemaAttributeType, as DescribeUserPool returns it."""
        kind: Kind = schema.get("AttributeDataType", "String")
        if kind == "Number":
            bounds = schema.get("NumberAttributeConstraints") or {}
            low, high = bounds.get("MinValue"), bounds.get("MaxValue")
        else:
            bounds = schema.get("StringAttributeConstraints") or {}
            low, high = bounds.get("MinLength"), bounds.get("MaxLength")
        return cls(schema["Name"], kind, bool(schema.get("Required")), _whole(low), _whole(high))


def _whole(bound: str | float | None) -> int | None:
    """Read a bound, which AWS gives as text and tools as numbers."""
    if bound is None or bound == "":
        return None
    try:
        return int(bound)
    except ValueError:
        return int(float(bound))


STANDARD_ATTRIBUTES: tuple[Attribute, ...] = (
    *(Attribute(name, maximum=LONGEST_VALUE) for name in _STRINGS),
    Attribute("email_verified", "Boolean"),
    Attribute("phone_number_verified", "Boolean"),
    Attribute("updated_at", "Number", minimum=0),
)
"""The attributes that every pool has (Developer Guide, "Standard attributes")."""


class Pool(NamedTuple):
    """The known settings of a user pool. None stands for an unknown setting.

    Attributes:
        columns: Columns of the CSV, in the order of GetCSVHeader; None if that was not called. The
            columns are then those of the attributes.
        attributes: The schema without `sub`; None where it is not known, and then the standard
            attributes are checked as every pool has them and any custom column is taken.
        auto_verified: `email`, `phone_number`.
        aliases: Attributes that stand for the username at sign-in (`alias_attributes`).
        username_attributes: Attributes that are the username.
        mfa: Whether users need a second factor.
        case_sensitive: Whether `Ann` and `ann` are two users.
        hashing_algorithm: Hash algorithm of the job; None for a job without hashes.
    """

    columns: tuple[str, ...] | None = None
    attributes: tuple[Attribute, ...] | None = None
    auto_verified: tuple[str, ...] | None = None
    aliases: tuple[str, ...] | None = None
    username_attributes: tuple[str, ...] | None = None
    mfa: Mfa | None = None
    case_sensitive: bool | None = None
    hashing_algorithm: HashingAlgorithm | None = None

    @classmethod
    def from_description(
        cls,
        pool: Mapping[str, Any],
        columns: Iterable[str] | None = None,
        hashing_algorithm: HashingAlgorithm | None = None,
    ) -> Pool:
        """Read `UserPool` of DescribeUserPool and `CSVHeader` of GetCSVHeader."""
        schema = pool.get("SchemaAttributes")
        return cls(
            columns=None if columns is None else tuple(columns),
            attributes=None
            if schema is None
            else tuple(
                Attribute.from_schema(each) for each in schema if each["Name"] not in _NO_COLUMNS
            ),
            auto_verified=tuple(pool.get("AutoVerifiedAttributes", ())),
            aliases=tuple(pool.get("AliasAttributes", ())),
            username_attributes=tuple(pool.get("UsernameAttributes", ())),
            mfa=pool.get("MfaConfiguration", "OFF"),
            # Developer Guide, "User pool case sensitivity": sensitive unless it says otherwise.
            case_sensitive=bool(pool.get("UsernameConfiguration", {}).get("CaseSensitive", True)),
            hashing_algorithm=hashing_algorithm,
        )

    @property
    def known_attributes(self) -> dict[str, Attribute]:
        """Return the attributes by name; the standard ones where the schema is not known."""
        known = STANDARD_ATTRIBUTES if self.attributes is None else self.attributes
        return {each.name: each for each in known}

    @property
    def header(self) -> tuple[str, ...] | None:
        """Return the columns of a CSV for this pool; None where not all of them are known."""
        if self.columns is not None:
            return self.columns
        if self.attributes is None:
            return None
        return (*(each.name for each in self.attributes), MFA_ENABLED, USERNAME)

    @property
    def username_forms(self) -> tuple[str, ...]:
        """Return the attributes that are the username, in the pool's order; none where it is free.

        A username has the form of one of them, and an attribute of that form the same value.
        """
        return tuple(each for each in self.username_attributes or () if each in SIGN_IN_ATTRIBUTES)

    @property
    def sign_in_names(self) -> tuple[str, ...]:
        """Return the attributes beside the username that must be unique, for sign-in.

        A single attribute that is the username needs no rule beside that of the username.
        """
        own = self.username_attributes or ()
        return (*(self.aliases or ()), *(own if len(own) > 1 else ()))
