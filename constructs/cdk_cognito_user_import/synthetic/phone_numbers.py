"""Phone numbers that are reserved for fiction, so that nobody's phone rings."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .seeded_numbers import SeededNumbers


class Block(NamedTuple):
    """A block of numbers.

    Attributes:
        prefix: The digits that all of them have, in E.164.
        digits: Number of the digits that follow; a block has 10^digits numbers.
    """

    prefix: str
    digits: int


# 555-0100 to 555-0199 of every area code: ATIS-0300115, "555 NXX Line Number Reference Document",
# before 2016 ATIS-0300048, "555 NXX Assignment Guidelines" ("fictitious non-working numbers (line
# numbers 0100-0199)"). Not in toll-free area codes, which are none of these.
_NORTH_AMERICA = (
    *(*range(201, 204), *range(205, 209), 210, *range(212, 220), 224, 225),
    *(*range(301, 306), 307, 308, 310, *range(312, 316)),
    *(*range(401, 409), 416, 418),
)

# Ofcom, "Telephone numbers for use in TV and radio drama programmes": 1,000 numbers each in Leeds,
# Sheffield, Leicester, Bristol, Reading, Birmingham, Edinburgh, Glasgow, Liverpool, Manchester,
# London, Tyneside, Cardiff, and of mobile phones. Left out: 0115 4960 and 01632 960, which programs
# that validate numbers refuse; Northern Ireland, whose block has changed; freephone and premium.
_UNITED_KINGDOM = (
    1134960,
    1144960,
    1164960,
    1174960,
    1184960,
    1214960,
    1314960,
    1414960,
    1514960,
    1614960,
    2079460,
    1914980,
    2920180,
    7700900,
)

# Bundesnetzagentur, Mitteilung 148/2021 (Amtsblatt 7/2021), "Rufnummern für Medienproduktionen":
# 1,000 numbers each in Berlin, Frankfurt, Hamburg, Cologne and Munich.
_GERMANY = (3023125, 6990009, 4066969, 2214710, 8999998)

# Arcep, décision 2018-0881, plan national de numérotation (numbers for audiovisual works): 10,000
# numbers each in the five regions, and of mobile phones.
_FRANCE = (19900, 26191, 35301, 46571, 53649, 63998)

# ACMA, "Phone numbers for use in TV shows, films and creative works": 10,000 numbers each of 5550
# and 7010 in the four area codes.
_AUSTRALIA = (25550, 27010, 35550, 37010, 75550, 77010, 85550, 87010)

BLOCKS = (
    *(Block(f"+1{area_code}55501", 2) for area_code in _NORTH_AMERICA),
    *(Block(f"+44{block}", 3) for block in _UNITED_KINGDOM),
    *(Block(f"+49{block}", 3) for block in _GERMANY),
    *(Block(f"+33{block}", 4) for block in _FRANCE),
    *(Block(f"+61{block}", 4) for block in _AUSTRALIA),
)

_ENDS = list(accumulate(10**block.digits for block in BLOCKS))

AVAILABLE = _ENDS[-1]
"""The number of all phone numbers."""


class PhoneNumbers:
    """The phone numbers of the users of a seed; no two users have the same.

    User *i* has the number at place (start + *i* · step) modulo `AVAILABLE`. The step has no common
    divisor with `AVAILABLE`, so that no place comes again before all others have come.
    """

    def __init__(self, numbers: SeededNumbers) -> None:
        """Draw start and step."""
        self._start = numbers.number("start of phone numbers") % AVAILABLE
        step = numbers.number("step of phone numbers") % AVAILABLE
        while gcd(step, AVAILABLE) != 1:
            step += 1
        self._step = step

    def of(self, user: int) -> str:
        """Return the phone number of a user in E.164; blank after all numbers are used."""
        if user >= AVAILABLE:
            return ""
        place = (self._start + user * self._step) % AVAILABLE
        at = bisect_right(_ENDS, place)
        block = BLOCKS[at]
        return f"{block.prefix}{place % 10**block.digits:0{block.digits}}"
