"""What an import waits for: in its log, in the state of the workflow, and in the text of a timeout.

Each text completes the sentence "The import waits for …".
"""

from __future__ import annotations


def rights(refusal: object) -> str:
    """Wait for a new role or policy to take effect."""
    return f"a new role or policy to take effect: {refusal}"


def slot(job_id: str) -> str:
    """Wait for a job of the same user pool, which is active."""
    return f"import job {job_id} of this user pool, which has the account's only import slot"


def slot_or_logs_role(job_id: str) -> str:
    """Wait for the slot or the logs role: Cognito does not say which of them it lacks."""
    return (
        f"Cognito to start import job {job_id}, either when a job of another user pool leaves the "
        "account's only import slot, or when Cognito can use the logs role"
    )


def job_to_end(job_id: str, users: int) -> str:
    """Wait for a job that runs."""
    return f"import job {job_id} to end, which imports {users:,} user{'' if users == 1 else 's'}"


def throttling(refusal: object) -> str:
    """Wait for the end of throttling."""
    return f"AWS to accept calls again: {refusal}"


def jobs_to_stop(job_ids: str) -> str:
    """Wait for jobs to stop.

    Args:
        job_ids: The jobs, separated by commas.
    """
    return f"Cognito to stop {job_ids}"


OTHER_IMPORTS = (
    "other imports of the account, which may take its only import slot between two jobs of this one"
)
JOBS_TO_BE_LISTED = "jobs of this import that Cognito may not list yet"
