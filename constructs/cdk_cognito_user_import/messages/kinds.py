"""How a message names the type of a value."""

from __future__ import annotations


def kind_of(value: object) -> str:
    """Return the type of a value, without the value."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeio' else 'a'} {name}"
