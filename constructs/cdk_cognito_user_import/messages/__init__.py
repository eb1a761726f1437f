"""The errors, warnings and infos of synth and of the command line: one function for each.

A message says what is wrong and where, what is allowed, and what to change, in sentences that end
in a full stop. It never holds a user's attribute value. Model: aws-cdk's docs/DESIGN_GUIDELINES.md,
"Error messages". `tests/synth/messages.txt` holds the wording; `UPDATE_SNAPSHOTS=1 pytest
tests/synth/test_messages.py` rewrites it.

The findings in a CSV have their texts in `users_csv`.
"""

from . import arguments, command_line, passwords, sources, synthetic, validations, workflow

__all__ = [
    "arguments",
    "command_line",
    "passwords",
    "sources",
    "synthetic",
    "validations",
    "workflow",
]
