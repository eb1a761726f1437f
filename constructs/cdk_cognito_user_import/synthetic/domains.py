"""Domain names, and those of them at which nobody receives mail."""

from __future__ import annotations

import re

LONGEST = 63
"""Characters of a domain, so that an address can be a username of 128 characters."""

_NAME = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE
)
"""Two labels or more of letters, digits and dashes (RFC 1123, section 2.1), the last of them not of
digits only."""

_RESERVED = re.compile(r"(?:.*\.)?(?:test|example|invalid|localhost|example\.(?:com|net|org))")
"""RFC 2606, sections 2 and 3; RFC 6761, sections 6.2 to 6.5."""


def is_domain_name(text: str) -> bool:
    """Return whether a text is a domain name for addresses."""
    return len(text) <= LONGEST and _NAME.fullmatch(text) is not None


def is_reserved(domain: str) -> bool:
    """Return whether a domain is reserved for examples and tests, so that nobody receives mail."""
    return _RESERVED.fullmatch(domain.lower()) is not None
