"""How many functions run at once, as in a new account."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import ClientError
from helpers.functions import make_function

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

_ONCE = Config(retries={"total_max_attempts": 1})

SLOW = """
import time
def handler(event, context):
    time.sleep(1)
    return "done"
"""


def test_invocations_above_the_reserved_concurrency_are_throttled_and_run_later(
    aws: LocalAws,
) -> None:
    make_function(aws, "slow-function", SLOW)
    aws.configure(functions_at_once=1)

    def invoke(event: dict[str, Any]) -> str:
        try:
            answer = aws.client("lambda", config=_ONCE).invoke(
                FunctionName="slow-function", Payload=json.dumps(event)
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return str(json.load(answer["Payload"]))

    with ThreadPoolExecutor(3) as pool:
        plain = sorted(pool.map(invoke, [{}] * 3))
        queued = list(pool.map(invoke, [{"RequestType": "Create"}] * 3))
    assert plain == ["TooManyRequestsException", "TooManyRequestsException", "done"]
    assert queued == ["done"] * 3, "what CloudFormation sends waits in Lambda's queue"
