"""The settings and collectors that all parts of one file's validation share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .diagnostics import Findings, Normalizations
    from .limits import Limits
    from .pool import Pool
    from .read_options import ReadOptions


class ValidationContext(NamedTuple):
    """The validation of one file.

    Attributes:
        pool: The known settings of the user pool.
        options: How the file is read.
        limits: Cognito's and the library's.
        findings: Collects broken rules.
        normalizations: Collects normalizations.
    """

    pool: Pool
    options: ReadOptions
    limits: Limits
    findings: Findings
    normalizations: Normalizations
