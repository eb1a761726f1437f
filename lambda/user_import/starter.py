"""The function that CloudFormation calls: it starts the import workflow, or answers by itself.

It is also called by an EventBridge rule when an execution of the workflow has FAILED, TIMED_OUT
or was ABORTED: nothing inside an execution can catch all of these (States.Runtime, a time-out, an
abort), and CloudFormation must be answered all the same.

It imports nothing of the worker: whatever breaks there, this module still loads.

A Delete whose workflow cannot run any more, because somebody has removed or locked a part of it
by hand, is answered with SUCCESS: trying again would not help, and the stack could not be deleted.
What may be left is in the log and in the answer's reason. A Delete that could still work when it
is tried again is answered with FAILED, as every Create and Update is.
"""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .cloudformation import Answer, Request, send
from .contract import PROBLEMS_FILE, Property, log_group_name
from .propagation import PROPAGATION_SECONDS, retry_while
from .text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "KmsAccessDeniedException"})
_GONE = _DENIED | {
    "InvalidArn",
    "KmsInvalidStateException",
    "StateMachineDeleting",
    "StateMachineDoesNotExist",
}
"""What Step Functions says when something that the workflow needs was removed or locked."""

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
"""What ends an execution although all that it needs is there: trying again may help."""

_LATE = _DENIED | {"KmsThrottlingException"}
"""What may be said of a call only because its rights are not in force yet, or of too many calls."""

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Handle a request of CloudFormation, or the end of an execution that could not answer."""
    states = boto3.client("stepfunctions", config=Config(retries={"mode": "standard"}))
    if "RequestType" in event:
        start(event, states)
    else:
        answer_for(event["detail"], states)


def start(
    event: Mapping[str, Any],
    states: Any,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Start the workflow for a request, once however often the request is delivered."""
    request = Request.from_event(event)
    log.info("%s of %s in %s", request.type, request.logical_id, request.stack_id)
    # The URL that takes the answer is in the execution's input, which the customer's key encrypts,
    # and in no state after it.
    execution_input = {
        "request": {key: value for key, value in event.items() if key != "ResponseURL"},
        "response_url": event["ResponseURL"],
    }
    name = f"{request.type}-{request.request_id}"[:80]
    gone = False
    try:
        retry_while(
            _is_late,
            lambda: states.start_execution(
                stateMachineArn=request.properties[Property.STATE_MACHINE_ARN],
                name=name,
                input=json.dumps(execution_input),
            ),
            until=now() + PROPAGATION_SECONDS,
            now=now,
            sleep=sleep,
        )
    except ClientError as error:
        code = _code(error)
        if code == "ExecutionAlreadyExists":
            log.info("the request was delivered before; its execution goes on")
            return
        problem, gone = str(error), code in _GONE
    except KeyError as error:
        # A request without a state machine has never started anything either.
        problem, gone = f"The custom resource has no property {error.args[0]}.", True
    except BotoCoreError as error:
        problem = f"{type(error).__name__}: {error}"
    else:
        return
    if _was_started(request, name, states):
        log.info("the request has an execution all the same, which will answer")
        return
    # A service that refuses an input may quote it.
    problem = problem.replace(event["ResponseURL"], "(response URL)")
    reason = one_line(f"The import workflow could not be started. {problem}")
    _answer(request, reason, event["ResponseURL"], sleep, gone=gone)


def _was_started(request: Request, name: str, states: Any) -> bool:
    """Whether the workflow runs although the call failed.

    An earlier delivery may have started it, or this one, whose answer was lost.
    """
    machine = str(request.properties.get(Property.STATE_MACHINE_ARN))
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    try:
        states.describe_execution(executionArn=arn)
    except (BotoCoreError, ClientError):
        return False
    return True


def answer_for(
    ended: Mapping[str, Any],
    states: Any,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Answer CloudFormation for an execution that ended without doing so.

    The event of an encrypted workflow holds no input (Step Functions Developer Guide, "Data at
    rest encryption"), so the request is read from the execution.

    Raises:
        BotoCoreError, ClientError, KeyError: the execution cannot be read, so that nobody can be
            answered. Lambda tries again twice; CloudFormation gives up after the custom resource's
            ``ServiceTimeout``.
    """
    arn, status = ended["executionArn"], ended["status"]
    try:
        execution = retry_while(
            _is_late,
            lambda: states.describe_execution(executionArn=arn),
            until=now() + PROPAGATION_SECONDS,
            now=now,
            sleep=sleep,
        )
        execution_input = json.loads(execution["input"])
    except (BotoCoreError, ClientError, KeyError) as error:
        log.error(  # noqa: TRY400  a traceback has the service's words as they came
            "CloudFormation CANNOT BE ANSWERED: execution %s ended as %s and cannot be read, and "
            "only its input tells where to answer. The stack waits until the custom resource's "
            "ServiceTimeout. Look whether the workflow's key is enabled and the starter may use "
            "it, and for import jobs that still run: aws cognito-idp list-user-import-jobs. %s",
            one_line(arn),
            status,
            one_line(str(error)),
        )
        raise
    if "response_url" not in execution_input:
        log.info("execution %s was not started by CloudFormation", arn)
        return
    request = Request.from_event(execution_input["request"])
    cause = one_line(str(execution.get("error") or ""))[:200]
    reason = (
        f"The import workflow ended as {status}{f' ({cause})' if cause else ''} before it could "
        "report. An import job may still be running in user pool "
        f"{request.properties.get(Property.USER_POOL_ID)}. Execution: {arn}"
    )
    # Who aborted it can have it run again, and so can time.
    gone = status == "FAILED" and cause not in _MAY_PASS
    _answer(request, reason, execution_input["response_url"], sleep, gone=gone)


def _answer(
    request: Request,
    reason: str,
    response_url: str,
    sleep: Callable[[float], None],
    *,
    gone: bool,
) -> None:
    """Answer FAILED; but SUCCESS to a Delete where what it needs is ``gone``."""
    let_go = gone and request.type == "Delete"
    reason = one_line(f"{_left(request)} {reason}" if let_go else reason)
    log.error("answering %s: %s", "SUCCESS" if let_go else "FAILED", reason)
    send(request, Answer(succeeded=let_go, reason=reason), response_url, sleep=sleep)


def _left(request: Request) -> str:
    """Say what a Delete may leave that could not look."""
    pool, bucket, key = (
        request.properties.get(name, f"(no {name})")
        for name in (Property.USER_POOL_ID, Property.STAGING_BUCKET, Property.STAGING_KEY)
    )
    return (
        "Deleted WITHOUT CLEANING UP: a part of the import workflow was removed or locked. Nothing "
        f"was stopped: look for jobs of user pool {pool} whose names have {request.import_id} in "
        "them (aws cognito-idp list-user-import-jobs), and stop those that are Pending or "
        f"InProgress. Nothing was removed: s3://{bucket}/{key} and {PROBLEMS_FILE} beside it, "
        "which the bucket's lifecycle removes after a day; log group "
        f"{log_group_name(pool, '<name of the pool>')}."
    )


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def _is_late(error: Exception) -> bool:
    return isinstance(error, ClientError) and _code(error) in _LATE
