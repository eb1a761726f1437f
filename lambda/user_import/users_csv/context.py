"""What the parts of one file's check share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .findings import Findings
    from .job_splitter import Limits
    from .mendings import Mendings
    from .pool import Pool
    from .read_options import Reading


class Inspection(NamedTuple):
    """The check of one file.

    Attributes:
        pool: what is known of the user pool.
        reading: how the file is to be read.
        limits: Cognito's and ours.
        findings: takes what is wrong.
        mendings: takes what was mended.
    """

    pool: Pool
    reading: Reading
    limits: Limits
    findings: Findings
    mendings: Mendings
