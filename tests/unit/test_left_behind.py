"""What an import leaves behind: every way out of it, and Cognito's own log group."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from helpers.events import MACHINE, POOL, create, delete, reverse, update
from helpers.fake_world import (
    CANARY,
    OTHER_POOL,
    POOL_NAME,
    Execution,
    Outcome,
    failed_empty,
    long_rows,
    run_workflow,
    users,
)

from user_import.messages import steps as messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.fake_world import FakeAws

NEVER = float("inf")
BROKEN = EndpointConnectionError(endpoint_url="https://example.com")
STAGED = ("st", "imports/seed/users.csv")
PROBLEMS = ("st", "imports/seed/problems.csv")
GROUP = f"/aws/cognito/userpools/{POOL}/{POOL_NAME}"
BAD = f"cognito:username,email,email_verified\n{CANARY} 1,{CANARY}@example.com,true\n".encode()
KEPT = {"ImportLogRetentionDays": "30", "ImportLogRemovalPolicy": "destroy"}


def until_started(world: FakeAws, event: dict[str, Any]) -> Execution:
    return Execution(event, world).run_until(lambda: world.cognito.started)


# The staged users, on every way out


def _succeeds(_world: FakeAws) -> dict[str, Any]:
    return create()


def _fails(world: FakeAws) -> dict[str, Any]:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    return create()


def _times_out(world: FakeAws) -> dict[str, Any]:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    return create()


def _is_stopped_by_hand(world: FakeAws) -> dict[str, Any]:
    world.cognito.outcomes = [Outcome("Stopped", lost=3)]
    return create()


def _rolls_back(world: FakeAws) -> dict[str, Any]:
    world.cognito.outcomes = [Outcome(seconds=60)]
    world.clock.after(5, lambda: setattr(world.cloudformation, "status", "ROLLBACK_IN_PROGRESS"))
    return create()


def _stage_breaks_off(world: FakeAws) -> dict[str, Any]:
    world.s3.objects["assets", "users.csv"] = long_rows(1_000)
    world.fault("UploadPart", "InternalError")
    return create()


def _stage_is_refused_midway(world: FakeAws) -> dict[str, Any]:
    world.s3.objects["assets", "users.csv"] = long_rows(1_000)
    world.fault("CompleteMultipartUpload", "AccessDenied")
    return create()


def _source_is_forbidden(world: FakeAws) -> dict[str, Any]:
    world.fault("GetObject", "AccessDenied", key="users.csv")
    return create()


def _source_is_refused(world: FakeAws) -> dict[str, Any]:
    world.s3.objects["assets", "users.csv"] = BAD
    return create()


def _large_source_is_refused(world: FakeAws) -> dict[str, Any]:
    world.s3.objects["assets", "users.csv"] = long_rows(1_000) + b"one,two\n"
    return create()


def _upload_is_refused(world: FakeAws) -> dict[str, Any]:
    world.web.answer("/upload/", 403, times=NEVER)
    return create()


def _advance_breaks(world: FakeAws) -> dict[str, Any]:
    world.fault("DescribeUserImportJob", ValueError(CANARY))
    return create()


def _pool_goes(world: FakeAws) -> dict[str, Any]:
    world.clock.after(2, lambda: world.cognito.pools.pop(POOL))
    world.cognito.outcomes = [Outcome(seconds=60)]
    return create()


def _is_not_started(_world: FakeAws) -> dict[str, Any]:
    return create(Start="false")


WAYS_OUT = [
    _succeeds,
    _fails,
    _times_out,
    _is_stopped_by_hand,
    _rolls_back,
    _stage_breaks_off,
    _stage_is_refused_midway,
    _source_is_forbidden,
    _source_is_refused,
    _large_source_is_refused,
    _upload_is_refused,
    _advance_breaks,
    _pool_goes,
    _is_not_started,
]


@pytest.mark.parametrize("way_out", WAYS_OUT, ids=lambda way_out: way_out.__name__)
def test_no_object_is_staged_when_cloudformation_is_answered(
    world: FakeAws, way_out: Callable[..., Any]
) -> None:
    execution = Execution(way_out(world), world).run_until_done()
    seen = []
    world.before("DeleteObject", lambda: seen.append(len(world.web.tried("/answer/"))))
    execution.run()
    assert execution.answer
    assert not execution.failed, "only the EventBridge rule answered"
    assert world.staged == []
    assert seen in ([0], []), "it was removed before the answer"


@pytest.mark.parametrize("error", ["InternalFailure", BROKEN], ids=["refused", "broken"])
def test_a_report_that_cannot_read_the_log_still_removes_the_staged_users(
    world: FakeAws, error: Any
) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    world.fault("FilterLogEvents", error)
    assert run_workflow(create(), world).status == "FAILED"
    assert world.staged == []


def test_a_report_that_always_fails_has_removed_the_staged_users(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    world.fault("FilterLogEvents", ValueError(CANARY))
    execution = run_workflow(create(), world)
    assert execution.failed
    assert execution.status == "FAILED"
    assert world.staged == []


def test_a_retried_report_removes_nothing_of_a_later_request(world: FakeAws) -> None:
    event = create()
    execution = Execution(event, world).run_until_done()
    world.web.answer("/answer/", 503, times=12)
    later = Execution(update(event, SourceHash="b2"), world)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.clock.after(40, later.step)
    execution.run()
    assert world.staged == [world.s3.objects[STAGED]]
    assert later.run().status == "SUCCESS"
    assert world.staged == []


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_the_rollback_deletes_the_staged_csv_of_a_failed_execution(
    world: FakeAws, status: str
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    event = create()
    broken = until_started(world, event)
    world.states.inputs[MACHINE] = json.dumps(
        {"request": event, "response_url": world.web.url(broken.path)}
    )
    ended = {"executionArn": MACHINE, "status": status}
    world.answer_for(ended)
    assert broken.status == "FAILED"
    assert len(world.staged) == 1, "the starter has no right to the bucket"

    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.staged == []
    assert world.cognito.active == []


def test_the_reverse_update_deletes_the_staged_csv_of_an_aborted_update(world: FakeAws) -> None:
    event = create()
    run_workflow(event, world)
    broken = Execution(update(event, SourceHash="b2"), world)
    broken.step()
    assert len(world.staged) == 1
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(broken.event), world).status == "SUCCESS"
    assert world.staged == []


def test_a_delete_removes_the_staged_csv_of_an_earlier_request(world: FakeAws) -> None:
    event = create()
    Execution(event, world).step()
    assert len(world.staged) == 1
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.staged == []


@pytest.mark.parametrize("content", [users(3), BAD], ids=["users", "problems"])
def test_a_stage_that_a_delete_has_superseded_stages_nothing_after_it(
    world: FakeAws, content: bytes
) -> None:
    good = create(SourceKey="good.csv")
    world.s3.objects["assets", "good.csv"] = users(3)
    run_workflow(good, world)
    world.s3.objects["assets", "users.csv"] = content
    world.before("GetCSVHeader", lambda: run_workflow(delete(good), world))
    late = Execution(update(good, SourceKey="users.csv", SourceHash="late"), world)
    late.step()
    assert world.staged == []
    assert late.run().reason == messages.REQUEST_SUPERSEDED
    assert world.staged == []


def test_a_late_create_of_a_deleted_import_stages_nothing_without_the_role(
    world: FakeAws,
) -> None:
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    event = create()
    deleting = Execution(delete(event), world).run_until_done()
    late = Execution(event, world)
    late.step()
    deleting.run()
    world.sts.roles.clear()
    late.run()
    assert [execution.status for execution in (deleting, late)] == ["SUCCESS", "FAILED"]
    assert world.staged == []


# The list of problems


def replaced(world: FakeAws) -> tuple[dict[str, Any], Execution]:
    """An update that replaces the pool and fails over its CSV."""
    world.s3.objects["assets", "good.csv"] = users(3)
    event = create(SourceKey="good.csv", SourceHash="good")
    run_workflow(event, world)
    world.s3.objects["assets", "users.csv"] = BAD
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    changes = {"UserPoolId": OTHER_POOL, "SourceKey": "users.csv", "SourceHash": "bad"}
    failed = run_workflow(update(event, **changes), world)
    assert failed.status == "FAILED"
    assert failed.answer["PhysicalResourceId"].startswith(OTHER_POOL)
    return event, failed


def test_the_list_of_a_failed_update_to_another_pool_is_kept_by_the_cleanup_delete(
    world: FakeAws,
) -> None:
    event, failed = replaced(world)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(failed.event), world).status == "SUCCESS"
    world.cloudformation.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    undone = delete(failed.event, failed.answer["PhysicalResourceId"])
    assert run_workflow(undone, world).status == "SUCCESS"
    assert PROBLEMS in world.s3.objects

    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.staged == []


def test_the_rollback_of_an_update_deletes_the_list_of_a_create_in_it(
    world: FakeAws,
) -> None:
    world.s3.objects["assets", "users.csv"] = BAD
    world.cloudformation.disable_rollback = True
    event = create()
    run_workflow(event, world)
    assert PROBLEMS in world.s3.objects
    world.cloudformation.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    run_workflow(delete(event), world)
    assert world.staged == []


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_the_list_is_deleted_with_its_import(world: FakeAws, status: str) -> None:
    _, failed = replaced(world)
    world.cloudformation.status = status
    run_workflow(delete(failed.event), world)
    assert world.staged == []


@pytest.mark.parametrize("operation", ["HeadObject", "DescribeStacks"])
def test_a_list_that_cannot_be_inspected_is_deleted_with_its_import(
    world: FakeAws, operation: str
) -> None:
    _, failed = replaced(world)
    world.cloudformation.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    world.fault(operation, "InternalFailure")
    assert run_workflow(delete(failed.event), world).status == "SUCCESS"
    assert world.staged == []


# A Delete of which something else is gone


def _bucket(world: FakeAws) -> None:
    for operation in ("HeadObject", "PutObject", "DeleteObject"):
        world.fault(operation, "404" if operation == "HeadObject" else "NoSuchBucket")


def _key(world: FakeAws) -> None:
    world.fault("PutObject", "KMS.DisabledException", "arn:aws:kms:… is disabled.")
    world.fault("GetObject", "KMS.DisabledException", "arn:aws:kms:… is disabled.")


def _pool(world: FakeAws) -> None:
    world.cognito.pools.clear()


def _source(world: FakeAws) -> None:
    world.s3.objects.pop(("assets", "users.csv"))


def _rights(world: FakeAws) -> None:
    for operation in (
        *("ListUserImportJobs", "DescribeUserPool", "PutObject", "HeadObject", "DeleteObject"),
        *("DescribeStacks", "DeleteLogGroup"),
    ):
        world.fault(operation, "AccessDenied")


def _role(world: FakeAws) -> None:
    world.sts.roles.clear()


@pytest.mark.parametrize(
    "gone", [_bucket, _key, _pool, _source, _rights, _role], ids=lambda gone: gone.__name__
)
@pytest.mark.parametrize("changes", [{}, KEPT], ids=["", "with its log"])
def test_a_delete_succeeds_after_any_resource_was_removed_by_hand(
    world: FakeAws, gone: Callable[..., Any], changes: dict[str, Any]
) -> None:
    event = create(**changes)
    run_workflow(event, world)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    gone(world)
    execution = run_workflow(delete(event), world)
    assert execution.status == "SUCCESS"
    assert not execution.failed


def test_a_delete_that_may_not_stop_jobs_logs_that(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    event = create()
    run_workflow(event, world)
    _rights(world)
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert "no right to stop jobs" in caplog.text


# Cognito's log group: its retention


def test_after_an_import_the_log_group_has_the_requested_retention(world: FakeAws) -> None:
    assert run_workflow(create(**KEPT), world).status == "SUCCESS"
    assert world.logs.retention == {GROUP: 30}


def test_the_log_of_an_import_that_failed_has_the_retention_too(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    assert run_workflow(create(**KEPT), world).status == "FAILED"
    assert world.logs.retention == {GROUP: 30}


def test_the_log_of_an_import_with_a_failed_step_has_the_retention_too(world: FakeAws) -> None:
    execution = until_started(world, create(**KEPT))
    world.clock.sleep(10)
    assert world.cognito.active == []
    world.fault("DescribeUserImportJob", "InternalErrorException")
    assert execution.run().status == "FAILED"
    assert world.logs.retention == {GROUP: 30}


def test_the_retention_is_set_before_cloudformation_goes_on(world: FakeAws) -> None:
    seen = []
    world.before("PutRetentionPolicy", lambda: seen.extend(world.web.tried("/answer/")))
    run_workflow(create(**KEPT), world)
    assert world.logs.retention
    assert seen == []


def test_after_a_timeout_cloudformation_is_answered_first(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    seen = []
    world.before("PutRetentionPolicy", lambda: seen.extend(world.web.tried("/answer/")))
    assert run_workflow(create(**KEPT), world).status == "FAILED"
    assert len(seen) == 1


def test_an_update_of_the_retention_alone_imports_nothing_and_sets_it(world: FakeAws) -> None:
    event = create(**KEPT)
    run_workflow(event, world)
    assert run_workflow(update(event, ImportLogRetentionDays="90"), world).status == "SUCCESS"
    assert world.logs.retention == {GROUP: 90}
    assert len(world.cognito.jobs) == 1


def test_the_reverse_update_restores_the_retention(world: FakeAws) -> None:
    event = create(**KEPT)
    run_workflow(event, world)
    failed = run_workflow(update(event, ImportLogRetentionDays="90"), world)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    run_workflow(reverse(failed.event), world)
    assert world.logs.retention == {GROUP: 30}


def test_without_the_property_no_log_group_is_changed(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    event = create()
    run_workflow(event, world)
    assert "Cognito's log group" not in caplog.text
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    run_workflow(delete(event), world)
    assert world.called("PutRetentionPolicy") == []
    assert world.called("DeleteLogGroup") == []
    assert world.logs.groups == {GROUP}


@pytest.mark.parametrize("start", ["true", "false"])
def test_setting_the_retention_without_a_job_does_not_fail(world: FakeAws, start: str) -> None:
    world.s3.objects["assets", "users.csv"] = BAD if start == "true" else users(3)
    run_workflow(create(**KEPT, Start=start), world)
    assert world.logs.retention == {}
    assert bool(world.called("PutRetentionPolicy")) == (start == "false")


def test_no_retention_is_set_when_no_job_could_be_created(world: FakeAws) -> None:
    world.fault("CreateUserImportJob", "LimitExceededException")
    run_workflow(create(**KEPT), world)
    assert world.called("PutRetentionPolicy") == []


def test_the_log_of_a_job_that_was_replaced_has_the_retention_too(world: FakeAws) -> None:
    world.cognito.outcomes = [failed_empty(3)]
    execution = until_started(world, create(**KEPT))
    world.fault("CreateUserImportJob", "LimitExceededException")
    assert execution.run().status == "FAILED"
    assert world.logs.retention == {GROUP: 30}


def test_no_retention_is_set_when_stage_fails(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    world.fault("DescribeUserPool", ValueError(CANARY))
    run_workflow(create(**KEPT), world)
    assert world.called("PutRetentionPolicy") == []
    assert "Cognito's log group" not in caplog.text


@pytest.mark.parametrize(
    "error",
    ["AccessDeniedException", "ThrottlingException", "ResourceNotFoundException", BROKEN],
    ids=["denied", "throttled", "missing", "broken"],
)
def test_a_retention_that_cannot_be_set_is_logged(
    world: FakeAws, error: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world.fault("PutRetentionPolicy", error)
    assert run_workflow(create(**KEPT), world).status == "SUCCESS"
    assert "Cognito's log group of the user pool is unchanged" in caplog.text


@pytest.mark.parametrize("seconds", [1, 15])
def test_a_log_group_that_cognito_makes_late_gets_its_retention(
    world: FakeAws, seconds: int
) -> None:
    execution = Execution(create(**KEPT), world).run_until_done()
    world.fault("PutRetentionPolicy", "ResourceNotFoundException", seconds=seconds)
    assert execution.run().status == "SUCCESS"
    assert world.logs.retention == {GROUP: 30}


def test_the_wait_for_a_log_group_that_cognito_never_creates_is_short(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    execution = Execution(create(**KEPT), world).run_until_done()
    ended_at = world.clock.now()
    world.fault("PutRetentionPolicy", "ResourceNotFoundException")
    assert execution.run().status == "SUCCESS"
    assert 16 <= world.clock.now() - ended_at < 20
    assert "Cognito's log group of the user pool is unchanged" in caplog.text


def test_a_retention_that_may_not_be_set_is_not_waited_for(world: FakeAws) -> None:
    execution = Execution(create(**KEPT), world).run_until_done()
    ended_at = world.clock.now()
    world.fault("PutRetentionPolicy", "AccessDeniedException")
    assert execution.run().status == "SUCCESS"
    assert world.clock.now() == ended_at


# Cognito's log group: its end


def imported(world: FakeAws, **changes: None) -> dict[str, Any]:
    event = create(**{**KEPT, **changes})
    assert run_workflow(event, world).status == "SUCCESS"
    assert world.logs.groups == {GROUP}
    return event


def test_the_log_group_is_deleted_with_the_stack(world: FakeAws) -> None:
    event = imported(world)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    seen = []
    world.before("DeleteLogGroup", lambda: seen.extend(world.web.tried("/answer/")))
    deletion = run_workflow(delete(event), world)
    assert deletion.status == "SUCCESS"
    assert world.logs.groups == set()
    assert len(seen) == 1, "only the Create was answered when the right to it was still there"


@pytest.mark.parametrize(
    "status",
    [
        "ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    ],
)
def test_a_rollback_and_the_removal_of_one_import_keep_the_log_group(
    world: FakeAws, status: str
) -> None:
    event = imported(world)
    world.cloudformation.status = status
    run_workflow(delete(event), world)
    assert world.logs.groups == {GROUP}


def test_a_log_group_that_the_stack_retains_is_not_deleted(world: FakeAws) -> None:
    event = imported(world, ImportLogRemovalPolicy=None)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    run_workflow(delete(event), world)
    assert world.logs.groups == {GROUP}


def test_two_imports_of_a_pool_can_both_be_deleted_with_the_stack(world: FakeAws) -> None:
    events = [imported(world), imported(world)]
    events[1]["LogicalResourceId"] = "More"
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    for event in events:
        assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.logs.groups == set()


def test_the_log_group_of_another_pool_is_not_deleted(world: FakeAws) -> None:
    event = imported(world)
    other = f"/aws/cognito/userpools/{OTHER_POOL}/{POOL_NAME}"
    world.logs.write(other, "job", ())
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    run_workflow(delete(event), world)
    assert world.logs.groups == {other}


def test_a_failed_delete_keeps_the_log_group_for_the_next_one(world: FakeAws) -> None:
    event = create(**KEPT)
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    until_started(world, event)
    world.logs.write(GROUP, "job", ())
    world.cognito.stop_seconds = NEVER
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(event), world).status == "FAILED"
    assert world.logs.groups == {GROUP}


@pytest.mark.parametrize("operation", ["DeleteLogGroup", "DescribeUserPool", "DescribeStacks"])
@pytest.mark.parametrize("error", ["AccessDeniedException", "ThrottlingException", BROKEN], ids=str)
def test_a_log_group_that_cannot_be_removed_is_logged(
    world: FakeAws, operation: str, error: Any, caplog: pytest.LogCaptureFixture
) -> None:
    event = imported(world)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    world.fault(operation, error)
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert "Cognito's log group of the user pool is unchanged" in caplog.text


def test_a_log_group_that_was_already_deleted_is_not_an_error(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    event = imported(world)
    world.logs.streams.clear()
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert "is unchanged" not in caplog.text


def test_the_log_names_possible_leftovers_when_the_pool_was_deleted(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    event = imported(world)
    world.cognito.pools.clear()
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert f"a log group /aws/cognito/userpools/{POOL}/<name of the pool> may remain" in caplog.text


def test_a_log_group_that_cannot_be_managed_after_a_timeout_is_answered_once(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.fault("PutRetentionPolicy", BROKEN)
    execution = run_workflow(create(**KEPT), world)
    assert execution.status == "FAILED"
    assert len(world.web.tried(execution.path)) == 1
