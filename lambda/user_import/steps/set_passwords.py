"""Set the test password of the users whom the import has created.

ListUsers finds the users without a password whom a job of this import has created. The lines of the
import's log are not used: a wrong line number, or a file that has changed, would change the
password of another user (docs/decisions/0013). Cognito runs one import job at a time in an account,
and only imports create such users (docs/unproven.md, COG-51). So a user who was created between the
start and the end of a job was created by that job.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from ..aws.users import UserStatus
from ..contract import MOST_ADMIN_PASSWORDS, Phase
from ..errors import Refused, RequestError, Throttled, Unusable, UserNotFound
from ..messages import passwords as messages
from .job_name import JobName
from .pace import SOON
from .password import read_password
from .state import PasswordStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..aws.cognito import Job
    from ..aws.users import User
    from .state import PasswordPlan, State
    from .turn import Turn

_LISTED_SECONDS = 60
"""How long Cognito may list fewer users than it has imported; assumed (docs/unproven.md)."""
_CALLS_A_SECOND = 10
"""A third of the account's quota, which other imports and applications share (Developer Guide,
"Quotas in Amazon Cognito": UserAccountRecovery)."""
_SLOWEST_SECONDS = 4.0
"""The longest pause between two calls; a call that is throttled after it is repeated later."""
_CHUNK_SECONDS = 10
"""How long passwords are set before the status of the stack is read again."""
_STEP_SECONDS = 600
"""How long one step sets passwords; the function may run for 900 seconds."""

log = logging.getLogger(__name__)


class _Window(NamedTuple):
    """The time in which a job created users.

    Attributes:
        begin: The start, in epoch seconds.
        end: The end, in epoch seconds.
        imported: The number of users whom the job has imported.
        is_own: Whether the job is one of this request.
    """

    begin: float
    end: float
    imported: int
    is_own: bool

    def has(self, user: User) -> bool:
        """Whether a user was created in it."""
        return self.begin <= user.created_at <= self.end


def set_passwords(turn: Turn, is_wanted: Callable[[], bool]) -> State:
    """Find the users, or set their passwords, and return what follows.

    An earlier failure of the import is kept, and is reported afterwards.

    Args:
        turn: The turn.
        is_wanted: Returns whether to continue; called every ten seconds.
    """
    plan, step = turn.plan.password, turn.progress.password_step
    assert plan is not None
    windows = list(_windows(turn))
    own = [window for window in windows if window.is_own]
    found = set(_without_password(turn, plan, windows))
    listed = sum(_is_in(own, user) for user in found)
    if listed > turn.progress.imported:
        return _uncertain(turn, listed)
    if step is PasswordStep.LIST:
        return _listed(turn, listed)
    certain = [window for window in windows if window.is_own or _is_certain(window, found)]
    users = [user for user in found if _is_in(certain, user)]
    users.sort(key=lambda user: not _is_in(own, user))
    if len(users) > MOST_ADMIN_PASSWORDS:
        left = len(users) - MOST_ADMIN_PASSWORDS
        log.warning("%d users of earlier imports do not get the test password", left)
    return _set(turn, users[:MOST_ADMIN_PASSWORDS], is_wanted)


def _windows(turn: Turn) -> Iterator[_Window]:
    """Yield the times of all jobs of this import that have imported users.

    An earlier request may have failed before its passwords were set, or had no test password. The
    next import skips its users, so they get the password here or not at all.
    """
    for job in _jobs(turn):
        name = JobName.parse(job.name)
        is_own = job.id in turn.progress.job_ids
        of_import = name is not None and name.import_id == turn.request.import_id
        if (is_own or of_import) and job.imported and job.started_at is not None:
            ended_at = job.ended_at or turn.services.now()
            yield _Window(job.started_at, ended_at, job.imported, is_own)


def _jobs(turn: Turn) -> Iterator[Job]:
    pool_id, own = turn.request.user_pool_id, turn.progress.job_ids
    for job_id in own:
        yield turn.services.import_jobs.describe(pool_id, job_id)
    for job in turn.services.import_jobs.list_jobs(pool_id):
        if job.id not in own:
            yield job


def _without_password(turn: Turn, plan: PasswordPlan, windows: Iterable[_Window]) -> Iterator[User]:
    """Yield the users who were created in one of the times, and have no password.

    A user of an earlier job who has changed since is not touched: an administrator may have reset a
    password (AdminResetUserPassword), which gives RESET_REQUIRED too.
    """
    pool_id, windows = turn.request.user_pool_id, list(windows)
    if not windows:
        return
    own = [window for window in windows if window.is_own]
    for user in turn.services.users.of_status(pool_id, UserStatus.RESET_REQUIRED):
        if _is_in(own, user) or _is_unchanged(user, windows):
            yield user
    if plan.passwordless:
        # An imported user may be CONFIRMED without a password, as others are with one.
        for user in turn.services.users.of_status(pool_id, UserStatus.CONFIRMED):
            if _is_unchanged(user, windows):
                yield user


def _is_unchanged(user: User, windows: Iterable[_Window]) -> bool:
    """Whether a user was created in one of the times, and has not changed after it."""
    return any(each.has(user) and user.modified_at <= each.end for each in windows)


def _is_in(windows: Iterable[_Window], user: User) -> bool:
    return any(window.has(user) for window in windows)


def _is_certain(window: _Window, found: Iterable[User]) -> bool:
    """Whether all users of the time of an earlier job can be users of that job.

    Some of them may have got their password since, so that fewer are as certain as all.
    """
    listed = sum(map(window.has, found))
    if listed > window.imported:
        log.warning("%s", messages.earlier_users_uncertain(listed, window.imported))
    return listed <= window.imported


def _uncertain(turn: Turn, listed: int) -> State:
    """Set no password, because some of the users may not be users of this import."""
    failed = _failed(turn, messages.users_not_listed(listed, turn.progress.imported))
    return failed.having(password_step=PasswordStep.DONE).finish()


def _listed(turn: Turn, listed: int) -> State:
    """Compare the users of this request's jobs with Cognito's counters, and wait for a while."""
    imported = turn.progress.imported
    to_set = turn.having(password_step=PasswordStep.SET, waits=0)
    if listed == imported:
        return to_set.go_on()
    waiting = turn.waiting(Phase.PASSWORDS, messages.users_to_be_listed(listed, imported))
    if turn.services.now() < waiting.since + _LISTED_SECONDS:
        return turn.look_again(SOON, waiting)
    return _failed(to_set, messages.users_not_listed(listed, imported)).go_on()


def _failed(turn: Turn, failure: str) -> Turn:
    """Return the turn with another failure, after that of the import."""
    log.warning("%s", failure)
    return turn.having(failure=f"{turn.progress.failure} {failure}".strip())


def _set(turn: Turn, users: Sequence[User], is_wanted: Callable[[], bool]) -> State:
    """Set the password of each user, as long as that is wanted and the function may run."""
    assert turn.plan.password is not None
    assert turn.request.test_password is not None
    done, services = turn.having(password_step=PasswordStep.DONE), turn.services
    if not users:
        return done.finish()
    version = turn.plan.password.version
    try:
        secret = read_password(turn.request.test_password, services, version)
    except (RequestError, Unusable) as error:
        return _failed(turn, str(error)).finish()
    pace, begin = 1 / _CALLS_A_SECOND, services.now()
    look_at = begin + _CHUNK_SECONDS
    for number, user in enumerate(users):
        if services.now() >= look_at:
            if services.now() >= begin + _STEP_SECONDS or not is_wanted():
                log.info("%d of %d users have the test password", number, len(users))
                return turn.go_on()
            look_at = services.now() + _CHUNK_SECONDS
        try:
            pace = _set_one(turn, user, secret.value, pace)
        except Refused as error:
            return _failed(done, messages.password_not_taken(error)).finish()
    log.info("%d users have the test password", len(users))
    return done.finish()


def _set_one(turn: Turn, user: User, password: str, pace: float) -> float:
    """Set the password of one user; return the pause after the next call, in seconds."""
    services = turn.services
    while True:
        services.sleep(pace)
        try:
            services.users.set_password(turn.request.user_pool_id, user.username, password)
        except UserNotFound:
            log.info("a user has been deleted since the import")
        except Throttled:
            if pace >= _SLOWEST_SECONDS:
                raise
            pace = min(2 * pace, _SLOWEST_SECONDS)
            continue
        return max(1 / _CALLS_A_SECOND, pace * 0.9)
