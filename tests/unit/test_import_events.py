"""The event that an import has ended: when it is sent, by whom, and what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import IMPORT_ROLE, MACHINE, POOL, STACK, create, delete, reverse, update
from helpers.fake_world import CANARY, Execution, Outcome, run_workflow, users

from user_import.cloudformation import Request
from user_import.messages import steps as messages
from user_import.messages.starter import workflow_broke

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

NAME = "Auth/Seed"
NEVER = float("inf")


def asking(**changes: Any) -> dict[str, Any]:
    return create(Events=NAME, ContractVersion="2", **changes)


def the_event(world: FakeAws) -> dict[str, Any]:
    (detail,) = world.events.details
    return detail


def broken(world: FakeAws, event: dict[str, Any], **ended: str) -> str:
    """Answer for an execution that broke; return its ARN."""
    arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:{event['RequestId']}"
    url = world.web.url("/answer/1")
    world.states.inputs[arn] = json.dumps({"request": event, "response_url": url})
    world.answer_for({"executionArn": arn, "status": "TIMED_OUT", **ended})
    return arn


def test_an_import_that_succeeds_sends_its_attributes(world: FakeAws) -> None:
    event = asking()
    execution = run_workflow(event, world)
    request = Request.from_event(event)
    assert the_event(world) == {
        "id": the_event(world)["id"],
        "status": "SUCCEEDED",
        "import": NAME,
        "stackId": STACK,
        "requestType": "Create",
        "userPoolId": POOL,
        "attributes": execution.attributes,
    }
    assert the_event(world)["id"].startswith(request.import_id)


def test_the_event_is_sent_with_the_role_of_the_import(world: FakeAws) -> None:
    run_workflow(asking(), world)
    assert [role for _, role in world.events.sent] == [IMPORT_ROLE]


def test_an_import_that_fails_sends_its_reason_and_counters(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    run_workflow(asking(), world)
    event = the_event(world)
    assert event["status"] == "FAILED"
    assert messages.counters("Failed", 2, 0, 1, 3) in event["reason"]
    assert event["attributes"]["FailedUsers"] == "1"


def test_the_event_of_a_failure_names_no_user_and_no_line_of_the_log(world: FakeAws) -> None:
    line = f"[FAILED] Line Number 2 - The user {CANARY} is not welcome."
    world.cognito.outcomes = [Outcome("Failed", failed=1, lines=(line,))]
    execution = Execution(asking(), world).run()
    (answer,) = world.web.answers(execution.path)
    assert CANARY in answer["Reason"], "the test needs a line with a user in it"
    assert CANARY not in json.dumps(the_event(world))
    assert "Line Number" not in json.dumps(the_event(world))


def test_a_file_that_is_refused_sends_a_failure(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = b"cognito:username,email\nada,ada\n"
    execution = run_workflow(asking(), world)
    assert the_event(world)["status"] == "FAILED"
    assert the_event(world)["reason"] == execution.reason
    assert the_event(world)["attributes"]["JobIds"] == ""


def test_a_request_with_bad_properties_sends_a_failure(world: FakeAws) -> None:
    execution = run_workflow(asking(Start="maybe"), world)
    assert the_event(world)["reason"] == execution.reason
    assert "attributes" not in the_event(world)


def test_an_import_of_a_construct_that_asks_for_no_events_sends_none(world: FakeAws) -> None:
    run_workflow(create(), world)
    assert world.called("PutEvents") == []


def test_an_update_with_the_same_content_and_a_delete_send_no_event(world: FakeAws) -> None:
    event = asking()
    run_workflow(event, world)
    world.events.sent.clear()
    run_workflow(update(event, TimeoutSeconds="60"), world)
    run_workflow(delete(event), world)
    assert world.called("PutEvents")[1:] == []


def test_an_update_that_rolls_another_one_back_sends_no_event(world: FakeAws) -> None:
    event = asking()
    run_workflow(event, world)
    changed = update(event, SourceHash="b2")
    world.cognito.outcomes = [Outcome("Failed", failed=3)]
    run_workflow(changed, world)
    assert [each["status"] for each in world.events.details] == ["SUCCEEDED", "FAILED"]
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    run_workflow(reverse(changed), world)
    assert len(world.events.sent) == 2


def test_two_requests_have_two_ids_and_a_repeated_report_has_the_same(world: FakeAws) -> None:
    first = run_workflow(asking(), world)
    second = Execution(asking(RunToken="again"), world, calls_a_step=2).run()
    one, two, again = (each["id"] for each in world.events.details)
    assert first.event["RequestId"] != second.event["RequestId"]
    assert one != two == again


def test_cloudformation_is_answered_before_the_event_is_sent(world: FakeAws) -> None:
    answered: list[Any] = []
    world.before("PutEvents", lambda: answered.extend(world.web.tried("/answer/")))
    run_workflow(asking(), world)
    assert len(answered) == 1


def test_an_entry_that_fails_is_sent_again(world: FakeAws) -> None:
    world.events.refuses = 2
    run_workflow(asking(), world)
    assert the_event(world)["status"] == "SUCCEEDED"
    assert len(world.called("PutEvents")) == 3


def test_an_event_that_cannot_be_sent_fails_the_step_which_is_repeated(world: FakeAws) -> None:
    world.fault("PutEvents", "InternalException", times=6)
    execution = Execution(asking(), world).run()
    assert not execution.failed
    assert the_event(world)["status"] == "SUCCEEDED"
    assert {each["Status"] for each in world.web.answers(execution.path)} == {"SUCCESS"}


def test_the_starter_sends_the_event_that_the_worker_could_not_send(world: FakeAws) -> None:
    # Four tries of each of six calls of Report.
    world.fault("PutEvents", "AccessDeniedException", times=24)
    execution = Execution(asking(), world).run()
    assert execution.failed
    ((detail, role),) = world.events.sent
    assert role is None
    assert (detail["status"], detail["requestType"]) == ("SUCCEEDED", "Create")
    assert detail["attributes"]["ImportedUsers"] == "3"
    answers = world.web.answers(execution.path)
    assert {each["Status"] for each in answers} == {"SUCCESS"}, "the starter answers nothing else"


@pytest.mark.parametrize(
    "cause",
    ["", "text", '{"errorMessage": "no event in it"}', "[]", '{"errorMessage": "The event: 1"}'],
)
def test_an_execution_whose_cause_has_no_event_is_one_that_broke(
    world: FakeAws, cause: str
) -> None:
    event = asking()
    arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:{event['RequestId']}"
    world.states.errors[arn], world.states.causes[arn] = "EventNotSent", cause
    broken(world, event, status="FAILED")
    assert the_event(world)["status"] == "FAILED"


def test_the_starter_sends_a_failure_for_an_execution_that_broke(world: FakeAws) -> None:
    event = asking()
    arn = broken(world, event)
    detail = the_event(world)
    assert detail["status"] == "FAILED"
    assert detail["reason"] == workflow_broke("TIMED_OUT", "", POOL, arn)
    assert [role for _, role in world.events.sent] == [None]


def test_the_starter_sends_no_event_for_a_delete_that_broke(world: FakeAws) -> None:
    broken(world, delete(asking()))
    assert world.called("PutEvents") == []


def test_the_starter_sends_the_event_although_cloudformation_cannot_be_answered(
    world: FakeAws,
) -> None:
    event = asking()
    arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:{event['RequestId']}"
    url = "http://127.0.0.1:9/answer"
    world.states.inputs[arn] = json.dumps({"request": event, "response_url": url})
    with pytest.raises(ConnectionError):
        world.answer_for({"executionArn": arn, "status": "TIMED_OUT"})
    assert the_event(world)["status"] == "FAILED"


def test_an_event_that_the_starter_cannot_send_fails_its_call(world: FakeAws) -> None:
    world.fault("PutEvents", "InternalException")
    with pytest.raises(Exception, match="its event could not be sent"):
        broken(world, asking())


def test_the_output_of_an_execution_has_the_reason_with_the_lines(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(3)
    lines = ("[FAILED] Line Number 2 - Reason a.",)
    world.cognito.outcomes = [Outcome("Failed", failed=1, lines=lines)]
    execution = run_workflow(create(), world)
    assert execution.output["status"] == "FAILED"
    assert execution.output["reason"] == execution.reason
    assert "people.csv line 2" in execution.output["reason"]
