"""Import users into an Amazon Cognito user pool from a CSV file during ``cdk deploy``.

::

    from cdk_cognito_user_import import UserImport, UserSource

    UserImport(
        self, "SeedUsers",
        user_pool=pool,
        source=UserSource.from_file("users.csv"),
    )
"""

from ._lambda.user_import.users_csv import ExportFormat
from .logs_role import LogsRole
from .source import UserSource
from .staging import StagingBucket
from .user_import import Tolerance, UserImport

__all__ = ["ExportFormat", "LogsRole", "StagingBucket", "Tolerance", "UserImport", "UserSource"]
