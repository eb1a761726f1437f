"""Users as records in the app, and how their values are written into a CSV."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import Token

from ._lambda.user_import.users_csv import join_row
from .messages import sources as messages
from .option_rules import check_utf_8

Value = str | bool | int | datetime.date
"""A value of an attribute. Booleans, dates and numbers are written as Cognito expects them."""

Targets = str | Sequence[str] | None
"""The user pool's column for a column of a file, or several of them; None leaves it out."""

UserRecord = Mapping[str, Value | None]
"""One user: attribute names, `cognito:username` among them, and values."""

_NAME = re.compile(r"[^,;\"\\\t\r\n]+")
"""The name of an attribute: no character that has a meaning in a CSV."""


def records_to_csv(records: Sequence[UserRecord]) -> str:
    """Return a CSV in Cognito's dialect, with a column for each attribute of any record.

    Raises:
        TypeError: A record is not a mapping, or a name or value has the wrong type.
        ValueError: There are no records or attributes, or a value cannot be written.
    """
    if hasattr(records, "to_dict"):
        raise TypeError(messages.data_frame(records))
    places = {f"Record {number}": record for number, record in enumerate(records, start=1)}
    if not places:
        used = isinstance(records, Iterator)
        raise ValueError(messages.iterator_without_records() if used else messages.no_records())
    for place, record in places.items():
        _check_names(place, record)
    columns = list(dict.fromkeys(name for record in places.values() for name in record))
    if not columns:
        raise ValueError(messages.records_without_attributes())
    lines = [",".join(columns)]
    for place, record in places.items():
        values = []
        for name in columns:
            # In a comprehension, the traceback of an error would be twice as long.
            values.append(csv_text(place, name, record.get(name)))  # noqa: PERF401
        lines.append(_row(place, values))
    return "\n".join([*lines, ""])


def csv_text(place: str, name: str, value: object) -> str:
    """Return the text of a value, before it is escaped.

    Args:
        place: Place of the value, for the error: a record or an argument.
        name: Name of the attribute, for the error.
        value: The value. No error names it.

    Raises:
        TypeError: The value has the wrong type.
        ValueError: The value is a token, or UTF-8 cannot encode it.
    """
    if _is_blank_of_pandas(value):
        raise TypeError(messages.blank_of_pandas(place, name))
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case datetime.date():
            return f"{value:%m/%d}/{value.year:04}"
        case str():
            return _checked_text(place, name, value)
        case _:
            raise TypeError(messages.value_type(place, name, value))


def _is_blank_of_pandas(value: object) -> bool:
    """Return whether a value is NaN or NaT: each differs from itself, and NaT is a date."""
    return isinstance(value, (float, datetime.date)) and value != value  # noqa: PLR0124


def _checked_text(place: str, name: str, value: str) -> str:
    if Token.is_unresolved(value):
        raise ValueError(messages.value_unknown(place, name))
    check_utf_8(place, name, value)
    return value


def _check_names(place: str, record: object) -> None:
    if not isinstance(record, Mapping):
        raise TypeError(messages.record_type(place, record))
    for name in record:
        if not isinstance(name, str):
            raise TypeError(messages.record_key_type(place, name))
        check_name(place, name)


def check_name(place: str, name: str) -> None:
    """Check that the name of an attribute can be a column of a CSV.

    Args:
        place: Place of the name, for the error: a record or an argument.
        name: The name. No error names it.

    Raises:
        ValueError: The name is empty, or has a character that has a meaning in a CSV.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(messages.record_key_invalid(place))


def _row(place: str, values: Sequence[str]) -> str:
    try:
        return join_row(values)
    except ValueError as error:
        raise ValueError(messages.value_not_in_dialect(place, str(error))) from None
