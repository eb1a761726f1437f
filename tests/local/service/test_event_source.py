"""The rights to send events: by the source of each, as AWS decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.callers import caller, refused
from helpers.import_world import allow

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

PUT = "events:PutEvents"


def entry(source: str) -> dict[str, Any]:
    return {"Source": source, "DetailType": "Something", "Detail": "{}"}


def bus(aws: LocalAws) -> str:
    return f"arn:aws:events:{aws.region}:{aws.account}:event-bus/default"


def test_a_source_of_events_can_be_a_condition(aws: LocalAws, name: str) -> None:
    aws.reset()
    grant = allow(PUT, bus(aws))
    grant["Condition"] = {"StringEquals": {"events:source": "ours"}}
    events = caller(aws, name, grant)("events")

    assert events.put_events(Entries=[entry("ours")])["FailedEntryCount"] == 0
    with refused("AccessDeniedException", PUT):
        events.put_events(Entries=[entry("theirs")])


def test_a_detail_type_can_be_a_condition(aws: LocalAws, name: str) -> None:
    aws.reset()
    grant = allow(PUT, bus(aws))
    grant["Condition"] = {"StringEquals": {"events:detail-type": "Something else"}}

    with refused("AccessDeniedException", PUT):
        caller(aws, name, grant)("events").put_events(Entries=[entry("ours")])
