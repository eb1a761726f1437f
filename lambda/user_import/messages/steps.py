"""The messages of the steps Stage, Advance and Report."""

from __future__ import annotations

from typing import Final

from ..contract import IMPORT_PRINCIPAL, JOBS_PER_POOL, STAGING_PREFIX

# Stage, and the problem report

STACK_ROLLS_BACK: Final = "The stack is rolling back or being deleted."
REQUEST_SUPERSEDED: Final = (
    "A newer request of CloudFormation for this import has superseded this one."
)

RUN_DURING_IMPORT: Final = (
    "Another run of this import, or a deployment, is in progress. Run the import again when it has "
    "ended."
)


def run_during_deployment(status: str) -> str:
    """Say that a run does not begin while a deployment is in progress."""
    return f"The stack is {status}. Run the import again when the stack's operation has ended."


def run_without_stack(status: str) -> str:
    """Say that the stack of a run does not exist, or is being deleted."""
    return (
        f"The stack is {status}: it was not created, or it is deleted with the import. Deploy the "
        "stack before the import is run again."
    )


def unknown_step(step: object) -> str:
    """Refuse a step that the workflow does not have."""
    return f"The workflow has no step {step}."


def pool_elsewhere(error: object, pool_region: str, stack_region: str) -> str:
    """Say that a user pool that was not found is in another Region than the stack."""
    return (
        f"{error} The stack is in {stack_region}, and by its id the user pool is in {pool_region}: "
        "put the import into a stack there."
    )


def pool_not_found(error: object, account: str, region: str) -> str:
    """Say where a user pool that was not found must be."""
    return (
        f"{error} It must be in the account ({account}) and the Region ({region}) of the stack; "
        "check the import's user_pool."
    )


def pool_verifies_nothing(pool_id: str) -> str:
    """Say that the pool lacks auto-verified attributes, and how to set them."""
    return (
        f"User pool {pool_id} verifies neither email addresses nor phone numbers automatically, "
        "and Cognito starts no import for such a pool. Set auto_verify on it."
    )


def logs_role_elsewhere(role_arn: str, account: str) -> str:
    """Say that the logs role is of another account than the stack."""
    return (
        f"The logs role {role_arn} is of another account than the stack ({account}), and a role "
        "can be passed to Cognito in its own account only. Give a role of this account as the "
        "import's logs_role, or leave logs_role out, and deploy again."
    )


def logs_role_missing(role_arn: str) -> str:
    """Say that the logs role does not exist."""
    return (
        f"The logs role {role_arn} does not exist. Create it in this account, correct the import's "
        "logs_role, or leave logs_role out, and deploy again."
    )


def logs_role_untrusting(role_arn: str) -> str:
    """Say that the trust policy of the logs role does not name Cognito, and what it must have."""
    return (
        f"Cognito cannot use the logs role {role_arn}: its trust policy does not let "
        f"{IMPORT_PRINCIPAL} assume it. Add this statement to the trust policy, and deploy again: "
        f'{{"Effect": "Allow", "Principal": {{"Service": "{IMPORT_PRINCIPAL}"}}, "Action": '
        '"sts:AssumeRole"}'
    )


def source_timed_out(source: str, timeout_seconds: int) -> str:
    """Say that the source could not be read within the import's timeout."""
    return (
        f"Reading {source} took longer than the import's timeout of {_duration(timeout_seconds)}. "
        "Set a longer timeout, or import fewer users."
    )


def memory_too_small(
    source: str, users: int, columns: str, memory: int, *, most_users: int, needed: int
) -> str:
    """Say that the worker's memory is too small for a file, and how much is enough.

    Args:
        source: The name of the file.
        users: The number of users that were read.
        columns: The names of the columns whose values must be unique.
        memory: The memory of the worker, in MiB.
        most_users: The most users that one import may have.
        needed: The memory for so many users with these columns, in MiB.
    """
    return (
        f"The import workflow has {memory:,} MiB of memory, which is too little for {source}: "
        f"finding duplicates in {columns} among its first {users:,} users takes more. "
        f"Nothing was imported. {needed:,} MiB are enough for {most_users:,} users: set "
        f"ImportWorkflow(memory_size={needed}) in the app that has the workflow, which may be "
        "another one than the import's, or split the file."
    )


def no_room_for_jobs(pool_id: str, needed: int, existing: int, quota: int) -> str:
    """Say that the pool does not keep so many more jobs, and what to do.

    Args:
        pool_id: The user pool.
        needed: The number of jobs of this import.
        existing: The number of jobs that the pool has.
        quota: The number of jobs that a pool keeps.
    """
    jobs = "1 import job" if needed == 1 else f"{needed:,} import jobs"
    return (
        f"User pool {pool_id} has no room for the {jobs} of this import: it has {existing:,} of "
        f"the {quota:,} that a user pool keeps, and jobs cannot be deleted. Nothing was imported. "
        "Ask AWS for a higher quota (Service Quotas, Amazon Cognito user pools), and set "
        "ImportWorkflow(import_jobs_per_pool=…) to it in the app that has the workflow, or import "
        "into a new pool."
    )


def csv_refused(source: str, problems: int, where: str, findings: str) -> str:
    """Say why the CSV is not imported.

    The number of problems and the address of the list come first, because the end may be cut off.
    """
    return (
        f"{source} has {problems:,} problem{'' if problems == 1 else 's'}, and nothing was "
        f"imported{f'. {where} ' if where else ': '}{findings}"
    )


def problem_report_address(bucket: str, key: str) -> str:
    """Name the object with all problems of the CSV."""
    return f"All problems: s3://{bucket}/{key} (kept for a day)."


PROBLEMS_NOT_KEPT: Final = "To list all of them, run: cognito-user-import check <file>."

# Advance

IMPORT_ROLLED_BACK: Final = "The stack is rolling back or being deleted; the import was cancelled."
IMPORT_SUPERSEDED: Final = (
    "A newer request of CloudFormation for this import has superseded this one; the import was "
    "cancelled."
)
STAGED_CSV_GONE: Final = (
    "The staged CSV was deleted or overwritten; the import was cancelled. A later deployment does "
    "that when it changes or removes the import. If there was none, deploy again, and leave the "
    f"folder {STAGING_PREFIX} of the staging bucket alone."
)
UPLOAD_TIMED_OUT: Final = "The upload took longer than the import's timeout."


def import_timed_out(timeout_seconds: int, note: str) -> str:
    """Say that the timeout is over, with the last response from Cognito where there is one."""
    last = f" Last response from Cognito: {note}" if note else ""
    return f"The import did not finish within {_duration(timeout_seconds)}.{last}"


def not_begun_in_time(seconds: int, note: str) -> str:
    """Say that an import which goes on in the background did not begin during the deployment."""
    last = f" Last response from Cognito: {note}" if note else ""
    return (
        f"Cognito accepted no import job within {_duration(seconds)}.{last} Deploy again when no "
        "other import runs in the account."
    )


_HOURS_FROM = 120
"""Minutes."""


def _duration(seconds: int) -> str:
    """Return a duration in hours from two hours on, minutes, and the seconds that are left."""
    minutes, rest = divmod(seconds, 60)
    # 90 minutes are shown as minutes, 120 minutes as 2 hours.
    hours, minutes = divmod(minutes, 60) if minutes >= _HOURS_FROM else (0, minutes)
    parts = [(hours, "hour"), (minutes, "minute"), (rest, "second")]
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)


def slot_taken(refusal: object, job_id: str) -> str:
    """Say which job has the slot.

    Args:
        refusal: The service's refusal.
        job_id: The job, which is one of the same user pool.
    """
    return f"{refusal}. Import job {job_id} of this user pool has the account's only import slot."


def start_refused(seconds: float, note: str) -> str:
    """Say that Cognito has refused to start a job for too long.

    Args:
        seconds: How long.
        note: The last response from Cognito.
    """
    return (
        f"Cognito refused for {seconds // 60:g} minutes to start the import job, and no other job "
        f"of the user pool runs. Last response from Cognito: {note}"
    )


def restricted_role(role_arn: str) -> str:
    """Say that Cognito may not meet the conditions of the logs role, and what to do."""
    return (
        f"The logs role {role_arn} was created with LogsRole(only_for=…), whose conditions Cognito "
        "may not meet: leave only_for out. If a job of another user pool was running, deploy again "
        "when it has ended."
    )


def pool_deleted(error: object) -> str:
    """Say that the user pool was deleted during the import."""
    return f"The user pool no longer exists. {error}"


def job_stopped(job_id: str) -> str:
    """Say that the job was stopped outside of this import."""
    return f"Import job {job_id} was stopped outside of this import."


def job_expired(job_id: str) -> str:
    """Say that the job waited for more than a day."""
    return f"Import job {job_id} expired before it was started; deploy again."


def job_without_users(job_id: str, message: str) -> str:
    """Say that a job ended without processing a user, for example if its role is unusable."""
    return f"Import job {job_id} ended without processing a user: {message}"


def job_processed_nobody(job_id: str, logs_role_arn: str) -> str:
    """Say that a job ended without processing a user, and the causes that AWS documents."""
    return (
        f"Import job {job_id} ended without processing a user. Either Cognito cannot use the logs "
        f"role {logs_role_arn}, or it could not read the CSV."
    )


def job_still_stopping(job_id: str) -> str:
    """Say that a job did not stop in time."""
    return f"Import job {job_id} is still stopping."


def users_unaccounted_for(job_id: str, handled: int, users: int) -> str:
    """Say that the counters of a job do not add up to its users."""
    return (
        f"Cognito counted {handled:,} of the {users:,} users of import job {job_id}; the result of "
        "the others is unknown."
    )


def too_many_failed(count: int, tolerated: int) -> str:
    """Say that more users failed than are tolerated."""
    return f"More users failed than are tolerated: {count:,}, at most {tolerated:,}."


def too_many_skipped(count: int, tolerated: int) -> str:
    """Say that more users were skipped than are tolerated."""
    return (
        "More users were skipped because they exist than are tolerated: "
        f"{count:,}, at most {tolerated:,}."
    )


def too_many_jobs_in_pool(error: object) -> str:
    """Say that the pool has reached Cognito's quota of import jobs."""
    return (
        f"{error} A user pool keeps {JOBS_PER_POOL:,} import jobs, which cannot be deleted; ask "
        "AWS for a higher quota, or import into a new pool."
    )


# Report


def counters(status: str, imported: int, skipped: int, failed: int, users: int) -> str:
    """Give the last job's status and the counters of all jobs."""
    return (
        f"Status {status}: {imported:,} imported, {skipped:,} skipped, {failed:,} failed of "
        f"{users:,} users."
    )


def completion_message(message: str) -> str:
    """Quote Cognito's message about the last job."""
    return f'Cognito says: "{message}"'


def imported_users_stay(imported: int, *, pool_stays: bool) -> str:
    """Say what happens to the users that a failed import has imported.

    Args:
        imported: The number of users.
        pool_stays: Whether the user pool is known to stay after a rollback.
    """
    users = "1 imported user stays" if imported == 1 else f"{imported:,} imported users stay"
    pool = "" if pool_stays else ", unless the rollback deletes the pool"
    return f"The {users} in the user pool{pool}; the next import counts existing users as skipped."


def user_not_imported(place: str, outcome: str, reason: str) -> str:
    """Name a user by the file or object and the place in it, and Cognito's reason."""
    return f"{place}: {outcome.lower()}: {reason.removesuffix('.')}"


def import_log_unreadable(code: str) -> str:
    """Say that the import's log, which names the users, could not be read."""
    return f"The import's log could not be read ({code})."


def import_log(group: str, stream: str) -> str:
    """Give the address of the last job's log."""
    return f"Log: {group} stream {stream}"


def workflow_failed(cause: str) -> str:
    """Say that a step of the workflow failed every time."""
    return (
        f"The import workflow failed: {cause.removesuffix('.')}. See the log group of its worker "
        "for details."
    )
