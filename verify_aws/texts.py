"""Texts of AWS as templates, which may be published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 300
"""Characters of a template."""

_NUMBER = re.compile(r"(?<![\w<-])\d{1,5}(?:[.,]\d{1,3})?(?![\w>-])")
PLACEHOLDERS = (
    *("account", "bucket", "job id", "number", "pool id", "region"),
    *("role", "role name", "stack", "stack id"),
)
_PLACEHOLDER = f"<(?:{'|'.join(PLACEHOLDERS)})>"
# Names of operations, attributes and exceptions are words; ids, ARNs, URLs and addresses are not.
_WORD = r"[A-Za-z]{1,40}(?:[_'-][A-Za-z]{1,40}){0,3}"
_TEMPLATE = re.compile(
    rf"(?:{_PLACEHOLDER}|{_WORD}|[ ,:;()\[\]!?\"'#-]|\.(?=[ )\]]|$)|[\\/](?={_PLACEHOLDER}))+"
)
_TOO_LONG_WORD = re.compile(r"[A-Za-z_-]{41,}")
_OF_ACCOUNT = re.compile(r"\d{6}|import-\w|[a-z]-\d_\w|[0-9a-f]{8}")
# A text about rights names who has them.
_ID = re.compile(r"arn:|://|@|AKIA|ASIA|X-Amz|authorized|perform", re.IGNORECASE)


def template_of(text: str, known: Sequence[tuple[str, str]]) -> str | None:
    """Return a text with typed placeholders; None where something else than words is left.

    Args:
        text: The text.
        known: Pairs of a placeholder's name, such as `job id`, and a value that it stands for.
    """
    for name, value in sorted(known, key=lambda pair: -len(pair[1])):
        if value:
            text = text.replace(value, f"<{name}>")
    text = _NUMBER.sub("<number>", " ".join(text.split()))
    return text if is_template(text) else None


def public(text: str) -> str:
    """Return a text of this tool if it has nothing of the account, else a word that says so."""
    return "left out" if _ID.search(text) or _OF_ACCOUNT.search(text) else text


def is_template(text: str) -> bool:
    """Return whether a text has words, punctuation and placeholders only."""
    return (
        0 < len(text) <= LONGEST
        and _ID.search(text) is None
        and _TOO_LONG_WORD.search(text) is None
        and _TEMPLATE.fullmatch(text) is not None
    )
