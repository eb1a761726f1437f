"""The workflow's last step: remove the staged CSV and answer CloudFormation."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from ..aws.cognito import JobStatus
from ..aws.import_logs import log_stream_name
from ..cloudformation import Answer, send
from ..contract import Attribute, import_ended, log_group_name, passed_on
from ..errors import AwsError
from ..import_events import Ending
from ..messages import steps as messages
from ..messages.passwords import passwords_missing
from ..text import one_line
from .log_retention import manage_log_group
from .problem_report import remove_problem_report
from .record import record_end
from .relay import pass_on
from .state import Intent, PasswordStep, State, StepFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..aws.cognito import JobResult
    from ..aws.services import Services
    from ..cloudformation import Request
    from .import_request import ImportRequest

log = logging.getLogger(__name__)


def report(
    request: ImportRequest,
    end: State | StepFailure,
    respond: Callable[[Answer], None],
    services: Services,
) -> Ending:
    """Remove the staged CSV, manage Cognito's log group, and answer CloudFormation.

    Args:
        request: The request of CloudFormation.
        end: The last state of the workflow, or the failure of a step.
        respond: Sends the answer.
        services: AWS and the clock.

    Returns:
        The end of the request.
    """
    if isinstance(end, State) and end.progress.passes_on:
        answer = _answer_of_leg(request, end, services)
        respond(answer)
        reason = answer.reason
        return Ending(
            succeeded=not reason,
            reason=reason,
            cause=reason,
            attributes=answer.attributes or {},
            imports=bool(reason),
        )
    if isinstance(end, State) and request.type == "Delete" and end.plan.intent is Intent.KEEP:
        respond(Answer(succeeded=True))
        return Ending(succeeded=True, imports=False)
    _remove_staged(request, services)
    _remove_canary(request, end.state if isinstance(end, StepFailure) else end, services)
    if isinstance(end, StepFailure):
        state, ending = end.state, _ending_of_failure(request, end, services)
    else:
        state, ending = end, _ending(request, end, services)
    answer = _answer(request, ending)
    record_end(request, state, services, succeeded=answer.succeeded)
    if answer.succeeded:
        _remove_line_records(request, services)
    # After a Delete that fails, CloudFormation sends another.
    manages_log = answer.succeeded or request.type != "Delete"
    # After the deadline, little of CloudFormation's time may be left.
    late = state is not None and services.now() >= state.plan.request_ends
    if manages_log and not late:
        manage_log_group(request, state, services)
    if state is not None and state.progress.answered:
        _log_end(answer)
    else:
        respond(answer)
    if not answer.succeeded:
        # Not before, as a repeated report needs it. After the rollback of an update nobody removes
        # it, and the bucket cannot be deleted.
        _remove_line_records(request, services)
    if manages_log and late:
        manage_log_group(request, state, services)
    return ending


def respond(request: Request, answer: Answer, response_url: str, services: Services) -> None:
    """Log an answer, and send it to CloudFormation, unless the request is a run on demand."""
    log.info("answering: %s", "success" if answer.succeeded else one_line(answer.reason))
    if response_url:
        send(request, answer, response_url, sleep=services.sleep)


def _answer_of_leg(request: ImportRequest, state: State, services: Services) -> Answer:
    """Leave the import to the next leg of the relay, and return the answer of this leg."""
    if pass_on(request, state, services):
        relay = passed_on(request.request_id)
        return Answer(succeeded=True, attributes={str(Attribute.RELAY): relay})
    return Answer(succeeded=False, reason=messages.IMPORT_SUPERSEDED)


def _log_end(answer: Answer) -> None:
    if answer.succeeded:
        log.info("the import has succeeded: %s", dict(answer.attributes or {}))
    else:
        log.error("the import has failed: %s", one_line(answer.reason))


def _remove_line_records(request: ImportRequest, services: Services) -> None:
    """Remove what maps rows to lines; it has no data of users.

    An Update that imports nothing may end while the import of an earlier request goes on, which
    needs them for its report.
    """
    if request.line_records and _is_claimed_by(request, services):
        for record in request.line_records:
            services.staging.remove(record)


def _remove_canary(request: ImportRequest, state: State | None, services: Services) -> None:
    """Remove the synthetic users; those of a Delete go with their user pool."""
    if request.canary is not None and state is not None and state.plan.canary:
        from .canary import remove_canary_users  # noqa: PLC0415  few imports have one

        remove_canary_users(request.canary, services)


def _is_claimed_by(request: ImportRequest, services: Services) -> bool:
    """Whether no other request has claimed what is staged, as far as that is known."""
    claim = None
    with suppress(AwsError):
        claim = services.staging.claim_of(request.staged)
    return claim is None or claim.request_id == request.request_id


def _remove_staged(request: ImportRequest, services: Services) -> None:
    """Remove the CSV that this request has staged, of all algorithms.

    The problem report stays for the user to read, until the import is deleted.
    """
    if request.type == "Delete":
        remove_problem_report(request, services)
    if _is_claimed_by(request, services):
        # Last the one that has the claim.
        for staged in reversed(request.all_staged):
            services.staging.remove(staged)


def _answer(request: ImportRequest, ending: Ending) -> Answer:
    if not ending.succeeded:
        return Answer(succeeded=False, reason=ending.reason)
    if request.type == "Delete":
        return Answer(succeeded=True)
    if request.leg and not request.leg.is_last:
        ended = import_ended(request.content_id)
        return Answer(succeeded=True, attributes={str(Attribute.RELAY): ended})
    return Answer(succeeded=True, attributes=ending.attributes)


def _ending(request: ImportRequest, state: State, services: Services) -> Ending:
    failed = bool(state.progress.failure)
    return Ending(
        succeeded=not failed,
        reason=" ".join(_failure(request, state, services)) if failed else "",
        cause=" ".join(_cause(request, state)) if failed else "",
        attributes=_attributes(request, state),
        imports=state.plan.intent is Intent.IMPORT,
    )


def _attributes(request: ImportRequest, state: State) -> dict[str, str]:
    imports = state.plan.intent is Intent.IMPORT
    results = state.progress.results if imports else state.progress.last_results
    last = results[-1] if results else None
    return {
        Attribute.STATUS: last.status if last else "Unknown",
        Attribute.JOB_IDS: ",".join(result.id for result in results),
        Attribute.IMPORTED_USERS: str(sum(result.imported for result in results)),
        Attribute.SKIPPED_USERS: str(sum(result.skipped for result in results)),
        Attribute.FAILED_USERS: str(sum(result.failed for result in results)),
        Attribute.COMPLETION_MESSAGE: last.message if last else "",
        Attribute.LOG_GROUP_NAME: log_group_name(request.user_pool_id, state.plan.pool_name or ""),
        Attribute.LOG_STREAM_NAME: log_stream_name(last) if last else "",
    }


def _failure(request: ImportRequest, state: State, services: Services) -> Iterator[str]:
    """Compose the reason: the failure, Cognito's response, and the first users with their lines."""
    yield from _cause(request, state)
    results = _results(state)
    if not results:
        return
    last = results[-1]
    group = log_group_name(request.user_pool_id, state.plan.pool_name or "")
    from .failed_users import failed_users  # noqa: PLC0415  most imports succeed

    try:
        if lines := list(failed_users(request, state, group, services)):
            yield "; ".join(lines) + "."
    except AwsError as error:
        yield messages.import_log_unreadable(error.code)
    if JobStatus(last.status).ran:
        yield messages.import_log(group, log_stream_name(last))


def _results(state: State) -> tuple[JobResult, ...]:
    """Return the results of the jobs of this import."""
    return state.progress.results if state.plan.intent is Intent.IMPORT else ()


def _cause(request: ImportRequest, state: State) -> Iterator[str]:
    """Compose the part of the reason that is about the import, and not about single users."""
    progress = state.progress
    yield progress.failure
    results = _results(state)
    if not results:
        return
    last = results[-1]
    imported = sum(result.imported for result in results)
    yield messages.counters(
        last.status,
        imported,
        sum(result.skipped for result in results),
        sum(result.failed for result in results),
        progress.users,
    )
    if last.message:
        yield messages.completion_message(last.message)
    if imported:
        yield messages.imported_users_stay(imported, pool_stays=request.pool_stays)
    if _lacks_passwords(state):
        yield passwords_missing(imported)


def _lacks_passwords(state: State) -> bool:
    """Whether imported users may have no test password, although they were to get it."""
    progress = state.progress
    is_over = progress.password_step is PasswordStep.DONE
    return progress.imported > 0 and state.plan.password is not None and not is_over


def _ending_of_failure(request: ImportRequest, end: StepFailure, services: Services) -> Ending:
    """Stop the jobs that a failed step may have left running, and return the end of the request."""
    for job_id in end.state.progress.job_ids if end.state else ():
        try:
            if _may_run(request, job_id, services):
                services.import_jobs.stop(request.user_pool_id, job_id)
        except AwsError as error:
            log.warning("job %s was not stopped: %s", job_id, error)
        except Exception as error:  # noqa: BLE001  the error of the step may recur here
            log.warning("job %s was not stopped: %s", job_id, type(error).__name__)
    reason = messages.workflow_failed(end.cause)
    results = end.state.progress.results if end.state else ()
    if imported := sum(result.imported for result in results):
        stay = messages.imported_users_stay(imported, pool_stays=request.pool_stays)
        reason = f"{reason} {stay}"
    if end.state and _lacks_passwords(end.state):
        reason = f"{reason} {passwords_missing(imported)}"
    return Ending(
        succeeded=False,
        reason=reason,
        cause=reason,
        attributes=_attributes(request, end.state) if end.state else {},
        imports=end.state is None or end.state.plan.intent is Intent.IMPORT,
    )


def _may_run(request: ImportRequest, job_id: str, services: Services) -> bool:
    try:
        job = services.import_jobs.describe(request.user_pool_id, job_id)
    except AwsError as error:
        log.warning("the status of job %s is unknown, so that it is stopped: %s", job_id, error)
        return True
    return job.status.is_active and job.status is not JobStatus.STOPPING
