"""The workflow's first step: find out what is to be done, and stage what is to be imported."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ..aws.cognito import JobStatus
from ..aws.s3 import Claim
from ..errors import (
    AccessDenied,
    AwsError,
    CsvError,
    PoolNotFound,
    RequestError,
    RoleRefused,
    SourceError,
    Unusable,
)
from ..propagation import LATE_RIGHTS_SECONDS, retry_while
from ..users_csv import Limits, Pool, check_users, told_mendings
from .import_request import MOST_JOBS
from .last_import import last_import
from .problem_report import ProblemsFile
from .state import Intent, Plan, Progress, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..aws.cognito import UserPool
    from ..aws.services import Services
    from ..users_csv import Report, StagedUsers
    from .import_request import ImportRequest

T = TypeVar("T")

_LATE_STATUS_SECONDS = 30
"""How late DescribeStacks may be in saying that a stack rolls back; assumed."""

_LATE_STATUS_STEP_SECONDS = 5
_OVERTAKEN = "CloudFormation has sent another request for this import since."
_FINAL = (AccessDenied, CsvError, RequestError, RoleRefused, SourceError, Unusable)

log = logging.getLogger(__name__)


def stage(request: ImportRequest, started_at: float, world: Services) -> State:
    """Decide what the request comes to; where that is an import, check and stage its CSV.

    A reason that the user can act on ends in a state that has failed; anything else is raised, for
    the workflow to try again.

    Args:
        request: what CloudFormation asks.
        started_at: when the execution started, in epoch seconds.
        world: everything outside.
    """
    plan = Plan(Intent.IMPORT, started_at=started_at, deadline=started_at + request.timeout_seconds)
    if request.type == "Delete":
        return _clear(request, plan, world)
    try:
        status = _once_allowed(lambda: world.stacks.status(request.stack_id), plan, world)
        if too_late := status.too_late:
            return State(plan, Progress(failure=too_late), done=True)
        if status.is_going_back or _turns_back(request, plan, world):
            return _clear(request, plan, world)
        return _once_allowed(lambda: _stage(request, plan, world), plan, world)
    except PoolNotFound as error:
        failure = f"{error} {_where_pools_are(request)}"
    except _FINAL as error:
        failure = str(error)
    return State(plan, Progress(failure=failure), done=True)


def _where_pools_are(request: ImportRequest) -> str:
    """Say where the user pool was looked for; its id begins with the Region that it is in."""
    region, account = request.stack_id.split(":")[3:5]
    other = request.user_pool_id.partition("_")[0]
    if other != region:
        return (
            f"The stack is in {region}, and by its id the user pool is in {other}: put the import "
            "into a stack there."
        )
    return (
        f"It must be in the account ({account}) and the Region ({region}) of the stack; check the "
        "import's user_pool."
    )


def _once_allowed(call: Callable[[], T], plan: Plan, world: Services) -> T:
    """Make a call that may be denied at first because its policy has only just been made."""

    def may_pass(error: Exception) -> bool:
        if not isinstance(error, AccessDenied):
            return False
        log.info("denied, perhaps not yet allowed: %s", error)
        return True

    return retry_while(
        may_pass,
        call,
        until=min(plan.started_at + LATE_RIGHTS_SECONDS, plan.deadline),
        now=world.now,
        sleep=world.sleep,
    )


def _turns_back(request: ImportRequest, plan: Plan, world: Services) -> bool:
    """Whether an Update to content that was imported before turns out to undo another one.

    DescribeStacks may be late in saying that the stack rolls back. An import of what is in the pool
    already would then fail the rollback, so that such an Update takes a few looks more.
    """
    if request.type != "Update" or not request.content_changed:
        return False
    if not _once_allowed(lambda: last_import(request, world), plan, world):
        return False
    until = world.now() + _LATE_STATUS_SECONDS
    while world.now() < until:
        world.sleep(_LATE_STATUS_STEP_SECONDS)
        status = _once_allowed(lambda: world.stacks.status(request.stack_id), plan, world)
        if status.is_going_back:
            return True
    return False


def _clear(request: ImportRequest, plan: Plan, world: Services) -> State:
    """Import nothing, for a Delete or a stack that goes back; that must work whatever is gone.

    An Update that undoes another one answers as the import did that it goes back to. A Create is
    late: its stack has given it up.
    """
    plan = replace(plan, intent=Intent.CLEAR)
    progress = Progress(stopping=True)
    if request.type == "Create":
        # Nothing comes before a Create; what is claimed is the Delete's that has come since.
        progress = replace(progress, failure="The stack is rolling back or being deleted.")
        return State(plan, progress, done=False)
    claim = Claim(request.request_id, plan.started_at)
    try:
        _once_allowed(lambda: world.staging.claim(request.staged, claim), plan, world)
    except AwsError as error:
        log.warning("what was staged may be gone: %s", error)
    if request.type == "Update":
        try:
            pool = _once_allowed(
                lambda: world.import_jobs.user_pool(request.user_pool_id), plan, world
            )
            results = tuple(job.result for job in last_import(request, world))
            plan, progress = replace(plan, pool_name=pool.name), replace(progress, results=results)
        except AwsError as error:
            log.warning("the last import cannot be told: %s", error)
    return State(plan, progress, done=False)


def _stage(request: ImportRequest, plan: Plan, world: Services) -> State:
    pool = world.import_jobs.user_pool(request.user_pool_id)
    plan = replace(plan, pool_name=pool.name)
    job_ids: tuple[str, ...] = ()
    if request.type == "Update" and not request.content_changed:
        last = last_import(request, world)
        if not request.waiting_is_to_start:
            results = tuple(job.result for job in last)
            return State(replace(plan, intent=Intent.KEEP), Progress(results=results), done=True)
        if all(job.status is JobStatus.CREATED or job.status.is_active for job in last):
            job_ids = tuple(job.id for job in last)
    if not pool.auto_verified_attributes:
        raise RequestError(
            f"User pool {request.user_pool_id} verifies neither email addresses nor phone numbers "
            "automatically, and Cognito starts no import for such a pool. Set auto_verify on it."
        )
    users = _stage_users(request, plan, pool, world)
    log.info("staged %d users in %d jobs", users.users, len(users.jobs))
    plan = replace(plan, header=users.header, jobs=users.jobs)
    if len(job_ids) != len(users.jobs):
        job_ids = ()
    unverified = () if request.source.pinned else job_ids
    return State(plan, Progress(job_ids=job_ids, unverified=unverified), done=False)


def _stage_users(
    request: ImportRequest, plan: Plan, pool: UserPool, world: Services
) -> StagedUsers:
    """Read the source once, check every row, and write what passes to the staging bucket."""
    claim = Claim(request.request_id, plan.started_at)
    last = world.staging.claim_of(request.staged)
    if last is not None and last.started_at > claim.started_at:
        raise RequestError(_OVERTAKEN)
    world.staging.claim(request.staged, claim)
    world.staging.remove(request.problems)
    known = Pool.from_description(
        pool.description, world.import_jobs.csv_header(request.user_pool_id)
    )
    source = _in_time(world.staging.read_source(request.source), request, plan, world)
    problems = ProblemsFile(request, claim, world)
    with problems, world.staging.write(request.staged, claim) as staged:
        report = check_users(
            source,
            known,
            staged.write,
            reading=request.reading,
            limits=Limits(jobs=MOST_JOBS),
            sink=problems.add,
        )
        last = world.staging.claim_of(request.staged)
        # Where there is none, a Delete has come and gone: what appears now, nobody would remove.
        if last is None or last.started_at > claim.started_at:
            raise RequestError(_OVERTAKEN)
        problems.close()
        _log(request, report)
        if report.staged is None:
            raise CsvError(_reason(request, report, problems))
    return report.staged


def _log(request: ImportRequest, report: Report) -> None:
    log.info("%s: %d users", request.source.name, report.users)
    if report.mended:
        log.info("mended: %s", told_mendings(report.mended))
    if report.findings.warnings:
        log.warning(
            "users that Cognito will skip: %d: %s",
            report.findings.warnings,
            report.findings.told_warnings(),
        )


def _reason(request: ImportRequest, report: Report, problems: ProblemsFile) -> str:
    """Say why the CSV is not imported; the end may be cut off, so what matters comes first."""
    findings = report.findings
    count = findings.errors
    more = problems.is_written or count > len(findings.first)
    return (
        f"{request.source.name} has {count:,} problem{'s' if count > 1 else ''}, and nothing was "
        f"imported{f'. {problems.where}' if more else ': '}{findings.told_errors()}"
    )


def _in_time(
    chunks: Iterator[bytes], request: ImportRequest, plan: Plan, world: Services
) -> Iterator[bytes]:
    for chunk in chunks:
        if world.now() >= plan.deadline:
            minutes = request.timeout_seconds / 60
            raise SourceError(
                f"Reading {request.source.name} took longer than the import's timeout of "
                f"{minutes:g} minute{'' if minutes == 1 else 's'}. Give it a longer one, or fewer "
                "users."
            )
        yield chunk
