"""`cognito-user-import explain CSV017`: what a rule asks, why, and what to do."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from .._lambda.user_import.users_csv import Rule
from ..messages import command_line as messages
from ..messages.explanations import EXPLANATIONS
from .errors import WrongArgumentError
from .output import write_line

if TYPE_CHECKING:
    import argparse

_WIDTH = 88
_ID = re.compile(r"\(?(?:CSV)?([0-9]{1,3})\)?[.,;:]?", re.IGNORECASE)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument(
        "rule", nargs="*", help="id of a rule, such as CSV017; none lists all rules"
    )


def run(given: argparse.Namespace) -> int:
    """Print the explanation of each rule; without any, a line for each of all rules.

    Raises:
        WrongArgumentError: A rule does not exist.
    """
    if not given.rule:
        for rule in Rule:
            write_line(f"{rule.id}  {rule.requirement}")
        return 0
    rules = dict.fromkeys(map(_rule, given.rule))
    write_line("\n\n\n".join(map(_explained, rules)))
    return 0


def _rule(text: str) -> Rule:
    """Return the rule of an id, which may be written as a message has it, or as a number."""
    by_id = {rule.id: rule for rule in Rule}
    number = _ID.fullmatch(text)
    rule = by_id.get(f"CSV{number[1]:0>3}") if number else None
    if rule is None:
        raise WrongArgumentError(messages.unknown_rule(text, min(by_id), max(by_id)))
    return rule


def _explained(rule: Rule) -> str:
    explanation = EXPLANATIONS[rule]
    parts = [
        f"{rule.id}: {rule.requirement}",
        f"What to do: {explanation.advice}",
        f"Source: {explanation.source}",
    ]
    text = "\n\n".join(
        textwrap.fill(part, _WIDTH, break_long_words=False, break_on_hyphens=False)
        for part in parts
    )
    where = f" ({explanation.where})" if explanation.where else ""
    if explanation.wrong:
        text += f"\n\nRefused{where}:\n{textwrap.indent(explanation.wrong, '    ')}"
        text += f"\n\nAccepted:\n{textwrap.indent(explanation.right, '    ')}"
    elif explanation.right:
        text += f"\n\nExample:\n{textwrap.indent(explanation.right, '    ')}"
    return text
