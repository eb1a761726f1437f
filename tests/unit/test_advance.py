import json
from dataclasses import replace

import pytest
from helpers.fake_world import (
    ACTIVE,
    OTHER_POOL,
    POOL,
    ROLE,
    STACK,
    UNKNOWN,
    Execution,
    Outcome,
    create,
    run_workflow,
    users,
)

from user_import.aws.cognito import JobStatus
from user_import.propagation import LATE_RIGHTS_SECONDS
from user_import.steps.advance import advance
from user_import.steps.import_request import MOST_JOBS, ImportRequest, JobName
from user_import.steps.state import Intent, JobResult, JobSlot, Plan, Progress, State
from user_import.users_csv import JobRows


@pytest.fixture
def execution(world):
    """An import that has been staged and has its job, which waits to be started."""
    return Execution(create(), world).run_until(lambda: world.cognito.jobs)


def turn(execution):
    """Take one turn without waiting first, and return what it says."""
    request = ImportRequest.from_event(execution.event)
    return advance(request, State.from_json(execution.state), execution.world)


def job_of(execution, **changes):
    """A job with the name that the execution's first job will have."""
    world = execution.world
    name = ImportRequest.from_event(execution.event).name_of(0)
    world.cognito._create_user_import_job(name, POOL, ROLE)
    job = world.cognito.job()
    for attribute, value in changes.items():
        setattr(job, attribute, value)
    return job


def test_all_eight_statuses_are_known():
    assert {str(status) for status in JobStatus if status is not JobStatus.OTHER} == {
        "Created",
        "Pending",
        "InProgress",
        "Stopping",
        "Stopped",
        "Succeeded",
        "Failed",
        "Expired",
    }


def test_a_created_job_is_started(world, execution):
    turn(execution)
    assert world.cognito.started == [world.cognito.job().id]


@pytest.mark.parametrize("status", [*ACTIVE, UNKNOWN])
def test_an_active_job_is_watched(world, execution, status):
    job = world.cognito.job()
    job.status, job.started_at, job.stops_at = status, world.clock.now(), float("inf")
    job.outcome = Outcome(seconds=float("inf"))
    after = turn(execution)
    assert not after.done
    assert after.wait_seconds > 0
    assert after.progress.results == ()
    assert world.called("StopUserImportJob") == []


@pytest.mark.parametrize("status", ["Succeeded", "Failed"])
def test_an_ended_job_is_judged_by_its_counters(world, execution, status):
    job = world.cognito.job()
    job.status, job.imported = status, 3
    after = turn(execution)
    assert after.done
    assert after.progress.failure == ""
    assert after.progress.results[0].imported == 3


@pytest.mark.parametrize("status", ["Stopped", "Expired"])
def test_a_job_that_cannot_end_well_fails_the_import(world, execution, status):
    world.cognito.job().status = status
    after = turn(execution)
    assert after.done
    assert status.lower() in after.progress.failure
    assert after.progress.results[0].status == status


def test_the_state_survives_json():
    rows = JobRows(0, 9, 2, ((0, 2), (1, 5)))
    ended = JobResult("import-1", "name", "Failed", 1, 2, 3, "message")
    state = State(
        Plan(Intent.IMPORT, 1.5, 2.5, "pool", "head\n"),
        Progress(
            jobs=(JobSlot(rows, "import-1", unverified=True, result=ended), JobSlot(rows)),
            last_results=(ended,),
            failure="failure",
            stopping=True,
            note="note",
            waits=4,
            retries=5,
            denials=6,
        ),
        done=False,
        wait_seconds=6,
    )
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_the_state_of_the_largest_import_stays_far_below_what_step_functions_carries():
    gaps = tuple((row * 400, row * 400 + row + 2_000_000) for row in range(1_000))
    result = JobResult("import-" + "x" * 48, "n" * 128, "Succeeded", 500_000, 500_000, 0, "m" * 128)
    jobs = [
        JobSlot(
            JobRows(job * 10**8, 10**8, 500_000, gaps if job == 0 else ((0, job * 500_000),)),
            result.id,
            result=result,
        )
        for job in range(MOST_JOBS)
    ]
    progress = Progress(tuple(jobs), failure="f" * 4_000)
    plan = Plan(Intent.IMPORT, 1.5e9, 1.5e9, "p" * 128, "custom:" + "h" * 16_000)
    assert len(json.dumps(State(plan, progress, done=True).to_json())) < 128 * 1024


@pytest.mark.parametrize("status", [*ACTIVE, UNKNOWN])
def test_an_active_job_of_the_same_name_is_taken_over(world, status):
    execution = Execution(create(), world)
    execution.step()
    job = job_of(
        execution,
        status=status,
        started_at=world.clock.now(),
        stops_at=float("inf"),
        outcome=Outcome(seconds=float("inf")),
    )
    assert turn(execution).progress.job_ids == (job.id,)
    assert world.called("CreateUserImportJob") == []


@pytest.mark.parametrize("status", ["Succeeded", "Failed", "Stopped"])
@pytest.mark.parametrize("counter", ["imported", "skipped", "failed"])
def test_a_job_of_the_same_name_that_has_handled_users_is_taken_over(world, status, counter):
    execution = Execution(create(), world)
    execution.step()
    job = job_of(execution, status=status, **{counter: 3})
    assert turn(execution).progress.job_ids == (job.id,)
    assert world.called("CreateUserImportJob") == []


@pytest.mark.parametrize("status", ["Created", "Expired", "Failed"])
def test_a_job_of_the_same_name_that_never_ran_is_not_relied_upon(world, status):
    execution = Execution(create(), world)
    execution.step()
    job_of(execution, status=status)
    assert turn(execution).progress.job_ids == (world.cognito.job(1).id,)
    assert len(world.cognito.jobs) == 2


def test_a_job_of_an_earlier_request_is_not_taken_over(world):
    event = create()
    run_workflow(event, world)
    execution = Execution(create(), world)
    execution.step()
    turn(execution)
    assert len(world.cognito.jobs) == 2


def test_all_pages_are_searched_before_a_job_is_created(world):
    execution = Execution(create(), world)
    execution.step()
    mine = job_of(execution, status="Succeeded", imported=3)
    for _ in range(5):
        world.cognito._create_user_import_job("foreign", POOL, ROLE)
    world.cognito.page_size = 2
    assert turn(execution).progress.job_ids == (mine.id,)


@pytest.mark.parametrize(
    "message",
    [
        "No csv file was uploaded for import-0000000001",
        "The CloudWatch Logs role has no permissions",
        "The pool has no auto-verified attributes",
        "",
    ],
)
def test_a_precondition_is_waited_for_whatever_its_text(world, execution, message):
    world.fault("StartUserImportJob", "PreconditionNotMetException", message)
    world.clock.sleep(LATE_RIGHTS_SECONDS + 60)
    after = turn(execution)
    assert not after.done
    assert after.wait_seconds > 0
    assert message in after.progress.note


def test_waits_grow_and_end_at_thirty_seconds_for_the_slot(world, execution):
    world.cognito.foreign_until = float("inf")
    waits = []
    for _ in range(12):
        execution.step()
        waits.append(execution.state["wait_seconds"])
    assert waits == sorted(waits)
    assert waits[0] < 5
    assert waits[-1] == 30


def test_waits_start_small_again_for_the_next_thing(world, execution):
    world.cognito.foreign_until = world.clock.now() + 300
    execution.run_until(lambda: world.cognito.started)
    assert execution.state["wait_seconds"] < 5


def test_at_the_deadline_the_import_is_given_up_and_not_a_second_before(world, execution):
    deadline = execution.state["plan"]["deadline"]
    world.cognito.foreign_until = float("inf")
    world.clock.sleep(deadline - world.clock.now() - 1)
    assert not turn(execution).progress.stopping
    world.clock.sleep(1)
    assert turn(execution).progress.stopping


def test_every_turn_asks_whether_the_stack_goes_back(world, execution):
    for _ in range(3):
        world.calls.clear()
        execution.step()
        assert world.called("DescribeStacks") == [{"StackName": STACK}]


def test_a_job_is_created_with_role_and_name(world, execution):
    assert len(world.cognito.jobs) == 1
    job = world.cognito.job()
    request = ImportRequest.from_event(execution.event)
    assert job.role == ROLE
    assert JobName.parse(job.name) == JobName(
        request.import_id, request.content_id, request.request_id, 1
    )
    assert job.name.startswith("SeedUsers-")


def test_stopping_touches_jobs_of_this_import_in_this_pool_only(world, execution):
    world.cognito._create_user_import_job("foreign-job-1", POOL, ROLE)
    world.cognito._create_user_import_job(world.cognito.job(0).name, OTHER_POOL, ROLE)
    state = State.from_json(execution.state)
    stopping = replace(state, progress=replace(state.progress, stopping=True))
    advance(ImportRequest.from_event(execution.event), stopping, world)
    stopped = [call["JobId"] for call in world.called("StopUserImportJob")]
    assert stopped == [world.cognito.job(0).id]


def test_a_stopping_job_is_not_asked_to_stop_again(world, execution):
    job = world.cognito.job()
    job.status, job.stops_at = "Stopping", float("inf")
    state = State.from_json(execution.state)
    stopping = replace(state, progress=replace(state.progress, stopping=True))
    after = advance(ImportRequest.from_event(execution.event), stopping, world)
    assert not after.done
    assert world.called("StopUserImportJob") == []


@pytest.mark.parametrize("code", ["PreconditionNotMetException", "InvalidParameterException"])
def test_a_job_that_ends_while_it_is_asked_to_stop_has_stopped(world, execution, code):
    job = world.cognito.job()
    job.status, job.started_at = "InProgress", world.clock.now()
    job.outcome = Outcome(seconds=3)
    world.fault("StopUserImportJob", code)
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert execution.run().status == "FAILED"
    assert execution.seconds < 20


def test_the_upload_of_a_job_is_its_part_of_the_staged_rows(world):
    world.s3.objects["assets", "users.csv"] = users(5)
    execution = Execution(create(), world).split(2, 3)
    execution.run_until(lambda: len(world.cognito.jobs) == 2)
    first, second = (world.cognito.upload(job).decode() for job in world.cognito.jobs)
    head, *rows = users(5).decode().splitlines(keepends=True)
    assert first == head + "".join(rows[:2])
    assert second == head + "".join(rows[2:])
