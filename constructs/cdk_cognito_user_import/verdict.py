"""The verdict of the check of a CSV at synth, without any user's values."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ._lambda.user_import.users_csv import (
    Location,
    Unit,
    describe_left_out,
    describe_normalizations,
)

if TYPE_CHECKING:
    from ._lambda.user_import.users_csv import ValidationReport


class Place(NamedTuple):
    """One finding: its place in the user's own file, and what is wrong there.

    Attributes:
        location: The place.
        text: What is wrong and what is allowed.
    """

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """The findings of one rule.

    Attributes:
        id: The rule's id, such as `CSV017`.
        requirement: The rule's requirement in one sentence.
        is_warning: Whether the users can be imported although the rule is broken.
        count: Number of all findings.
        places: The first findings, 20 at most.
    """

    id: str
    requirement: str
    is_warning: bool
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check.

    Attributes:
        broken: The broken rules, in the order of their first findings.
        normalized: The values that were normalized, and the columns that are left out, as text.
        unchecked: The checks that only the deployment can do, as text.
        users: Number of users in the file, valid or not.
    """

    broken: tuple[BrokenRule, ...]
    normalized: str
    unchecked: str
    users: int

    @staticmethod
    def of(report: ValidationReport) -> Verdict:
        """Return the verdict of a check's report."""
        findings = report.findings
        order = {rule: place for place, rule in enumerate(findings.counts)}
        changes = (describe_normalizations(report.normalized), describe_left_out(report.left_out))
        kept = sorted(findings.kept, key=lambda each: order[each.rule])
        return Verdict(
            broken=tuple(
                BrokenRule(
                    rule.id,
                    rule.requirement,
                    rule.is_warning,
                    findings.counts[rule],
                    tuple(Place(each.location, each.text) for each in places),
                )
                for rule, places in groupby(kept, key=lambda each: each.rule)
            ),
            normalized="; ".join(filter(None, changes)),
            unchecked=", ".join(report.unchecked),
            users=report.users,
        )

    def to_json(self) -> str:
        """Return the verdict as JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Verdict:
        """Return the verdict that `to_json` wrote.

        Raises:
            KeyError: A field is missing.
            TypeError: A field is of another type.
            ValueError: The text is not JSON, or has too many or too few fields.
        """
        given = json.loads(text)
        broken = tuple(
            BrokenRule(**{**each, "places": tuple(_place(*place) for place in each["places"])})
            for each in given.pop("broken")
        )
        return Verdict(broken=broken, **given)


def _place(location: tuple[int | None, str | None, str, str | None], text: str) -> Place:
    line, column, unit, file = location
    return Place(Location(line, column, Unit(unit), file), text)
