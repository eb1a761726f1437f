"""The values of one column: which are right, which can be mended, and how."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from .pool import LONGEST_VALUE, MFA_ENABLED, PASSWORD_HASH, USERNAME
from .rules import Mending, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .pool import Attribute, HashingAlgorithm, Mfa, Pool

    Check = Callable[[str], str]
    """Takes a value that is not blank and returns it as Cognito takes it."""

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
PHONE_NUMBER = re.compile(r"\+[0-9]+")
LONGEST_USERNAME = 128

_PUNCTUATED_PHONE = re.compile("\\+[0-9 \N{NO-BREAK SPACE}()\N{HYPHEN}-\N{EN DASH}-]+")
_NO_DIGIT = re.compile(r"[^0-9]")
_TRUNK_PREFIX = re.compile(r"\(\s*0\s*\)")
_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].*[0-9Zz]", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]+")
_WORDS = {"yes": "true", "1": "true", "no": "false", "0": "false"}

_HASHES: Mapping[HashingAlgorithm, tuple[str, tuple[int, ...], str]] = {
    "BCRYPT": (
        r"\$2[abxy]\$([0-9]{2})\$[./A-Za-z0-9]{53}",
        (12,),
        "$2<a, b, x or y>$<cost>$<22 characters of salt><31 of hash>, cost 12 at most",
    ),
    "SCRYPT": (
        r"([0-9]+)\$([0-9]+)\$([0-9]+)\$(?:[0-9a-fA-F]{2})+\$(?:[0-9a-fA-F]{2})+",
        (65_536, 8, 1),
        "N$r$p$<salt in hex>$<hash in hex>, N 65536, r 8 and p 1 at most",
    ),
    "ARGON2ID": (
        r"\$argon2id\$v=[0-9]+\$m=([0-9]+),t=([0-9]+),p=([0-9]+)(?:\$[A-Za-z0-9+/]+=*){2}",
        (19_456, 2, 1),
        "$argon2id$v=<N>$m=<M>,t=<T>,p=<P>$<salt>$<hash>, m 19456, t 2 and p 1 at most",
    ),
    "PBKDF2_SHA256": (
        r"\$pbkdf2-sha256\$([0-9]+)\$[A-Za-z0-9+/.]+=*\$[A-Za-z0-9+/.]+=*",
        (600_000,),
        "$pbkdf2-sha256$<iterations>$<salt>$<hash>, 600000 iterations at most",
    ),
}


class Refused(ValueError):
    """A value breaks a rule; the text says what is allowed and not what it was."""

    def __init__(self, rule: Rule, text: str) -> None:
        super().__init__(text)
        self.rule = rule
        self.text = text


class Mended(Exception):
    """A value that is not right can be mended."""

    def __init__(self, kind: Mending, value: str) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.value = value


def check_of(column: str, attribute: Attribute | None, pool: Pool) -> Check:
    """Return the check of a column's values that are not blank.

    The check raises ``Refused`` or, with what the value should be, ``Mended``.

    Args:
        column: its name.
        attribute: of the pool's schema; None for the columns that are no attributes, and for
            custom attributes that are not known.
        pool: the rest that is known of the pool.
    """
    if column == USERNAME:
        return _username
    if column == MFA_ENABLED:
        return _mfa_enabled(pool.mfa)
    if column == PASSWORD_HASH:
        return _password_hash(pool.hashing_algorithm)
    if attribute is None:
        return _string(None, None)
    match attribute.kind:
        case "Boolean":
            return boolean
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


def _username(value: str) -> str:
    if len(value) > LONGEST_USERNAME:
        raise Refused(
            Rule.USERNAME_TOO_LONG, f"a username has {LONGEST_USERNAME} characters at most"
        )
    # Letters, marks, numbers, punctuation and symbols are what is printable, but for spaces
    # (API reference, UsernameType).
    if " " in value or not value.isprintable():
        raise Refused(
            Rule.USERNAME_CHARACTERS, "a username has no spaces, tabs or control characters"
        )
    return value


def boolean(value: str) -> str:
    """Check a boolean."""
    # Both are in the guide's samples; other mixtures of case are not.
    if value in ("true", "false", "TRUE", "FALSE"):
        return value
    lowered = value.lower()
    word = lowered if lowered in ("true", "false") else _WORDS.get(lowered)
    if word is None:
        raise Refused(Rule.BOOLEAN, "give true or false (or yes, no, 1, 0)")
    raise Mended(Mending.BOOLEAN, word)


def _mfa_enabled(mfa: Mfa | None) -> Check:
    allowed = {"ON": "true", "OFF": "false"}.get(mfa or "OPTIONAL")

    def check(value: str) -> str:
        try:
            written = boolean(value)
        except Mended as mended:
            written = mended.value
        except Refused:
            written = ""
        if allowed is not None and written.lower() != allowed:
            raise Refused(
                Rule.MFA_ENABLED,
                f"the user pool's MFA is {mfa}; leave it blank or give {allowed}",
            )
        if not written:
            raise Refused(Rule.MFA_ENABLED, "leave it blank or give true or false")
        return boolean(value)

    return check


def _string(minimum: int | None, maximum: int | None) -> Check:
    low = minimum or 0
    high = LONGEST_VALUE if maximum is None else maximum

    def check(value: str) -> str:
        if low <= len(value) <= high and len(value) <= LONGEST_VALUE:
            return value
        if len(value) > LONGEST_VALUE:
            raise Refused(Rule.VALUE_TOO_LONG, f"a value has {LONGEST_VALUE:,} characters at most")
        bounds = f"{low:,} to {high:,}" if low < high else f"{low:,}"
        raise Refused(Rule.LENGTH_BOUNDS, f"the user pool asks for {bounds} characters")

    return check


def _email(attribute: Attribute) -> Check:
    length = _string(attribute.minimum, attribute.maximum)

    def check(value: str) -> str:
        if not EMAIL.fullmatch(value):
            raise Refused(
                Rule.EMAIL, "this is not the form of an email address; give one @ and no spaces"
            )
        return length(value)

    return check


def _phone_number(attribute: Attribute) -> Check:
    length = _string(attribute.minimum, attribute.maximum)

    def check(value: str) -> str:
        if PHONE_NUMBER.fullmatch(value):
            return length(value)
        digits = "+" + _NO_DIGIT.sub("", value)
        if _TRUNK_PREFIX.search(value):
            raise Refused(
                Rule.PHONE_NUMBER,
                "(0) is dialled inside the country only; leave it out, and give + and digits",
            )
        if not _PUNCTUATED_PHONE.fullmatch(value) or digits == "+":
            raise Refused(
                Rule.PHONE_NUMBER, "give + and digits, country code first, as in +14325551212"
            )
        raise Mended(Mending.PHONE_NUMBER, length(digits))

    return check


def _birthdate(value: str) -> str:
    if match := _DATE.fullmatch(value):
        month, day, year = match.groups()
        _real_date(year, month, day)
        return value
    if match := _ISO_DATE.fullmatch(value):
        year, month, day = match.groups()
        _real_date(year, month, day)
        raise Mended(Mending.DATE, f"{month}/{day}/{year}")
    raise Refused(Rule.BIRTHDATE, "give mm/dd/yyyy or yyyy-mm-dd")


def _real_date(year: str, month: str, day: str) -> None:
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise Refused(
            Rule.BIRTHDATE, "there is no such date; Cognito reads mm/dd/yyyy, the month first"
        ) from None


def _number(attribute: Attribute) -> Check:
    epoch = attribute.name == "updated_at"
    low, high = attribute.minimum, attribute.maximum

    def check(value: str) -> str:
        if not _INTEGER.fullmatch(value):
            if epoch:
                raise _iso_time(value)
            raise Refused(Rule.NUMBER, "give digits only, with a minus before them where needed")
        if len(value) > LONGEST_VALUE:
            raise Refused(Rule.VALUE_TOO_LONG, f"a value has {LONGEST_VALUE:,} characters at most")
        number = int(value)
        if (low is not None and number < low) or (high is not None and number > high):
            bounds = f"{low} or more" if high is None else f"{low} to {high}"
            raise Refused(
                Rule.NUMBER_BOUNDS,
                f"the user pool asks for {f'{high} or less' if low is None else bounds}",
            )
        return value

    return check


def _iso_time(value: str) -> Refused | Mended:
    try:
        time = datetime.datetime.fromisoformat(value) if _ISO_TIME.fullmatch(value) else None
    except ValueError:
        time = None
    if time is None or time.tzinfo is None or time.timestamp() < 0:
        return Refused(
            Rule.EPOCH,
            "give seconds since 1970, as in 1471453471, or an ISO 8601 time with its time zone, as "
            "in 2016-08-17T17:04:31Z",
        )
    return Mended(Mending.TIME, str(int(time.timestamp())))


def _password_hash(algorithm: HashingAlgorithm | None) -> Check:
    if algorithm is None:
        return _no_hash
    pattern, caps, allowed = _HASHES[algorithm]
    form = re.compile(pattern)

    def check(value: str) -> str:
        match = form.fullmatch(value)
        if match is None or not all(
            1 <= int(number) <= cap for number, cap in zip(match.groups(), caps, strict=True)
        ):
            raise Refused(Rule.HASH_FORMAT, f"{algorithm} is {allowed}")
        return value

    return check


def _no_hash(_value: str) -> str:
    raise Refused(
        Rule.HASH_WITHOUT_ALGORITHM,
        "the job has no hashing algorithm, and what Cognito then does with a hash is not "
        "documented; leave the column blank",
    )
