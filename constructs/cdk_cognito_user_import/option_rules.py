"""The rules of read options that synth and the command line share; no CDK is loaded for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import sources as messages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def check_default_or_constant(defaults: Iterable[str], constants: Iterable[str]) -> None:
    """Check that no column has a default and a constant.

    Raises:
        ValueError: A column has both; the default would have no effect.
    """
    if both := {*defaults} & {*constants}:
        raise ValueError(messages.default_and_constant(sorted(both)))


def check_leave_out(kinds: Collection[str], export: str | None) -> None:
    """Check that users are left out of an export only; a plain CSV does not say their kind.

    Raises:
        ValueError: There are kinds of users to leave out, and no export.
    """
    if kinds and not export:
        raise ValueError(messages.leave_out_without_export())


def check_utf_8(place: str, name: str, value: str) -> None:
    """Check that UTF-8 can encode a value.

    Args:
        place: Place of the value, for the error: a record, an argument or an option.
        name: Name of the attribute, for the error.
        value: The value. No error names it.

    Raises:
        ValueError: The value has half of a surrogate pair. In a terminal, that is a byte which is
            not UTF-8.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(messages.value_not_utf8(place, name)) from None
