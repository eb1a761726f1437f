"""The grammar of job names: `<prefix>-<import><content><request>-<number>`.

The jobs' names are the record of an import: they identify a job's construct, content and request,
also after the workflow's state is lost.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_JOB_NAME = re.compile(
    r"-(?P<import_id>[a-z2-7]{8})(?P<content_id>[a-z2-7]{8})(?P<request_id>[a-z2-7]{8})"
    r"-(?P<number>\d{1,2})$"
)


class JobName(NamedTuple):
    """The parts of a job's name after the user's prefix.

    Attributes:
        import_id: The digest of the construct.
        content_id: The digest of the imported content.
        request_id: The digest of the request.
        number: The number of the job within its import, from 1.
    """

    import_id: str
    content_id: str
    request_id: str
    number: int

    @classmethod
    def parse(cls, name: str) -> JobName | None:
        """Return the parts of a name; None for a job that this library did not create."""
        match = _JOB_NAME.search(name)
        if match is None:
            return None
        return cls(
            match["import_id"], match["content_id"], match["request_id"], int(match["number"])
        )

    def with_prefix(self, prefix: str) -> str:
        """Return the job's name."""
        return f"{prefix}-{self.import_id}{self.content_id}{self.request_id}-{self.number}"
