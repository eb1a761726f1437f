"""Import users into an Amazon Cognito user pool from a CSV file during `cdk deploy`.

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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._lambda.user_import.contract import PasswordVia as PasswordVia
    from ._lambda.user_import.users_csv import ExportFormat as ExportFormat
    from ._lambda.user_import.users_csv import UserKind as UserKind
    from ._lambda.user_import.users_csv.password_hashes import OnBadHash as OnBadHash
    from .logs_role import LogsRole as LogsRole
    from .password_hashes import PasswordHashes as PasswordHashes
    from .passwords import TestPassword as TestPassword
    from .source import UserSource as UserSource
    from .source_config import LocalUsers as LocalUsers
    from .source_config import SourceConfig as SourceConfig
    from .staging_bucket import StagingBucket as StagingBucket
    from .synthetic_attributes import Choices as Choices
    from .synthetic_attributes import NumberRange as NumberRange
    from .user_import import Tolerance as Tolerance
    from .user_import import UserImport as UserImport
    from .workflow import ImportWorkflow as ImportWorkflow

_HOMES = {
    "Choices": ".synthetic_attributes",
    "ExportFormat": "._lambda.user_import.users_csv",
    "ImportWorkflow": ".workflow",
    "LocalUsers": ".source_config",
    "LogsRole": ".logs_role",
    "NumberRange": ".synthetic_attributes",
    "OnBadHash": "._lambda.user_import.users_csv.password_hashes",
    "PasswordHashes": ".password_hashes",
    "PasswordVia": "._lambda.user_import.contract",
    "SourceConfig": ".source_config",
    "StagingBucket": ".staging_bucket",
    "TestPassword": ".passwords",
    "Tolerance": ".user_import",
    "UserImport": ".user_import",
    "UserKind": "._lambda.user_import.users_csv",
    "UserSource": ".source",
}
"""The module of each public name. They are loaded lazily: loading the CDK takes seconds, and the
command line does not need it."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
