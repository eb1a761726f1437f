"""Values that are the same for all users: checked once, like any user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dialect import DialectError, escape
from .row_validator import rule_of
from .rules import Rule
from .values import Mended, Refused, check_of

if TYPE_CHECKING:
    from .column_mapping import Layout
    from .context import Inspection


def fix_ending(layout: Layout, inspection: Inspection) -> Layout:
    """Return the layout with the values that all users share as Cognito takes them."""
    pool, findings = inspection.pool, inspection.findings
    attributes = pool.known_attributes
    ending = []
    for column, given in layout.ending:
        value = given.strip()
        try:
            if value:
                value = check_of(column, attributes.get(column), pool)(value)
                escape(value)
        except Mended as mended:
            value = mended.value
        except Refused as refused:
            findings.add(refused.rule, 1, column, f"the value for all users: {refused.text}")
            value = ""
        except DialectError as error:
            findings.add(rule_of(error), 1, column, f"the value for all users: {error}")
            value = ""
        if value and column in (*(pool.aliases or ()), *(pool.username_attributes or ())):
            findings.add(
                Rule.ALIAS_TWICE, 1, column, "users sign in with this, so all cannot have the same"
            )
        ending.append((column, value))
    return layout._replace(ending=tuple(ending))
