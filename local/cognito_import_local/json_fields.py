"""JSON values for the fields of a data class: does a value fit the field's type?"""

from __future__ import annotations

import json
from typing import Any, Literal, get_args, get_origin


def fits(value: Any, hint: Any) -> bool:
    """Return whether a value fits a type: Literal, float, bool, str, int, or int or None."""
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if hint in (bool, str):
        return isinstance(value, hint)
    if value is None:
        return type(None) in get_args(hint)
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def expected(hint: Any) -> str:
    """Return the values that fit a type, as text."""
    if get_origin(hint) is Literal:
        return " or ".join(json.dumps(value) for value in get_args(hint))
    if hint is bool:
        return "true or false"
    if hint is str:
        return "text"
    if hint is float:
        return "a number, 0 or more"
    whole = "a whole number, 0 or more"
    return f"{whole}, or null" if type(None) in get_args(hint) else whole
