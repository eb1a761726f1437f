"""The sentences the import service says: those on record, and those that are ours."""

from __future__ import annotations

from dataclasses import dataclass

# On record, verbatim (facts §1.13, §1.14, §2.3, §4).
TEST_LOG = "Cognito User Pools Import - Test Log"
ROW_SUCCEEDED = "The import succeeded."
ROW_EXISTS = "The user already exists."
ROW_NOT_VERIFIED = (
    "The User Record does not set any of the auto verified attributes to true. "
    "(Example: email_verified to true)."
)
JOB_SUCCEEDED = "Import Job Completed Successfully."
JOB_TOO_MANY = "Too many users have failed or been skipped during the import."
JOB_STOPPED = "The Import Job was stopped by the developer."
JOB_EXPIRED = "The user import job has expired."


def no_upload(job_id: str) -> str:
    """Return the refusal of a Start before any upload (§4)."""
    return f"No csv file was uploaded for {job_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts that are not on public record (§8 U1): all of these are ours."""

    slot_taken: str = "Another user import job is active (local text)"
    logs_role: str = "The CloudWatch Logs role cannot be used (local text)"
    no_auto_verified_attribute: str = "The user pool has no auto-verified attribute (local text)"
    not_startable: str = "The user import job cannot be started (local text)"
    not_stoppable: str = "The user import job is not running (local text)"
    too_many_jobs: str = "The user pool has too many user import jobs (local text)"
    unknown_job: str = "The user import job does not exist (local text)"
    page_token: str = "The pagination token is not valid (local text)"  # noqa: S105
    too_many_requests: str = "Too many requests (local text)"
    import_in_progress: str = "A user import job of this user pool is in progress (local text)"
    job_header: str = "The header of the csv file is not that of the user pool (local text)"
    job_unreadable: str = "The csv file cannot be parsed (local text)"
    job_too_long: str = "The csv file has too many users (local text)"
    job_too_large: str = "The csv file is too large (local text)"
    job_no_hash_column: str = "The csv file has no password_hash column (local text)"
    job_logs_role: str = "The CloudWatch Logs role cannot be used any more (local text)"
    job_pool_deleted: str = "The user pool has been deleted (local text)"
    job_internal: str = "An internal error ended the import (local text)"
    row_too_long: str = "The row is too long (local text)"
    row_columns: str = "The row has not as many values as the header (local text)"
    row_username: str = "The username is missing or not allowed (local text)"
    row_schema: str = "The value of {column} does not match the schema (local text)"
    row_required: str = "The required attribute {column} is missing (local text)"
    row_alias: str = "A verified alias belongs to another user (local text)"
    row_hash: str = "The password hash is malformed or above its limits (local text)"
