"""Import users into an Amazon Cognito user pool from a CSV file during ``cdk deploy``.

::

    from cdk_cognito_user_import import UserImport, UserSource

    UserImport(
        self, "SeedUsers",
        user_pool=pool,
        source=UserSource.from_file("users.csv"),
    )
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._lambda.user_import.users_csv import ExportFormat
    from .logs_role import LogsRole
    from .source import UserSource
    from .staging_bucket import StagingBucket
    from .user_import import Tolerance, UserImport
    from .workflow import ImportWorkflow

__all__ = [
    "ExportFormat",
    "ImportWorkflow",
    "LogsRole",
    "StagingBucket",
    "Tolerance",
    "UserImport",
    "UserSource",
]

_HOMES = {
    "ExportFormat": "._lambda.user_import.users_csv",
    "ImportWorkflow": ".workflow",
    "LogsRole": ".logs_role",
    "StagingBucket": ".staging_bucket",
    "Tolerance": ".user_import",
    "UserImport": ".user_import",
    "UserSource": ".source",
}
"""Where the names are. Loading the CDK takes seconds, and the command line does not need it."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
