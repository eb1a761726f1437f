"""Finds characters that nobody sees: control characters, and such as U+200B and U+202A.

Web pages, spreadsheets and address books put them into texts that are copied. White space is not
among them.
"""

from __future__ import annotations


def visible(text: str) -> str:
    """Return a text without such characters."""
    return text if text.isprintable() else "".join(each for each in text if not _is_invisible(each))


def invisible(text: str) -> str:
    """Return the code points of such characters in a text, each once; empty for none."""
    found = dict.fromkeys(each for each in text if _is_invisible(each))
    return ", ".join(f"U+{ord(each):04X}" for each in found)


def _is_invisible(character: str) -> bool:
    if character.isprintable() or character.isspace():
        return False
    from unicodedata import category  # noqa: PLC0415  few files need it

    return category(character) in ("Cc", "Cf")
