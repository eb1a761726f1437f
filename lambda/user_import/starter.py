"""The function that CloudFormation calls: it starts the import workflow, or answers itself.

An EventBridge rule calls it as well, when an execution of the workflow is FAILED, TIMED_OUT or
ABORTED: nothing inside an execution can catch all of these (States.Runtime, a timeout, an abort),
and CloudFormation needs an answer all the same.

It imports nothing of the worker: whatever breaks there, this module still loads.

A Delete whose workflow cannot run any more, because a part of it was removed or locked by hand, is
answered with SUCCESS: a retry would not help, and the stack could not be deleted. The log and the
answer's reason name the resources that may be left. A Delete that may succeed on retry is answered
with FAILED, as every Create and Update is.
"""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from .cloudformation import Answer, Request, send
from .contract import Attribute, Property, import_ended
from .errors import AccessDenied, AwsError, calling
from .import_events import Ending, EventBus, EventNotSent, event_of
from .log_context import IMPORT, PHASE, REQUEST, begin
from .messages.aws import LIST_JOBS
from .messages.starter import not_cleaned_up, property_missing, workflow_broke, workflow_not_started
from .propagation import PROPAGATION_SECONDS, retry_while
from .text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_EXECUTION_NAME_CHARACTERS = 80
_CAUSE_CHARACTERS = 200
_GONE = frozenset(
    {
        "InvalidArn",
        "KmsInvalidStateException",
        "StateMachineDeleting",
        "StateMachineDoesNotExist",
    }
)
"""Codes of Step Functions, beside denials, for a resource that was removed or locked."""

_MAY_PASS = frozenset(
    {
        "ConnectionError",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.SdkClientException",
        "Lambda.ServiceException",
        "Lambda.TooManyRequestsException",
        "Lambda.Unknown",
        "Runtime.ExitError",
        "Sandbox.Timedout",
        "States.HeartbeatTimeout",
        "States.Timeout",
    }
)
"""Errors of an execution whose resources all exist: a retry may succeed."""

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Handle a request of CloudFormation, or the end of an execution that could not answer."""
    begin({})  # before the client, which logs its credentials' source
    config = Config(retries={"mode": "standard"})
    states = boto3.client("stepfunctions", config=config)
    if "RequestType" in event:
        start(event, states)
    else:
        bus = EventBus(boto3.client("events", config=config))
        answer_for(event["detail"], states, bus)


def start(
    event: Mapping[str, Any],
    states: Any,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Start the workflow for a request, once however often the request is delivered."""
    request = Request.from_event(event)
    _begin_log(request)
    log.info("%s of %s in %s", request.type, request.logical_id, request.stack_id)
    url = event["ResponseURL"]
    if _has_nothing_to_do(request):
        log.info("the content was imported by a custom resource before this one")
        attributes = {str(Attribute.RELAY): import_ended(request.content_id)}
        send(request, Answer(succeeded=True, attributes=attributes), url, sleep=sleep)
        return
    machine = request.properties.get(Property.STATE_MACHINE_ARN)
    if machine is None:
        # A request without a state machine has never started anything either.
        problem = property_missing(Property.STATE_MACHINE_ARN)
        _answer(request, workflow_not_started(problem), url, sleep, gone=True)
        return
    # The response URL is in the execution's input, which the customer's key encrypts, and in no
    # state after it.
    execution_input = {
        "request": {key: value for key, value in event.items() if key != "ResponseURL"},
        "response_url": url,
    }
    name = f"{request.type}-{request.request_id}"[:_EXECUTION_NAME_CHARACTERS]

    def start_execution() -> None:
        # A service that refuses an input may quote it.
        with calling("states:StartExecution", secret=url):
            states.start_execution(
                stateMachineArn=machine, name=name, input=json.dumps(execution_input)
            )

    try:
        retry_while(
            _may_succeed_later,
            start_execution,
            until=now() + PROPAGATION_SECONDS,
            now=now,
            sleep=sleep,
        )
    except AwsError as error:
        if error.code == "ExecutionAlreadyExists":
            log.info("the request was delivered before; its execution continues")
        elif _was_started(machine, name, states):
            log.info("the request has an execution all the same, which will answer")
        else:
            gone = isinstance(error, AccessDenied) or error.code in _GONE
            _answer(request, workflow_not_started(str(error)), url, sleep, gone=gone)


def _has_nothing_to_do(request: Request) -> bool:
    """Return whether the leg before, in a relay, says that the content was imported.

    The last leg has the import's attributes, which only the worker knows.
    """
    properties = request.properties
    return (
        request.type != "Delete"
        and properties.get(Property.LEGS_AFTER, "0") != "0"
        and properties.get(Property.LEG_BEFORE) == import_ended(request.content_id)
    )


def _begin_log(request: Request) -> None:
    name = request.properties.get(Property.IMPORT_NAME)
    begin({REQUEST: request.request_id, IMPORT: str(name or request.logical_id), PHASE: "Starter"})


def _was_started(machine: object, name: str, states: Any) -> bool:
    """Return whether the workflow runs although the call failed.

    An earlier delivery may have started it, or this one, whose answer was lost.
    """
    arn = f"{str(machine).replace(':stateMachine:', ':execution:')}:{name}"
    try:
        _describe_execution(arn, states)
    except AwsError:
        return False
    return True


def _describe_execution(arn: str, states: Any) -> Any:
    with calling("states:DescribeExecution"):
        return states.describe_execution(executionArn=arn)


def answer_for(
    ended: Mapping[str, Any],
    states: Any,
    bus: EventBus,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Answer CloudFormation for an execution that ended without doing so, and send its event.

    An execution that could only not send its event has answered. An execution that broke does not
    say whether it had anything to import, so that its event is sent for each Create and Update.

    The event of an encrypted workflow holds no input (Step Functions Developer Guide, "Data at
    rest encryption"), so the request is read from the execution.

    Raises:
        AwsError: The execution cannot be read, and CloudFormation cannot be answered. Lambda tries
            again twice; CloudFormation stops waiting after the custom resource's `ServiceTimeout`.
        EventNotSent: The event cannot be sent; likewise, and CloudFormation is answered again.
        KeyError: The execution has no input; likewise.
    """
    arn, status = ended["executionArn"], ended["status"]
    try:
        execution = retry_while(
            _may_succeed_later,
            lambda: _describe_execution(arn, states),
            until=now() + PROPAGATION_SECONDS,
            now=now,
            sleep=sleep,
        )
        execution_input = json.loads(execution["input"])
    except (AwsError, KeyError) as error:
        log.error(  # noqa: TRY400  a traceback has the service's words as they came
            "CloudFormation CANNOT BE ANSWERED: execution %s ended as %s and cannot be read, and "
            "only its input has the response URL. The stack waits until the custom resource's "
            "ServiceTimeout. Check whether the workflow's key is enabled and the starter may use "
            "it, and look for import jobs that still run: %s …. %s",
            one_line(arn),
            status,
            LIST_JOBS,
            one_line(str(error)),
        )
        raise
    if "response_url" not in execution_input:
        log.info("execution %s was not started by this library", arn)
        return
    failure = str(execution.get("error") or "")
    if unsent := EventNotSent.event_in(str(execution.get("cause") or "")):
        bus.put(unsent)
        return
    request = Request.from_event(execution_input["request"])
    _begin_log(request)
    cause = printable(failure, _CAUSE_CHARACTERS)
    pool = str(request.properties.get(Property.USER_POOL_ID))
    reason = workflow_broke(status, cause, pool, arn)
    # ABORTED and TIMED_OUT may succeed on retry.
    gone = status == "FAILED" and cause not in _MAY_PASS
    try:
        if url := execution_input["response_url"]:
            _answer(request, reason, url, sleep, gone=gone)
    finally:
        if event := event_of(request, Ending(succeeded=False, reason=reason, cause=reason)):
            bus.put(event)


def _answer(
    request: Request,
    reason: str,
    response_url: str,
    sleep: Callable[[float], None],
    *,
    gone: bool,
) -> None:
    """Answer FAILED; but SUCCESS to a Delete whose workflow is `gone`."""
    let_go = gone and request.type == "Delete"
    reason = one_line(f"{_left(request)} {reason}" if let_go else reason)
    log.error("answering %s: %s", "SUCCESS" if let_go else "FAILED", reason)
    send(request, Answer(succeeded=let_go, reason=reason), response_url, sleep=sleep)


def _left(request: Request) -> str:
    """Say what a Delete that could not run may leave behind."""
    pool, bucket, key, record = (
        str(request.properties.get(name, f"(no {name})"))
        for name in (
            *(Property.USER_POOL_ID, Property.STAGING_BUCKET, Property.STAGING_KEY),
            Property.RECORD_KEY,
        )
    )
    return not_cleaned_up(pool, request.import_id, bucket, key, record)


def _may_succeed_later(error: Exception) -> bool:
    """Return whether a right may not be in force yet, or the key had too many calls."""
    if isinstance(error, AccessDenied):
        return True
    return isinstance(error, AwsError) and error.code == "KmsThrottlingException"
