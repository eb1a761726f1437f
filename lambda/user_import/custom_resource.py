"""The function that CloudFormation calls: it starts the import workflow, or answers by itself.

It is also called by an EventBridge rule when an execution of the workflow has FAILED, TIMED_OUT
or was ABORTED: nothing inside an execution can catch all of these (States.Runtime, a time-out, an
abort), and CloudFormation must be answered all the same.

It imports nothing of the worker: whatever breaks there, this module still loads.
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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_GRACE_SECONDS = 30
"""How long a call may be denied before it counts: a new policy takes a while to be in force."""

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
    event: Mapping[str, Any], states: Any, *, sleep: Callable[[float], None] = time.sleep
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
    try:
        _patiently(
            lambda: states.start_execution(
                stateMachineArn=request.properties["StateMachineArn"],
                name=f"{request.type}-{request.request_id}"[:80],
                input=json.dumps(execution_input),
            ),
            sleep,
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ExecutionAlreadyExists":
            log.info("the request was delivered before; its execution goes on")
            return
        problem = str(error)
    except (BotoCoreError, KeyError) as error:
        problem = f"{type(error).__name__}: {error}"
    else:
        return
    # A service that refuses an input may quote it.
    problem = problem.replace(event["ResponseURL"], "(response URL)")
    reason = f"The import workflow could not be started. {problem}"
    log.error(reason)
    send(request, Answer(succeeded=False, reason=reason), event["ResponseURL"], sleep=sleep)


def answer_for(
    ended: Mapping[str, Any], states: Any, *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Answer CloudFormation for an execution that ended without doing so.

    The event of an encrypted workflow holds no input (Step Functions Developer Guide, "Data at
    rest encryption"), so the request is read from the execution.
    """
    arn, status = ended["executionArn"], ended["status"]
    execution = _patiently(lambda: states.describe_execution(executionArn=arn), sleep)
    execution_input = json.loads(execution["input"])
    if "response_url" not in execution_input:
        log.info("execution %s was not started by CloudFormation", arn)
        return
    request = Request.from_event(execution_input["request"])
    reason = (
        f"The import workflow ended as {status} before it could report. An import job may still be "
        f"running in user pool {request.properties.get('UserPoolId')}. Execution: {arn}"
    )
    log.error(reason)
    send(
        request,
        Answer(succeeded=False, reason=reason),
        execution_input["response_url"],
        sleep=sleep,
    )


def _patiently(call: Callable[[], Any], sleep: Callable[[float], None]) -> Any:
    """Make a call that may be denied at first because its policy has only just been made."""
    waited = 0.0
    while True:
        try:
            return call()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code not in _DENIED or waited >= _GRACE_SECONDS:
                raise
        sleep(3)
        waited += 3
