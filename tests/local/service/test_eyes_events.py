"""EventBridge takes, refuses and delivers events of one's own as AWS's does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from helpers.callers import caller, refused
from helpers.functions import called, make_function, printed
from helpers.import_world import allow, waited

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

PRINTS = """
def handler(event, context):
    print(event["detail"]["state"], flush=True)
"""


def entry(source: str, **detail: Any) -> dict[str, Any]:
    return {"Source": source, "DetailType": "import ended", "Detail": json.dumps(detail)}


def test_a_rule_delivers_events_of_a_source_of_ones_own(aws: LocalAws, name: str) -> None:
    sqs, events = aws.client("sqs"), aws.client("events")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    function = make_function(aws, name, PRINTS)
    called(aws, name, {"detail": {"state": "called first, which makes the log"}})
    pattern = {"source": [name], "detail": {"state": ["failed"]}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    targets = [queue["Attributes"]["QueueArn"], function]
    events.put_targets(
        Rule=name, Targets=[{"Id": str(place), "Arn": arn} for place, arn in enumerate(targets)]
    )

    answer = events.put_events(
        Entries=[
            entry(name, state="failed"),
            entry(name, state="succeeded"),
            entry("another", state="failed"),
        ]
    )

    assert answer["FailedEntryCount"] == 0
    (message,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    body = json.loads(message["Body"])
    assert (body["source"], body["detail"]) == (name, {"state": "failed"})
    lines = waited(lambda: printed(aws, name), lambda lines: len(lines) > 1)
    assert lines[1:] == ["failed"]


def test_putting_events_needs_the_right_to_the_bus(aws: LocalAws, name: str) -> None:
    bus = f"arn:aws:events:{aws.region}:{aws.account}:event-bus/"
    may = caller(aws, f"{name}-may", allow("events:PutEvents", f"{bus}default"))("events")
    may_not = caller(aws, f"{name}-not", allow("events:PutEvents", f"{bus}another"))("events")

    assert may.put_events(Entries=[entry(name)])["FailedEntryCount"] == 0
    with refused("AccessDeniedException", "not authorized to perform: events:PutEvents"):
        may_not.put_events(Entries=[entry(name)])


def test_an_event_with_a_source_of_aws_is_a_failed_entry(aws: LocalAws) -> None:
    answer = aws.client("events").put_events(Entries=[entry("aws.cognito")])

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_events_are_refused_on_request_in_a_call_that_succeeds(aws: LocalAws, name: str) -> None:
    events = aws.client("events")
    aws.faults.refuse_events()

    first = events.put_events(Entries=[entry(name), entry(name)])
    second = events.put_events(Entries=[entry(name)])

    assert first["FailedEntryCount"] == 2
    assert {each["ErrorCode"] for each in first["Entries"]} == {"InternalFailure"}
    assert second["FailedEntryCount"] == 0
