"""The values of attributes: how each type is written in the CSV, and what is stored."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings import ImportSettings
    from .user_pool import Attribute

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
PHONE = re.compile(r"\+[0-9]+")
_BIRTHDATE = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")
_INTEGER = re.compile(r"-?[0-9]+")
_LONGEST = 2048


def converter(attribute: Attribute, settings: ImportSettings) -> Callable[[str], str]:
    """Return a function from a value in the CSV to what is stored.

    It raises ValueError for a value that does not match the schema (§1.6).
    """
    if attribute.kind == "Boolean":
        return _boolean
    if attribute.kind == "Number":
        return _number(attribute)
    if attribute.name == "birthdate":
        return _iso_birthdate if settings.stored_birthdate == "iso" else _birthdate
    return _string(attribute, settings)


def _boolean(value: str) -> str:
    lowered = value.lower()
    if lowered not in ("true", "false"):
        raise ValueError
    return lowered


def _number(attribute: Attribute) -> Callable[[str], str]:
    low, high = attribute.min_value, attribute.max_value

    def convert(value: str) -> str:
        if len(value) > _LONGEST or not _INTEGER.fullmatch(value):
            raise ValueError
        number = int(value)
        if (low is not None and number < low) or (high is not None and number > high):
            raise ValueError
        return value

    return convert


def _string(attribute: Attribute, settings: ImportSettings) -> Callable[[str], str]:
    form = {"email": EMAIL, "phone_number": PHONE}.get(attribute.name)
    in_bytes = settings.attribute_length_unit == "bytes"

    def convert(value: str) -> str:
        if not attribute.min_length <= len(value) <= attribute.max_length:
            raise ValueError
        if (len(value.encode()) if in_bytes else len(value)) > _LONGEST:
            raise ValueError
        if form is not None and not form.fullmatch(value):
            raise ValueError
        return value

    return convert


def _birthdate(value: str) -> str:
    _iso_birthdate(value)
    return value


def _iso_birthdate(value: str) -> str:
    if not _BIRTHDATE.fullmatch(value):
        raise ValueError
    return dt.date(int(value[6:]), int(value[:2]), int(value[3:5])).isoformat()
