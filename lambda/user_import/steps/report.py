"""The workflow's last step: tidy up, say what happened, answer CloudFormation."""

from __future__ import annotations

import json
import logging
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..aws.cognito import JobStatus
from ..aws.import_logs import log_group_name, log_stream_name
from ..cloudformation import Answer, Request, one_line, send
from ..errors import AwsError, RequestError
from ..users_csv import place
from .import_request import ImportRequest
from .log_retention import care_for
from .problem_report import remove_list
from .state import Intent, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..aws.services import Services
    from .state import JobResult, Plan, Progress

_LINES_SHOWN = 10
_LOG_PATIENCE_SECONDS = 16
_LOG_STEP_SECONDS = 2

log = logging.getLogger(__name__)


def report(
    event: Mapping[str, Any], response_url: str, state: Mapping[str, Any], world: Services
) -> None:
    """Remove what was staged, see to Cognito's log group, and answer CloudFormation.

    Args:
        event: CloudFormation's request, without the URL that takes the answer.
        response_url: the URL that takes the answer.
        state: what Stage or Advance returned; or, where one of them failed, what went into it with
            Step Functions' ``error`` beside it.
        world: everything outside.
    """
    try:
        request = ImportRequest.from_event(event)
    except RequestError as error:
        # With such properties nothing was ever staged or started, so a Delete has nothing to do.
        answer = Answer(event["RequestType"] == "Delete", str(error))
        _send(event, answer, response_url, world)
        return
    _tidy(request, world)
    if "error" in state:
        answer = _answer_for_error(request, state, world)
    else:
        answer = _answer(request, State.from_json(state), world)
    # A Delete that has failed comes again.
    caring = answer.succeeded or request.type != "Delete"
    # Of CloudFormation's patience after the deadline most may be gone.
    late = world.now() >= state.get("plan", {}).get("deadline", math.inf)
    if caring and not late:
        care_for(request, state, world)
    _send(event, answer, response_url, world)
    if caring and late:
        care_for(request, state, world)


def _send(event: Mapping[str, Any], answer: Answer, response_url: str, world: Services) -> None:
    log.info("answering: %s", "success" if answer.succeeded else one_line(answer.reason))
    send(Request.from_event(event), answer, response_url, sleep=world.sleep)


def _tidy(request: ImportRequest, world: Services) -> None:
    """Remove what this request has staged.

    The list of problems stays for the user to read, until the import goes.
    """
    if request.type == "Delete":
        remove_list(request, world)
    claim = None
    with suppress(AwsError):
        claim = world.staging.claim_of(request.staged)
    if claim is not None and claim.request_id != request.request_id:
        return
    world.staging.remove(request.staged)


def _answer(request: ImportRequest, state: State, world: Services) -> Answer:
    plan, progress = state.plan, state.progress
    if progress.failure:
        return Answer(succeeded=False, reason=" ".join(_failure(request, plan, progress, world)))
    if request.type == "Delete":
        return Answer(succeeded=True)
    return Answer(succeeded=True, attributes=_attributes(request, plan, progress.results))


def _attributes(
    request: ImportRequest, plan: Plan, results: tuple[JobResult, ...]
) -> dict[str, str]:
    last = results[-1] if results else None
    return {
        "Status": last.status if last else "Unknown",
        "JobIds": ",".join(result.id for result in results),
        "ImportedUsers": str(sum(result.imported for result in results)),
        "SkippedUsers": str(sum(result.skipped for result in results)),
        "FailedUsers": str(sum(result.failed for result in results)),
        "CompletionMessage": last.message if last else "",
        "LogGroupName": log_group_name(request.user_pool_id, plan.pool_name),
        "LogStreamName": log_stream_name(last) if last else "",
    }


def _failure(
    request: ImportRequest, plan: Plan, progress: Progress, world: Services
) -> Iterator[str]:
    """Say what went wrong: our own word, Cognito's, and the first users' with their lines."""
    yield progress.failure
    results = progress.results if plan.intent is Intent.IMPORT else ()
    if not results:
        return
    last = results[-1]
    yield (
        f"Status {last.status}: {sum(result.imported for result in results):,} imported, "
        f"{sum(result.skipped for result in results):,} skipped, "
        f"{sum(result.failed for result in results):,} failed of {plan.users:,} users."
    )
    if last.message:
        yield f'Cognito says: "{last.message}"'
    group = log_group_name(request.user_pool_id, plan.pool_name)
    try:
        if lines := list(_lines(request, plan, results, group, world)):
            yield "; ".join(lines) + "."
    except AwsError as error:
        yield f"The import's log could not be read ({error.code})."
    yield f"Log: {group} stream {log_stream_name(last)}"


def _lines(
    request: ImportRequest, plan: Plan, results: Sequence[JobResult], group: str, world: Services
) -> Iterator[str]:
    """Tell the first users that count as not imported, by the lines of the user's own file."""
    outcomes = ["FAILED"] if request.tolerance.skipped is None else ["FAILED", "SKIPPED"]
    room = _LINES_SHOWN
    patience = _LOG_PATIENCE_SECONDS
    for rows, result in zip(plan.jobs, results, strict=False):
        counted = result.failed + (result.skipped if "SKIPPED" in outcomes else 0)
        most = min(counted, room)
        if not most:
            continue
        stream = log_stream_name(result)
        users = world.import_logs.results(group, stream, outcomes, most)
        # The lines may come some seconds after the job has ended.
        while len(users) < most and patience > 0:
            world.sleep(_LOG_STEP_SECONDS)
            patience -= _LOG_STEP_SECONDS
            users = world.import_logs.results(group, stream, outcomes, most)
        room -= len(users)
        for user in users:
            where = place(rows.source_line(user.line), request.reading.counted)
            reason = user.reason.removesuffix(".")
            yield f"{request.source.name} {where}: {user.outcome.lower()}: {reason}"


def _answer_for_error(request: ImportRequest, state: Mapping[str, Any], world: Services) -> Answer:
    """Answer for a step that failed again and again, and stop the job it may have left running."""
    error = state["error"]
    try:
        cause = json.loads(error["Cause"])["errorMessage"]
    except (KeyError, TypeError, ValueError):
        cause = error.get("Error", "unknown error")
    job_ids = state["progress"]["job_ids"] if "progress" in state else ()
    for job_id in filter(None, job_ids):
        try:
            if _may_run(request, job_id, world):
                world.import_jobs.stop(request.user_pool_id, job_id)
        except AwsError as refusal:
            log.warning("job %s was not stopped: %s", job_id, refusal)
        except Exception as surprise:  # noqa: BLE001  what broke the step may break this as well
            log.warning("job %s was not stopped: %s", job_id, type(surprise).__name__)
    return Answer(
        succeeded=False,
        reason=(
            f"The import workflow failed: {cause.removesuffix('.')}. The log group of its worker "
            "says more."
        ),
    )


def _may_run(request: ImportRequest, job_id: str, world: Services) -> bool:
    try:
        job = world.import_jobs.describe(request.user_pool_id, job_id)
    except AwsError as error:
        log.warning("job %s cannot be told, and is stopped unseen: %s", job_id, error)
        return True
    return job.status.is_active and job.status is not JobStatus.STOPPING
