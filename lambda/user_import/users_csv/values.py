"""The rules for the values of one column, and their normalizations."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from . import messages
from .limits import LONGEST_EPOCH, LONGEST_USERNAME, LONGEST_VALUE
from .pool import MFA_ENABLED, PASSWORD_HASH, USERNAME
from .rules import Normalization, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .pool import Attribute, HashingAlgorithm, Mfa, Pool

    CheckedValue = tuple[str, Normalization | None]
    """A value as Cognito accepts it, and the normalization that it needed; None for none."""

    ValueValidator = Callable[[str], CheckedValue]
    """Takes a value that is not blank; raises `InvalidValueError`."""

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
PHONE_NUMBER = re.compile(r"\+[0-9]+")

_PUNCTUATED_PHONE = re.compile("\\+[0-9 \N{NO-BREAK SPACE}()./\N{HYPHEN}-\N{EN DASH}-]+")
_NO_DIGIT = re.compile(r"[^0-9]")
_TRUNK_PREFIX = re.compile(r"\(\s*0\s*\)")
_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_ISO_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].*[0-9Zz]", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]+")
_WITH_FRACTION = re.compile(r"([0-9]+)\.[0-9]+")
_MOST_SECONDS = 10**LONGEST_EPOCH
_MOST_MILLISECONDS = 1_000 * _MOST_SECONDS
_TRUE = ("true", "yes", "y", "t", "1")
_FALSE = ("false", "no", "n", "f", "0")

# Numbers of more digits are above the caps, and Python refuses to read very long ones.
_HASHES: Mapping[HashingAlgorithm, tuple[str, tuple[int, ...], str]] = {
    "BCRYPT": (
        r"\$2[abxy]\$([0-9]{2})\$[./A-Za-z0-9]{53}",
        (12,),
        "$2<a, b, x or y>$<cost>$<22 characters of salt><31 of hash>, cost 12 at most",
    ),
    "SCRYPT": (
        r"([0-9]{1,10})\$([0-9]{1,10})\$([0-9]{1,10})\$(?:[0-9a-fA-F]{2})+\$(?:[0-9a-fA-F]{2})+",
        (65_536, 8, 1),
        "N$r$p$<salt in hex>$<hash in hex>, N 65536, r 8 and p 1 at most",
    ),
    "ARGON2ID": (
        r"\$argon2id\$v=[0-9]+\$m=([0-9]{1,10}),t=([0-9]{1,10}),p=([0-9]{1,10})(?:\$[A-Za-z0-9+/]+=*){2}",
        (19_456, 2, 1),
        "$argon2id$v=<N>$m=<M>,t=<T>,p=<P>$<salt>$<hash>, m 19456, t 2 and p 1 at most",
    ),
    "PBKDF2_SHA256": (
        r"\$pbkdf2-sha256\$([0-9]{1,10})\$[A-Za-z0-9+/.]+=*\$[A-Za-z0-9+/.]+=*",
        (600_000,),
        "$pbkdf2-sha256$<iterations>$<salt>$<hash>, 600000 iterations at most",
    ),
}


class InvalidValueError(ValueError):
    """A value that breaks a rule; the text says what is allowed and does not contain the value.

    Attributes:
        rule: The rule that the value breaks.
    """

    def __init__(self, rule: Rule, text: str) -> None:
        super().__init__(text)
        self.rule = rule


def value_validator(column: str, attribute: Attribute | None, pool: Pool) -> ValueValidator:
    """Return the validator of a column's values.

    Args:
        column: Name of the column.
        attribute: Attribute of the pool's schema; None for the columns that are not attributes, and
            for custom attributes that are not known.
        pool: The known settings of the pool.
    """
    if column == USERNAME:
        return _username_or_number if "phone_number" in pool.username_forms else _username
    if column == MFA_ENABLED:
        return _mfa_enabled(pool.mfa)
    if column == PASSWORD_HASH:
        return _password_hash(pool.hashing_algorithm)
    if attribute is None:
        return _string(None, None)
    match attribute.kind:
        case "Boolean":
            return _boolean
        case "Number":
            return _number(attribute)
    match attribute.name:
        case "birthdate":
            return _birthdate
        case "email":
            return _email(attribute)
        case "phone_number":
            return _phone_number(attribute)
    return _string(attribute.minimum, attribute.maximum)


def _username(value: str) -> CheckedValue:
    if len(value) > LONGEST_USERNAME:
        raise InvalidValueError(
            Rule.USERNAME_TOO_LONG, messages.username_too_long(LONGEST_USERNAME)
        )
    # Letters, marks, numbers, punctuation and symbols are what is printable, but for spaces
    # (API reference, UsernameType).
    if " " in value or not value.isprintable():
        raise InvalidValueError(Rule.USERNAME_CHARACTERS, messages.USERNAME_CHARACTERS)
    return value, None


def _username_or_number(value: str) -> CheckedValue:
    """Read a username that may be a phone number, which is then read as in its own column."""
    if not _PUNCTUATED_PHONE.fullmatch(value):
        return _username(value)
    number, normalization = _read_phone_number(value)
    return _username(number)[0], normalization


def _boolean(value: str) -> CheckedValue:
    checked = _read_boolean(value)
    if checked is None:
        raise InvalidValueError(Rule.BOOLEAN, messages.BOOLEAN)
    return checked


def _read_boolean(value: str) -> CheckedValue | None:
    """Return a boolean as Cognito accepts it; None for any other value."""
    # Both are in the guide's samples; other mixtures of case are not.
    if value in ("true", "false", "TRUE", "FALSE"):
        return value, None
    lowered = value.lower()
    if lowered in _TRUE:
        return "true", Normalization.BOOLEAN
    return ("false", Normalization.BOOLEAN) if lowered in _FALSE else None


def _mfa_enabled(mfa: Mfa | None) -> ValueValidator:
    if mfa is None or mfa == "OPTIONAL":
        return _optional_mfa
    allowed = "true" if mfa == "ON" else "false"

    def validate(value: str) -> CheckedValue:
        checked = _read_boolean(value)
        if checked is None or checked[0].lower() != allowed:
            raise InvalidValueError(Rule.MFA_ENABLED, messages.mfa_differs(mfa, allowed))
        return checked

    return validate


def _optional_mfa(value: str) -> CheckedValue:
    checked = _read_boolean(value)
    if checked is None:
        raise InvalidValueError(Rule.MFA_ENABLED, messages.MFA_BOOLEAN)
    return checked


def _string(minimum: int | None, maximum: int | None) -> ValueValidator:
    low = minimum or 0
    high = LONGEST_VALUE if maximum is None else maximum

    def validate(value: str) -> CheckedValue:
        if low <= len(value) <= high and len(value) <= LONGEST_VALUE:
            return value, None
        if len(value) > LONGEST_VALUE:
            raise InvalidValueError(Rule.VALUE_TOO_LONG, messages.value_too_long(LONGEST_VALUE))
        raise InvalidValueError(Rule.LENGTH_BOUNDS, messages.length_bounds(low, high))

    return validate


def _email(attribute: Attribute) -> ValueValidator:
    validate_length = _string(attribute.minimum, attribute.maximum)

    def validate(value: str) -> CheckedValue:
        if not EMAIL.fullmatch(value):
            raise InvalidValueError(Rule.EMAIL, messages.EMAIL)
        return validate_length(value)

    return validate


def _phone_number(attribute: Attribute) -> ValueValidator:
    validate_length = _string(attribute.minimum, attribute.maximum)

    def validate(value: str) -> CheckedValue:
        number, normalization = _read_phone_number(value)
        return validate_length(number)[0], normalization

    return validate


def _read_phone_number(value: str) -> CheckedValue:
    """Return a phone number as Cognito accepts it."""
    if PHONE_NUMBER.fullmatch(value):
        return value, None
    digits = "+" + _NO_DIGIT.sub("", value)
    if _TRUNK_PREFIX.search(value):
        raise InvalidValueError(Rule.PHONE_NUMBER, messages.TRUNK_PREFIX)
    if not _PUNCTUATED_PHONE.fullmatch(value) or digits == "+":
        raise InvalidValueError(Rule.PHONE_NUMBER, messages.PHONE_NUMBER)
    return digits, Normalization.PHONE_NUMBER


def _birthdate(value: str) -> CheckedValue:
    if match := _DATE.fullmatch(value):
        month, day, year = match.groups()
    elif match := _ISO_DATE.fullmatch(value):
        year, month, day = match.groups()
    else:
        raise InvalidValueError(Rule.BIRTHDATE, messages.BIRTHDATE)
    _validate_date(year, month, day)
    date = f"{month:0>2}/{day:0>2}/{year}"
    return date, None if date == value else Normalization.DATE


def _validate_date(year: str, month: str, day: str) -> None:
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise InvalidValueError(Rule.BIRTHDATE, messages.DATE_DOES_NOT_EXIST) from None


def _number(attribute: Attribute) -> ValueValidator:
    read = _read_time if attribute.name == "updated_at" else _read_number
    low, high = attribute.minimum, attribute.maximum

    def validate(value: str) -> CheckedValue:
        if len(value) > LONGEST_VALUE:
            raise InvalidValueError(Rule.VALUE_TOO_LONG, messages.value_too_long(LONGEST_VALUE))
        text, normalization = read(value)
        number = int(text)
        if (low is not None and number < low) or (high is not None and number > high):
            raise InvalidValueError(Rule.NUMBER_BOUNDS, messages.number_bounds(low, high))
        return text, normalization

    return validate


def _read_number(value: str) -> CheckedValue:
    if not _INTEGER.fullmatch(value):
        raise InvalidValueError(Rule.NUMBER, messages.NUMBER)
    return value, None


def _read_time(value: str) -> CheckedValue:
    """Return a time as seconds since 1970, which may be given in milliseconds or ISO 8601."""
    fraction = _WITH_FRACTION.fullmatch(value)
    text = fraction[1] if fraction else value
    if not _INTEGER.fullmatch(text):
        return _epoch_of(value), Normalization.TIME
    number = int(text)
    if number < _MOST_SECONDS:
        return text, Normalization.TIME if fraction else None
    if number < _MOST_MILLISECONDS:
        return str(number // 1_000), Normalization.TIME
    raise InvalidValueError(Rule.EPOCH, messages.EPOCH_TOO_FINE)


def _epoch_of(value: str) -> str:
    """Return an ISO 8601 time as seconds since 1970."""
    try:
        time = datetime.datetime.fromisoformat(value) if _ISO_TIME.fullmatch(value) else None
    except ValueError:
        time = None
    if time is None or time.tzinfo is None or time.timestamp() < 0:
        raise InvalidValueError(Rule.EPOCH, messages.EPOCH)
    return str(int(time.timestamp()))


def _password_hash(algorithm: HashingAlgorithm | None) -> ValueValidator:
    if algorithm is None:
        return _no_hash
    pattern, caps, allowed = _HASHES[algorithm]
    form = re.compile(pattern)

    def validate(value: str) -> CheckedValue:
        match = form.fullmatch(value)
        if match is None or not all(
            1 <= int(number) <= caps[position] for position, number in enumerate(match.groups())
        ):
            raise InvalidValueError(Rule.HASH_FORMAT, messages.hash_format(algorithm, allowed))
        return value, None

    return validate


def _no_hash(_value: str) -> CheckedValue:
    raise InvalidValueError(Rule.HASH_WITHOUT_ALGORITHM, messages.NO_HASHING_ALGORITHM)
