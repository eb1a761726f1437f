from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
)
from helpers.events import ROLE, create, delete, update
from helpers.fake_world import CANARY, TRUST, Execution, run_workflow, users

from user_import import worker
from user_import.contract import IMPORT_PRINCIPAL, may_trust
from user_import.errors import RequestError
from user_import.messages import steps as messages
from user_import.propagation import PROPAGATION_SECONDS
from user_import.steps.import_request import ImportRequest
from user_import.steps.stage import stage
from user_import.steps.state import Intent, State
from user_import.users_csv import describe_left_out

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

BASIC = ["cognito:username", "email", "email_verified"]


def staged(event: dict[str, Any], world: FakeAws) -> State:
    return stage(ImportRequest.from_event(event), world.clock.now(), world)


def test_the_deadline_is_counted_from_the_start_of_the_execution(world: FakeAws) -> None:
    plan = Execution(create(TimeoutSeconds="90"), world)
    plan.step()
    assert plan.state["plan"]["started_at"] == world.clock.now()
    assert plan.state["plan"]["deadline"] == world.clock.now() + 90


def test_step_functions_way_to_write_a_time_is_read(world: FakeAws) -> None:
    event = {"step": "stage", "request": create(), "started_at": "2026-11-22T21:00:00.123Z"}
    assert worker.run(event, world)["plan"]["started_at"] == 1795381200.123


def test_a_delete_calls_no_other_service_and_claims_the_staged_csv(world: FakeAws) -> None:
    state = staged(delete(create()), world)
    assert state.plan.intent is Intent.CLEAR
    assert state.progress.stopping
    assert world.operations == ["HeadObject", "PutObject"]
    assert world.s3.objects["st", "imports/seed/users.csv"] == b""
    claim = world.staging.claim_of(ImportRequest.from_event(create()).staged)
    assert claim is not None
    assert claim.started_at == world.clock.now()


def test_a_request_that_a_later_one_has_superseded_stages_nothing(world: FakeAws) -> None:
    event = create()
    started_at = world.clock.now()
    world.clock.sleep(1)
    staged(update(event, SourceHash="later"), world)
    claimed = dict(world.s3.metadata)

    late = stage(ImportRequest.from_event(event), started_at, world)

    assert late.done
    assert late.progress.failure == messages.REQUEST_SUPERSEDED
    assert world.s3.metadata == claimed


@pytest.mark.parametrize("gone", [True, False], ids=["a Delete", "an Update"])
def test_a_request_that_is_superseded_while_it_reads_leaves_nothing_staged(
    world: FakeAws, gone: bool
) -> None:
    event = create()
    left = {}

    def supersede() -> None:
        world.clock.sleep(1)
        staged(update(event, SourceHash="later"), world)
        if gone:
            world.s3.objects.pop(("st", "imports/seed/users.csv"))
            world.s3.metadata.pop(("st", "imports/seed/users.csv"))
        left.update(world.s3.metadata)

    world.before("GetCSVHeader", supersede)
    late = staged(event, world)

    assert late.done
    assert late.progress.failure == messages.REQUEST_SUPERSEDED
    assert world.s3.metadata == left


def test_rows_are_staged_without_header_and_the_header_is_in_the_plan(world: FakeAws) -> None:
    world.cognito.columns = BASIC
    world.cognito.columns = [*BASIC, "name"]
    csv = b"\xef\xbb\xbfemail_verified, cognito:username,email\r\ntrue,ann,a@x\r\n\r\ntrue,bob,b@x"
    world.s3.objects["assets", "users.csv"] = csv
    state = staged(create(), world)
    assert world.s3.objects["st", "imports/seed/users.csv"] == (b"true,ann,a@x,\ntrue,bob,b@x,\n")
    assert state.plan.header == "email_verified,cognito:username,email,name\n"
    assert [job.rows.lines for job in state.progress.jobs] == [((0, 2), (1, 4))]


def test_more_users_than_a_job_takes_make_two_jobs(world: FakeAws) -> None:
    world.cognito.columns = BASIC
    rows = [f"{number},a@x,true" for number in range(500_001)]
    csv = "\n".join(["cognito:username,email,email_verified", *rows])
    world.s3.objects["assets", "users.csv"] = csv.encode()
    state = staged(create(), world)
    assert [job.rows.users for job in state.progress.jobs] == [500_000, 1]
    assert state.progress.jobs[1].rows.source_line(2) == 500_002
    last = state.progress.jobs[1].rows
    content = world.s3.objects["st", "imports/seed/users.csv"]
    assert content[last.offset : last.offset + last.length] == b"500000,a@x,true\n"


def test_a_version_of_the_source_is_read_where_one_is_named(world: FakeAws) -> None:
    world.s3.versions["assets", "users.csv", "v1"] = users(1)
    state = staged(create(SourceVersion="v1"), world)
    assert state.progress.users == 1


def test_a_version_that_does_not_exist_is_reported(world: FakeAws) -> None:
    state = staged(create(SourceVersion="v9"), world)
    assert state.done
    assert "s3://assets/users.csv version v9" in state.progress.failure


def test_a_source_that_breaks_off_is_read_again_and_leaves_no_upload(world: FakeAws) -> None:
    broken = IncompleteReadError(actual_bytes=1, expected_bytes=2)
    world.fault("PutObject", broken, times=1)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert world.staged == []


def test_the_pools_columns_that_the_file_lacks_are_staged_blank(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = (
        b"cognito:username,email,email_verified\nann,a@x,true\n"
    )
    state = staged(create(), world)
    header = state.plan.header.rstrip("\n").split(",")
    row = world.s3.objects["st", "imports/seed/users.csv"].decode().rstrip("\n").split(",")
    assert sorted(header) == sorted(world.cognito.columns)
    assert len(row) == len(header)


def test_an_unknown_step_is_refused(world: FakeAws) -> None:
    with pytest.raises(RequestError, match="no step sweep"):
        worker.run({"step": "sweep"}, world)


def test_an_unexpected_exception_is_reduced_to_type_and_place(
    world: FakeAws,
) -> None:
    world.fault("GetCSVHeader", KeyError("Kanarie"))
    with pytest.raises(RuntimeError, match=r"^KeyError at \w+\.py:\d+$") as caught:
        worker.run({"step": "stage", "request": create(), "started_at": "2026-11-22T21:00Z"}, world)
    assert caught.value.__suppress_context__


def test_the_place_of_an_unexpected_exception_is_its_origin(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(_pool_id: str) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(world.import_jobs, "csv_header", surprise)
    place = f"test_stage.py:{surprise.__code__.co_firstlineno + 1}"
    with pytest.raises(RuntimeError, match=f"^KeyError at {place}$"):
        worker.run({"step": "stage", "request": create(), "started_at": "2026-11-22T21:00Z"}, world)


@pytest.mark.parametrize(
    ("seconds", "reported"), [("60", "1 minute"), ("90", "1 minute 30 seconds")]
)
def test_a_source_that_takes_too_long_to_read_is_cancelled(
    world: FakeAws, seconds: str, reported: str
) -> None:
    world.s3.seconds_per_read = int(seconds)
    state = staged(create(TimeoutSeconds=seconds), world)
    assert state.done
    assert state.progress.failure == messages.source_timed_out("people.csv", int(seconds))
    assert f" {reported}. " in state.progress.failure
    assert world.s3.uploads == {}


def test_columns_left_out_are_logged_with_their_names(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="user_import")
    csv = b"cognito:username,email,email_verified,Notes\nada,ada@example.com,true,x\n"
    world.s3.objects["assets", "users.csv"] = csv
    state = staged(create(Reading='{"only_columns": true}'), world)
    assert state.progress.failure == ""
    assert describe_left_out(["Notes"]) in caplog.messages


def test_a_stack_operation_that_has_ended_is_reported_at_once(world: FakeAws) -> None:
    world.cloudformation.status = "UPDATE_COMPLETE"
    state = staged(create(), world)
    assert state.done
    assert world.operations == ["DescribeStacks"]


ALL_OF_STAGE = [
    *("AssumeRole", "DescribeStacks", "GetObject", "DescribeUserPool", "HeadObject"),
    *("PutObject", "DeleteObject", "GetCSVHeader", "ListUserImportJobs"),
]
"""What Stage calls for a Create, in the order in which it does so first."""


def test_every_call_of_stage_is_known(world: FakeAws) -> None:
    staged(create(), world)
    assert list(dict.fromkeys(call.operation for call in world.calls)) == ALL_OF_STAGE


@pytest.mark.parametrize("operation", [each for each in ALL_OF_STAGE if each != "DeleteObject"])
def test_the_csv_is_staged_after_a_denial_of_almost_two_minutes(
    world: FakeAws, operation: str
) -> None:
    world.s3.says_of_missing = "403"
    started_at = world.clock.now()
    world.fault(operation, "AccessDenied", seconds=PROPAGATION_SECONDS - 1)
    state = staged(create(), world)
    assert state.progress.failure == ""
    assert state.progress.users == 3
    assert world.clock.now() < started_at + PROPAGATION_SECONDS + 3


@pytest.mark.parametrize("seconds_before", [0, 100, 600])
def test_the_two_minutes_begin_with_the_execution_and_not_with_the_call(
    world: FakeAws, seconds_before: int
) -> None:
    world.fault("GetCSVHeader", "AccessDenied", "not today")
    called_at = world.clock.now()
    request = ImportRequest.from_event(create())
    state = stage(request, called_at - seconds_before, world)
    assert "not today" in state.progress.failure
    left = max(0, PROPAGATION_SECONDS - seconds_before)
    assert left <= world.clock.now() - called_at < left + 3


def test_a_denied_call_is_not_retried_beyond_the_deadline(world: FakeAws) -> None:
    called_at = world.clock.now()
    world.fault("GetCSVHeader", "AccessDenied", "not today")
    state = staged(create(TimeoutSeconds="60"), world)
    assert "not today" in state.progress.failure
    assert 60 <= world.clock.now() - called_at < 63


def test_a_delete_claims_the_staged_csv_as_soon_as_it_is_allowed(world: FakeAws) -> None:
    world.fault("PutObject", "AccessDenied", seconds=PROPAGATION_SECONDS - 1)
    event = delete(create())
    request = ImportRequest.from_event(event)
    staged(event, world)
    claim = world.staging.claim_of(request.staged)
    assert claim is not None
    assert claim.request_id == request.request_id


def test_a_delete_that_may_never_claim_continues_after_two_minutes(world: FakeAws) -> None:
    called_at = world.clock.now()
    world.fault("PutObject", "AccessDenied")
    state = staged(delete(create()), world)
    assert not state.done
    assert state.plan.intent is Intent.CLEAR
    assert PROPAGATION_SECONDS <= world.clock.now() - called_at < PROPAGATION_SECONDS + 3


def test_a_reverse_update_without_rights_waits_two_minutes_in_total(world: FakeAws) -> None:
    called_at = world.clock.now()
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    for operation in ("PutObject", "DescribeUserPool"):
        world.fault(operation, "AccessDenied")
    state = staged(update(create()), world)
    assert state.plan.intent is Intent.CLEAR
    assert world.clock.now() - called_at < PROPAGATION_SECONDS + 6


def test_a_stack_that_may_never_be_described_is_reported(world: FakeAws) -> None:
    world.fault("DescribeStacks", "AccessDenied", "not today")
    state = staged(create(), world)
    assert state.done
    assert state.progress.failure.startswith("cloudformation:DescribeStacks: AccessDenied: not")


def test_a_bad_property_ends_the_workflow_with_its_name_and_not_in_an_exception(
    world: FakeAws,
) -> None:
    execution = Execution(create(TimeoutSeconds="soon"), world)
    execution.step()
    assert execution.state["done"]
    assert "TimeoutSeconds" in execution.state["failure"]
    assert "TimeoutSeconds" in execution.run().reason


def test_an_import_with_a_replaced_waiting_job_is_answered_with_all_jobs(
    world: FakeAws,
) -> None:
    event = create(Start="false")
    first = Execution(event, world).split(1, 2).run()
    waiting = first.attributes["JobIds"].split(",")
    starting = Execution(update(event, Start="true"), world).split(1, 2)
    starting.take_jobs(waiting)
    starting.run_until(lambda: len(world.cognito.started) == 2)
    ending = world.cognito.job(1).outcome
    assert ending is not None
    ending.lost = 2
    done = starting.run()
    assert done.attributes["ImportedUsers"] == "3"
    again = run_workflow(update(starting.event, TimeoutSeconds="600"), world)
    assert again.attributes == done.attributes


def test_a_state_that_stage_returns_can_be_read_back(world: FakeAws) -> None:
    state = staged(create(), world)
    assert State.from_json(state.to_json()) == state


# The logs role

NAME = ROLE.rpartition("/")[2]


@pytest.fixture
def imported() -> dict[str, Any]:
    """A Create whose logs role the app does not create."""
    return create(LogsRoleKind="imported")


def test_an_imported_logs_role_is_checked_once_before_the_first_job(
    world: FakeAws, imported: dict[str, Any]
) -> None:
    world.before("GetRole", lambda: world.s3.objects.pop(("assets", "users.csv")))
    execution = run_workflow(imported, world)
    assert "s3://assets/users.csv does not exist" in execution.reason, "it was read later"
    assert world.called("GetRole") == [{"RoleName": NAME}]


def test_an_imported_logs_role_that_trusts_cognito_imports(
    world: FakeAws, imported: dict[str, Any]
) -> None:
    assert run_workflow(imported, world).status == "SUCCESS"
    assert len(world.called("GetRole")) == 1


def test_a_logs_role_of_another_account_fails_at_once_without_a_look(world: FakeAws) -> None:
    role = ROLE.replace("123456789012", "210987654321")
    execution = run_workflow(create(LogsRoleKind="imported", LogsRoleArn=role), world)
    assert execution.reason == messages.logs_role_elsewhere(role, "123456789012")
    assert execution.seconds < 5
    assert world.called("GetRole") == []


def test_a_logs_role_that_does_not_exist_fails_at_once(
    world: FakeAws, imported: dict[str, Any]
) -> None:
    world.iam.trust.clear()
    execution = run_workflow(imported, world)
    assert execution.reason == messages.logs_role_missing(ROLE)
    assert execution.seconds < 5
    assert world.cognito.jobs == []


def test_a_logs_role_that_does_not_trust_cognito_fails_at_once_with_the_statement(
    world: FakeAws, imported: dict[str, Any]
) -> None:
    world.iam.trust[NAME] = trust({"Service": "lambda.amazonaws.com"})
    execution = run_workflow(imported, world)
    assert execution.reason == messages.logs_role_untrusting(ROLE)
    statement = json.loads(execution.reason.partition("deploy again: ")[2])
    assert statement == TRUST["Statement"][0]
    assert execution.seconds < 5
    assert world.cognito.jobs == []


@pytest.mark.parametrize(
    "fault",
    [
        "AccessDenied",
        "Throttling",
        "ServiceFailure",
        ConnectTimeoutError(endpoint_url="https://iam.amazonaws.com/"),
        ReadTimeoutError(endpoint_url="https://iam.amazonaws.com/"),
        EndpointConnectionError(endpoint_url="https://iam.amazonaws.com/"),
    ],
    ids=str,
)
def test_a_role_check_without_a_response_is_not_an_error_and_is_not_retried(
    world: FakeAws, imported: dict[str, Any], fault: Any
) -> None:
    world.fault("GetRole", fault)
    assert run_workflow(imported, world).status == "SUCCESS"
    assert len(world.called("GetRole")) == 1


def test_the_role_check_is_one_call_with_a_timeout_of_three_seconds(
    world: FakeAws, imported: dict[str, Any]
) -> None:
    run_workflow(imported, world)
    (config,) = (config for service, config in world.clients if service == "iam")
    assert config.retries == {"total_max_attempts": 1}
    assert config.connect_timeout + config.read_timeout == 3


@pytest.mark.parametrize("kind", [None, "restricted"])
def test_a_logs_role_of_the_app_is_not_checked(world: FakeAws, kind: str | None) -> None:
    """Requests of a construct that does not know the property are among these."""
    assert run_workflow(create(LogsRoleKind=kind), world).status == "SUCCESS"
    assert world.called("GetRole") == []


def test_an_update_that_imports_nothing_checks_no_role(
    world: FakeAws, imported: dict[str, Any]
) -> None:
    run_workflow(imported, world)
    world.iam.trust.clear()
    again = run_workflow(update(imported, TimeoutSeconds="600"), world)
    assert again.status == "SUCCESS"


def trust(principal: Any, **statement: Any) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return {"Statement": [{**allow, **statement}]}


COGNITO = {"Service": "cognito-idp.amazonaws.com"}
REFERENCE = {"Fn::Sub": "a text that is only known at deployment"}


@pytest.mark.parametrize(
    "document",
    [
        TRUST,
        {"Statement": TRUST["Statement"][0]},
        trust({"Service": ["lambda.amazonaws.com", "cognito-idp.amazonaws.com"]}),
        trust(COGNITO, Action=["sts:TagSession", "sts:AssumeRole"]),
        trust(COGNITO, Action="STS:assumerole"),
        trust(COGNITO, Action="sts:*"),
        trust(COGNITO, Condition={"ArnEquals": {"aws:SourceArn": "arn"}}),
        trust("*"),
        trust({"AWS": "*"}),
        trust({"Service": REFERENCE}),
        trust({"Service": ["lambda.amazonaws.com", REFERENCE]}),
        trust(COGNITO, Action=REFERENCE),
        {"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "arn"}, "NotAction": "s3:*"}]},
        {"Statement": [REFERENCE]},
        REFERENCE,
        "a text that is not a policy",
    ],
    ids=str,
)
def test_ambiguous_trust_policies_count_as_trust(document: Any) -> None:
    assert may_trust(document, IMPORT_PRINCIPAL)


@pytest.mark.parametrize(
    "document",
    [
        trust({"Service": "lambda.amazonaws.com"}),
        trust({"Service": "cognito-identity.amazonaws.com"}),
        trust({"Service": "email.cognito-idp.amazonaws.com"}),
        trust({"AWS": "arn:aws:iam::123456789012:root"}),
        trust({"AWS": REFERENCE}),
        trust({"Federated": "cognito-identity.amazonaws.com"}),
        trust(COGNITO, Action="sts:TagSession"),
        trust(COGNITO, Effect="Deny"),
        {"Statement": []},
    ],
    ids=str,
)
def test_a_policy_that_names_only_other_principals_is_not_trust(document: Any) -> None:
    assert not may_trust(document, IMPORT_PRINCIPAL)
