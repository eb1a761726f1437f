"""The grammar of job names: `<prefix>-<digest>-<import><content><request>-<number>`.

The jobs' names are the record of an import: they identify a job's construct, content, request and
bytes, also after the workflow's state is lost. Names of earlier versions of the library, and of the
canary, have no digest. An earlier version reads the names of this one: it takes the digest for a
part of the prefix.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NAME_CHARACTERS = 128
"""The most characters of a job's name (API reference, `UserImportJobNameType`)."""

_JOB_NAME = re.compile(
    r"(?:-(?P<digest>[a-z2-7]{8}))?"
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
        digest: The digest of the job's file; empty for a job without one. Of an earlier version's
            name it may be the end of the user's prefix.
    """

    import_id: str
    content_id: str
    request_id: str
    number: int
    digest: str = ""

    @classmethod
    def parse(cls, name: str) -> JobName | None:
        """Return the parts of a name; None for a job that this library did not create."""
        match = _JOB_NAME.search(name)
        if match is None:
            return None
        return cls(
            match["import_id"],
            match["content_id"],
            match["request_id"],
            int(match["number"]),
            match["digest"] or "",
        )

    @property
    def slot(self) -> JobName:
        """The name without the digest: equal for all jobs that a request creates for one part."""
        return self._replace(digest="")

    def with_prefix(self, prefix: str) -> str:
        """Return the job's name; a prefix that leaves no room for the parts is cut at its end."""
        digest = f"-{self.digest}" if self.digest else ""
        ending = f"{digest}-{self.import_id}{self.content_id}{self.request_id}-{self.number}"
        return prefix[: NAME_CHARACTERS - len(ending)] + ending
