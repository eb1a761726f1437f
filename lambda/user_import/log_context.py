"""The fields of every line of a function's log: which request, import, job and phase it is about.

Lambda's formatter for JSON writes the attributes that a log record has beside Python's own as
fields of the line (aws/aws-lambda-python-runtime-interface-client at 082679f,
`awslambdaric/lambda_runtime_log_utils.py`). Each execution environment runs one invocation at a
time, so the fields are those of the process.

Standard library only: the starter imports this module.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST: Final = "request"
"""The id of CloudFormation's request."""
IMPORT: Final = "import"
"""The import's name, or the logical id of a custom resource without a name."""
JOB: Final = "job"
"""The import job that is created, waited for or watched."""
PHASE: Final = "phase"
"""The state of the state machine."""

_fields: dict[str, str] = {}


class _Fields(logging.Filter):
    """Adds the fields to each record; those that a record has itself stay."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _fields.items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


_filter = _Fields()


def begin(first: Mapping[str, str | None]) -> None:
    """Begin an invocation with these fields, and no others.

    Lambda adds its handler to the root logger before it loads the function's module.
    """
    _fields.clear()
    put(first)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_filter)
    # Lambda sets the root logger to INFO for JSON, and boto3 has lines of that level.
    logging.getLogger("botocore").setLevel(logging.WARNING)


def put(changed: Mapping[str, str | None]) -> None:
    """Set fields; None removes one."""
    for name, value in changed.items():
        if value is None:
            _fields.pop(name, None)
        else:
            _fields[name] = value


def fields() -> dict[str, str]:
    """Return the fields."""
    return dict(_fields)
