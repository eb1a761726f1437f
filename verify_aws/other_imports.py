"""Import jobs of others: Cognito runs one job at a time in an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .import_job import ENDED, code_of

if TYPE_CHECKING:
    from .account import Account

_NOT_STARTED = "Created"
_LATEST = 10
"""Jobs of a pool that are looked at, the latest first."""


def active_jobs(account: Account) -> list[str]:
    """Return the ids of the user pools in this Region that an import job runs in."""
    cognito = account.client("cognito-idp")
    found = []
    for page in cognito.get_paginator("list_user_pools").paginate(MaxResults=60):
        for pool in page["UserPools"]:
            try:
                jobs = cognito.list_user_import_jobs(UserPoolId=pool["Id"], MaxResults=_LATEST)
            except ClientError as error:
                # Deleted meanwhile, or a replica of another Region's pool.
                if code_of(error) in ("ResourceNotFoundException", "OperationNotEnabledException"):
                    continue
                raise
            if any(job["Status"] not in {*ENDED, _NOT_STARTED} for job in jobs["UserImportJobs"]):
                found.append(pool["Id"])
    return found
