"""The canary: synthetic users with password hashes sign in before people are imported.

A hash that Cognito misreads is imported like any other, and no counter shows it (inferred from the
Developer Guide, "Importing users with password hashes"). So for each shape of the people's hashes a
synthetic user with a known password is imported into a user pool of its own, and signs in.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from ..aws.cognito import JobStatus
from ..aws.users import SignIn
from ..canary import CanaryError, canary_csv, canary_users
from ..contract import Phase
from ..errors import AwsError, NotReady, RoleRefused, UploadError, UserNotFound
from ..messages import canary as messages
from .pace import JOB, RIGHTS, SLOT
from .turn import FIRST_WAIT_SECONDS, MOST_EXPIRED

if TYPE_CHECKING:
    from ..aws.cognito import Job
    from ..aws.services import Services
    from ..canary import CanaryUser
    from .import_request import CanaryPool
    from .state import CanaryJob, State
    from .turn import Turn

log = logging.getLogger(__name__)


def try_hashes(turn: Turn) -> State:
    """Take the next step of the current canary job, and return the state that follows."""
    pool = turn.request.canary
    assert pool is not None
    job_id = turn.progress.canary_job
    if job_id is None:
        return _create(turn, pool)
    job = turn.services.import_jobs.describe(pool.id, job_id)
    if job.status is JobStatus.CREATED:
        return _start(turn, pool, job)
    if job.status.is_active:
        users = len(_current(turn).shapes)
        waiting = turn.waiting(Phase.CANARY, messages.canary_to_end(job.id, users))
        return turn.look_again(JOB, waiting)
    expired = turn.progress.expired
    if job.status is JobStatus.EXPIRED and expired < MOST_EXPIRED:
        # It has waited for the slot longer than Cognito keeps a job.
        return turn.having(canary_job=None, expired=expired + 1).go_on()
    return _judge(turn, pool, job)


def _create(turn: Turn, pool: CanaryPool) -> State:
    services, number = turn.services, turn.progress.canaries
    name = turn.request.canary_name_of(number)
    for job in services.import_jobs.list_jobs(pool.id):
        if job.name == name and (job.status.is_active or job.handled):
            return turn.having(canary_job=job.id, waits=0).go_on()
    # Users of the previous algorithm, or of an execution that was killed.
    remove_canary_users(pool, services)
    try:
        content = canary_csv(services.import_jobs.csv_header(pool.id), _users(turn))
    except CanaryError as error:
        return turn.fail(messages.not_possible(str(error)))
    try:
        job = services.import_jobs.create(
            pool.id,
            name,
            turn.request.logs_role_arn,
            lambda: [content],
            len(content),
            algorithm=_current(turn).algorithm,
        )
    except (RoleRefused, NotReady) as error:
        return turn.wait_for_role(error)
    except UploadError as error:
        return turn.fail(str(error))
    log.info("job %s of the canary was created and uploaded", job.id)
    return turn.having(canary_job=job.id, waits=0).go_on()


def _start(turn: Turn, pool: CanaryPool, job: Job) -> State:
    if early := turn.before_next_look():
        return early
    try:
        turn.services.import_jobs.start(pool.id, job.id)
    except NotReady as error:
        waiting = turn.waiting(Phase.CANARY, _slot(turn, job))
        return turn.having(note=str(error)).look_again(SLOT, waiting)
    except RoleRefused as error:
        return turn.wait_for_role(error)
    waiting = turn.waiting(Phase.CANARY, messages.canary_to_end(job.id, len(_current(turn).shapes)))
    return turn.having(waits=0, note="").go_on(wait_seconds=FIRST_WAIT_SECONDS, waiting=waiting)


def _slot(turn: Turn, job: Job) -> str:
    """Return what has the slot; of jobs, only those of the import's own pool can be listed."""
    jobs = turn.services.import_jobs.list_jobs(turn.request.user_pool_id)
    holder = next((each.id for each in jobs if each.status.is_active), None)
    if holder is None:
        return messages.slot_for_canary(job.id)
    return messages.slot_taken_from_canary(job.id, holder)


def _judge(turn: Turn, pool: CanaryPool, job: Job) -> State:
    """Sign in as each user. The users stay until Report, because this step may be repeated."""
    users = len(_current(turn).shapes)
    if not job.handled and turn.may_precede_propagation:
        # Cognito could perhaps not assume a new role.
        waiting = turn.waiting(Phase.RIGHTS, messages.canary_to_end(job.id, users))
        turn = turn.having(canary_job=None)
        return turn.go_on(wait_seconds=RIGHTS.longest, waiting=waiting)
    if job.imported != users:
        failure = messages.job_undecided(job.id, job.status_name, job.imported, users)
    else:
        failure = _signed_in(turn, pool)
    if failure:
        return turn.fail(failure)
    log.info("the canary of %s: %d users have signed in", _current(turn).algorithm, users)
    done = turn.progress.canaries + 1
    return turn.having(canaries=done, canary_job=None, waits=0, note="").go_on()


def _signed_in(turn: Turn, pool: CanaryPool) -> str:
    """Return why people cannot be imported; empty if every synthetic user has signed in."""
    for user in _users(turn):
        result = turn.services.users.sign_in(pool.id, pool.client_id, user.username, user.password)
        shape = messages.shape(*user.shape)
        if result is SignIn.WRONG_PASSWORD:
            return messages.misread(shape)
        if result is SignIn.OTHER:
            return messages.sign_in_undecided(shape)
    return ""


def remove_canary_users(pool: CanaryPool, services: Services) -> None:
    """Remove all users of the canary's user pool, those of earlier executions included."""
    try:
        for name in services.users.names(pool.id):
            with suppress(UserNotFound):
                services.users.delete(pool.id, name)
    except AwsError as error:
        log.warning("users of the canary stay in its user pool: %s", error)


def _users(turn: Turn) -> tuple[CanaryUser, ...]:
    return canary_users(_current(turn).shapes, run=turn.request.request_id)


def _current(turn: Turn) -> CanaryJob:
    return turn.plan.canary[turn.progress.canaries]
