"""One turn of Advance: the whole state that follows from a state, and the calls it makes.

`test_workflow` tests whole executions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import POOL, PROPERTIES, ROLE, STACK, create, update
from helpers.fake_world import ACTIVE, OTHER_POOL, UNKNOWN, Execution, Outcome, users

from user_import.aws.cognito import JobResult, JobStatus
from user_import.contract import LogsRoleKind, Phase
from user_import.errors import AwsError
from user_import.messages import aws as aws_messages
from user_import.messages import steps as messages
from user_import.messages import waiting as waiting_messages
from user_import.propagation import PROPAGATION_SECONDS
from user_import.steps.advance import advance
from user_import.steps.import_request import ImportRequest
from user_import.steps.job_name import JobName
from user_import.steps.job_slot import JobSlot
from user_import.steps.state import Intent, Progress, State, Waiting
from user_import.steps.stop import STOP_SECONDS
from user_import.users_csv import JobRows

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.fake_world import FakeAws, FakeJob

WORN: dict[str, Any] = {"note": "said before", "waits": 7, "retries": 2}
"""The result of earlier turns: it differs from all that a turn sets itself."""
NEVER = float("inf")
NOT_READY = "PreconditionNotMetException"


def changed(
    progress: Progress,
    *,
    job_ids: tuple[Any, ...] = (),
    results: tuple[Any, ...] = (),
    unverified: tuple[Any, ...] = (),
    **others: Any,
) -> Progress:
    """Return a progress with other ids and results of its jobs, from the first on."""
    jobs = list(progress.jobs)
    for index, job_id in enumerate(job_ids):
        jobs[index] = replace(
            jobs[index], id=job_id, unverified=job_id in unverified, replaced=job_id is None
        )
    for index, ended in enumerate(results):
        jobs[index] = replace(jobs[index], result=ended)
    return replace(progress, jobs=tuple(jobs), **others)


def name_of_another_request(number: int = 0) -> str:
    """Return the name of a job of another request for the same import."""
    return ImportRequest.from_event(create()).name_of(number)


class Import:
    """An import that has been staged, and stands wherever a test puts it."""

    def __init__(self, world: FakeAws, *sizes: int, event: dict[str, Any] | None = None) -> None:
        self.world = world
        self.execution = Execution(event or create(), world)
        self.execution.split(*sizes) if sizes else self.execution.step()
        self.request = ImportRequest.from_event(self.execution.event)
        self.state = State.from_json(self.execution.state)
        self.put(**WORN)

    def put(self, **changes: Any) -> Import:
        self.state = replace(self.state, progress=changed(self.state.progress, **changes))
        return self

    def plan(self, **changes: Any) -> Import:
        self.state = replace(self.state, plan=replace(self.state.plan, **changes))
        return self

    def job(
        self,
        status: str = "Created",
        number: int = 0,
        name: str | None = None,
        **attributes: int | str,
    ) -> FakeJob:
        """Put a job of this import into the pool."""
        job = self.world.cognito.add_job(name or self.request.name_of(number))
        active = {"started_at": self.world.clock.now(), "stops_at": NEVER}
        job.outcome = Outcome(seconds=NEVER)
        for attribute, value in {"status": status, **active, **attributes}.items():
            setattr(job, attribute, value)
        return job

    def turn(self) -> State:
        """Return the next state, without what it says about waiting; see `waiting`."""
        return replace(advance(self.request, self.state, self.world), waiting=None)

    def waiting(self) -> Waiting | None:
        """Take a turn, and return what it waits for."""
        self.state = advance(self.request, self.state, self.world)
        return self.state.waiting

    def after(self, *, done: bool = False, wait: int = 0, **changes: Any) -> State:
        """Return the state that differs from the present one by this."""
        progress = changed(self.state.progress, **changes)
        return State(self.state.plan, progress, done=done, wait_seconds=wait)


def result(job: FakeJob) -> JobResult:
    return JobResult(
        job.id, job.name, job.status, job.imported, job.skipped, job.failed, job.message
    )


def test_all_eight_statuses_are_known() -> None:
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


def test_a_created_job_is_started_and_described_soon(world: FakeAws) -> None:
    an_import = Import(world)
    job = upload(an_import)
    an_import.put(job_ids=(job.id,))
    assert an_import.turn() == an_import.after(waits=1, note="", wait=2)
    assert world.cognito.started == [job.id]


def upload(an_import: Import) -> FakeJob:
    """Let the import make and upload its first job, and return that."""
    made, job = an_import.turn(), an_import.world.cognito.job()
    assert made == an_import.after(job_ids=(job.id,), waits=0)
    return job


def refused(world: FakeAws, kind: LogsRoleKind | None = None, **given: str) -> Import:
    """An import that Cognito does not let start its job, with no job of the pool that runs."""
    if kind:
        given["LogsRoleKind"] = kind
    an_import = Import(world, event=create(**given))
    an_import.put(job_ids=(upload(an_import).id,), note="", waits=0)
    world.cognito.foreign_until = NEVER
    return an_import


def test_a_refused_start_waits_for_the_slot_or_the_role_since_the_first_refusal(
    world: FakeAws,
) -> None:
    an_import = refused(world)
    first = an_import.waiting()
    since = world.clock.now()
    text = waiting_messages.slot_or_logs_role(world.cognito.job().id)
    assert first == Waiting(Phase.START, since, text)
    world.clock.sleep(1_000)
    assert an_import.waiting() == first


def test_a_job_of_the_pool_that_runs_has_the_slot_and_the_role_is_not_blamed(
    world: FakeAws,
) -> None:
    an_import = refused(world, LogsRoleKind.RESTRICTED)
    other = an_import.job("InProgress", name="of somebody else")
    waiting = an_import.waiting()
    assert waiting == Waiting(Phase.SLOT, world.clock.now(), waiting_messages.slot(other.id))
    refusal = (
        "cognito-idp:StartUserImportJob: PreconditionNotMetException: "
        "A text for a slot that is taken"
    )
    assert an_import.state.progress.note == messages.slot_taken(refusal, other.id)
    world.clock.sleep(1_200)
    assert an_import.waiting() == waiting, "it waits on"
    other.status = "Succeeded"
    world.clock.sleep(120)
    waiting = an_import.waiting()
    assert waiting is not None
    assert (waiting.phase, waiting.since) == (Phase.START, world.clock.now())


@pytest.mark.parametrize(
    "code", ["PreconditionNotMetException", "TooManyRequestsException"], ids=["not-ready", "many"]
)
@pytest.mark.parametrize("seconds", [0, PROPAGATION_SECONDS, 1_000])
def test_a_refused_start_names_both_causes_whatever_the_exception(
    world: FakeAws, code: str, seconds: int
) -> None:
    an_import = refused(world)
    world.cognito.foreign_until = 0
    world.fault("StartUserImportJob", code, "any text")
    world.clock.sleep(seconds)
    an_import.waiting()
    note = an_import.state.progress.note
    assert note.endswith(aws_messages.remedy("cognito-idp:StartUserImportJob", NOT_READY))
    assert "another import job" in note
    assert "logs role" in note


def test_a_restricted_role_that_is_refused_for_five_minutes_fails(world: FakeAws) -> None:
    an_import = refused(world, LogsRoleKind.RESTRICTED)
    an_import.waiting()
    world.clock.sleep(299)
    assert an_import.waiting()
    world.clock.sleep(1)
    assert an_import.waiting() is None
    progress = an_import.state.progress
    assert progress.stopping
    assert progress.failure == " ".join(
        [messages.start_refused(300, progress.note), messages.restricted_role(ROLE)]
    )


@pytest.mark.parametrize("kind", [None, LogsRoleKind.IMPORTED], ids=["own", "imported"])
def test_any_other_role_is_waited_for_until_the_timeout(
    world: FakeAws, kind: LogsRoleKind | None
) -> None:
    an_import = refused(world, kind)
    an_import.waiting()
    world.clock.sleep(1_700)
    assert an_import.waiting()
    world.clock.sleep(200)
    assert an_import.waiting() is None
    failure = an_import.state.progress.failure
    assert failure == messages.import_timed_out(1800, an_import.state.progress.note)


def test_a_timeout_before_five_minutes_names_a_restricted_role(world: FakeAws) -> None:
    an_import = refused(world, LogsRoleKind.RESTRICTED, TimeoutSeconds="60")
    an_import.waiting()
    world.clock.sleep(60)
    an_import.waiting()
    assert an_import.state.progress.failure.endswith(messages.restricted_role(ROLE))


def test_a_job_that_runs_is_what_the_import_waits_for(world: FakeAws) -> None:
    an_import = Import(world)
    job = upload(an_import)
    an_import.put(job_ids=(job.id,))
    waiting = an_import.waiting()
    assert waiting == Waiting(
        Phase.RUN, world.clock.now(), waiting_messages.job_to_end(job.id, users=3)
    )
    world.clock.sleep(1)
    assert an_import.waiting() == waiting


def test_a_new_role_is_what_the_import_waits_for(world: FakeAws) -> None:
    an_import = Import(world)
    world.fault("CreateUserImportJob", "InvalidParameterException", "not yet")
    waiting = an_import.waiting()
    assert waiting is not None
    assert waiting.phase is Phase.RIGHTS
    assert waiting.waiting_for == waiting_messages.rights(an_import.state.progress.note)


def test_the_role_of_a_job_that_fails_empty_early_is_what_the_import_waits_for(
    world: FakeAws,
) -> None:
    an_import = Import(world)
    job = an_import.job("Failed", message="why")
    an_import.put(job_ids=(job.id,))
    text = waiting_messages.rights(messages.job_without_users(job.id, "why"))
    assert an_import.waiting() == Waiting(Phase.RIGHTS, world.clock.now(), text)


def test_throttling_is_what_the_import_waits_for(world: FakeAws) -> None:
    an_import = Import(world)
    world.fault("ListUserImportJobs", "TooManyRequestsException", "slower")
    waiting = an_import.waiting()
    assert waiting is not None
    assert waiting.phase is Phase.THROTTLING
    assert "slower" in waiting.waiting_for


def test_a_timeout_while_calls_are_throttled_has_the_last_response(world: FakeAws) -> None:
    an_import = Import(world)
    world.fault("ListUserImportJobs", "TooManyRequestsException", "slower")
    an_import.waiting()
    assert "slower" in (note := an_import.state.progress.note)
    world.clock.sleep(1_800)
    an_import.waiting()
    assert an_import.state.progress.failure == messages.import_timed_out(1800, note)


def test_jobs_that_stop_are_what_the_import_waits_for(world: FakeAws) -> None:
    an_import = Import(world)
    job = an_import.job("InProgress")
    an_import.put(job_ids=(job.id,), stopping=True)
    assert an_import.waiting() == Waiting(
        Phase.STOP, world.clock.now(), waiting_messages.jobs_to_stop(job.id)
    )


def test_all_jobs_that_stop_are_named(world: FakeAws) -> None:
    an_import = Import(world).put(stopping=True)
    jobs = [an_import.job("InProgress") for _ in range(2)]
    waiting = an_import.waiting()
    assert waiting is not None
    assert waiting.waiting_for in {
        waiting_messages.jobs_to_stop(f"{one.id}, {other.id}") for one, other in (jobs, jobs[::-1])
    }


def test_a_job_that_may_not_be_listed_yet_is_what_a_delete_waits_for(world: FakeAws) -> None:
    an_import = clearing(world, waits=0)
    assert an_import.waiting() == Waiting(
        Phase.STOP, world.clock.now(), waiting_messages.JOBS_TO_BE_LISTED
    )


@pytest.mark.parametrize(
    ("code", "phase", "text"),
    [
        ("AccessDeniedException", Phase.RIGHTS, waiting_messages.rights),
        ("TooManyRequestsException", Phase.THROTTLING, waiting_messages.throttling),
    ],
)
def test_a_search_for_jobs_to_stop_that_is_refused_is_what_the_import_waits_for(
    world: FakeAws, code: str, phase: Phase, text: Callable[[object], str]
) -> None:
    an_import = Import(world).put(stopping=True)
    world.fault("ListUserImportJobs", code, "not now")
    waiting = an_import.waiting()
    assert waiting is not None
    assert (waiting.phase, waiting.since) == (phase, world.clock.now())
    assert waiting.waiting_for.startswith(text(f"cognito-idp:ListUserImportJobs: {code}: not now."))


def test_the_reason_for_waiting_is_logged_with_phase_and_begin(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "user_import")
    an_import = refused(world)
    an_import.waiting()
    caplog.clear()
    world.clock.sleep(90)
    an_import.waiting()
    text = waiting_messages.slot_or_logs_role(world.cognito.job().id)
    (line,) = caplog.messages
    assert line.startswith(f"{Phase.START}, since ")
    assert line.endswith(f" UTC (90 s): waiting for {text}")


def test_an_occupied_slot_is_recorded_in_the_state(world: FakeAws) -> None:
    an_import = Import(world)
    an_import.put(job_ids=(upload(an_import).id,))
    world.cognito.foreign_until = NEVER
    note = (
        "cognito-idp:StartUserImportJob: PreconditionNotMetException: A text for a slot that is "
        f"taken. {aws_messages.remedy('cognito-idp:StartUserImportJob', NOT_READY)}"
    )
    assert an_import.turn() == an_import.after(note=note, waits=8, wait=2)


def test_a_running_job_is_preferred_to_a_waiting_one(world: FakeAws) -> None:
    an_import = Import(world)
    waiting, running = upload(an_import), an_import.job("InProgress")
    an_import.put(job_ids=(waiting.id,), unverified=(waiting.id,))
    assert an_import.turn() == an_import.after(job_ids=(running.id,), waits=0)


TAKEN_OVER = [
    *((status, {}) for status in (*ACTIVE, UNKNOWN)),
    *(
        (status, {counter: 3})
        for status in ("Succeeded", "Failed", "Stopped")
        for counter in ("imported", "skipped", "failed")
    ),
]


@pytest.mark.parametrize(("status", "counters"), TAKEN_OVER, ids=str)
def test_a_job_of_the_same_name_that_runs_or_has_processed_users_is_adopted(
    world: FakeAws, status: str, counters: dict[str, Any]
) -> None:
    an_import = Import(world)
    known = an_import.job(status, **counters)
    assert an_import.turn() == an_import.after(job_ids=(known.id,), waits=0)
    assert world.called("CreateUserImportJob") == []


@pytest.mark.parametrize("status", ["Created", "Expired", "Failed"])
def test_a_job_of_the_same_name_that_never_ran_is_not_adopted(world: FakeAws, status: str) -> None:
    an_import = Import(world)
    known = an_import.job(status)
    assert upload(an_import) is not known
    assert len(world.cognito.jobs) == 2


def test_a_job_of_an_earlier_request_is_not_adopted(world: FakeAws) -> None:
    an_import = Import(world)
    earlier = an_import.job("Succeeded", name=name_of_another_request(), imported=3)
    assert upload(an_import) is not earlier


def test_all_pages_are_searched_before_a_job_is_created(world: FakeAws) -> None:
    an_import = Import(world)
    known = an_import.job("Succeeded", imported=3)
    for _ in range(5):
        world.cognito.add_job("foreign")
    world.cognito.page_size = 2
    assert an_import.turn() == an_import.after(job_ids=(known.id,), waits=0)


def test_a_job_is_created_with_role_and_name(world: FakeAws) -> None:
    an_import = Import(world)
    job, request = upload(an_import), an_import.request
    assert job.role == ROLE
    (rows,) = (slot.rows for slot in an_import.state.progress.jobs)
    assert len(rows.digest) == 8
    assert JobName.parse(job.name) == JobName(
        request.import_id, request.content_id, request.request_id, 1, rows.digest
    )
    assert job.name.startswith("SeedUsers-")


def test_the_upload_of_a_job_is_its_part_of_the_staged_rows(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(5)
    an_import = Import(world, 2, 3)
    an_import.put(job_ids=("import-9999999999",), results=(result(an_import.job()),))
    an_import.turn()
    head, *rows = users(5).decode().splitlines(keepends=True)
    assert world.cognito.uploaded(world.cognito.job()).decode() == head + "".join(rows[2:])


@pytest.mark.parametrize("status", [*ACTIVE, UNKNOWN])
def test_an_active_job_is_watched(world: FakeAws, status: str) -> None:
    an_import = Import(world)
    an_import.put(job_ids=(an_import.job(status).id,))
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert world.called("StopUserImportJob") == []


@pytest.mark.parametrize("status", ["Succeeded", "Failed"])
def test_an_ended_job_is_judged_by_its_counters(world: FakeAws, status: str) -> None:
    an_import = Import(world)
    job = an_import.job(status, imported=3)
    an_import.put(job_ids=(job.id,))
    assert an_import.turn() == an_import.after(done=True, results=(result(job),), waits=0, note="")


@pytest.mark.parametrize(
    "message",
    [
        "No csv file was uploaded for import-0000000001",
        "The CloudWatch Logs role has no permissions",
        "The pool has no auto-verified attributes",
        "",
    ],
)
def test_a_precondition_is_waited_for_whatever_its_text(world: FakeAws, message: str) -> None:
    an_import = Import(world)
    an_import.put(job_ids=(upload(an_import).id,))
    world.fault("StartUserImportJob", "PreconditionNotMetException", message)
    world.clock.sleep(PROPAGATION_SECONDS + 60)
    after = an_import.turn()
    assert message in after.progress.note
    assert after == an_import.after(note=after.progress.note, waits=8, wait=2)


def test_every_turn_asks_for_the_status_of_the_stack(world: FakeAws) -> None:
    an_import = Import(world)
    for _ in range(3):
        world.calls.clear()
        an_import.state = an_import.turn()
        assert world.called("DescribeStacks") == [{"StackName": STACK}]


def test_the_staged_csv_is_opened_once_for_an_upload(world: FakeAws) -> None:
    upload(Import(world))
    assert (
        len([call for call in world.called("GetObject") if call["Key"] == PROPERTIES["StagingKey"]])
        == 1
    )


def test_an_upload_that_breaks_is_sent_again_from_the_start(world: FakeAws) -> None:
    world.web.answer("/upload/", 503)
    job = upload(Import(world))
    assert world.cognito.upload(job) == users(3)
    assert (
        len([call for call in world.called("GetObject") if call["Key"] == PROPERTIES["StagingKey"]])
        == 2
    )


def test_a_job_that_fails_empty_early_is_replaced_and_later_jobs_are_kept(
    world: FakeAws,
) -> None:
    an_import = Import(world, 1, 2)
    job, second = an_import.job("Failed", message="why"), an_import.job(number=1)
    an_import.put(job_ids=(job.id, second.id))
    note = messages.job_without_users(job.id, "why")
    assert an_import.turn() == an_import.after(
        job_ids=(None, second.id), note=note, waits=0, wait=15
    )


def test_a_job_that_fails_empty_late_is_judged(world: FakeAws) -> None:
    an_import = Import(world)
    job = an_import.job("Failed", message="why")
    an_import.put(job_ids=(job.id,))
    world.clock.time = an_import.state.plan.started_at + PROPAGATION_SECONDS
    failure = messages.job_processed_nobody(job.id, ROLE)
    assert an_import.turn() == an_import.after(done=True, failure=failure, results=(result(job),))


def test_a_job_of_a_source_that_may_have_changed_may_have_other_users(world: FakeAws) -> None:
    an_import = Import(world)
    job = an_import.job("Succeeded", imported=2)
    an_import.put(job_ids=(job.id,), unverified=(job.id,))
    assert an_import.turn() == an_import.after(done=True, results=(result(job),), waits=0, note="")


@pytest.mark.parametrize("counter", ["failed", "skipped"])
@pytest.mark.parametrize("count", [1_000, 1_001])
def test_the_tolerance_is_reported_with_both_numbers(
    world: FakeAws, counter: str, count: int
) -> None:
    world.s3.objects["assets", "users.csv"] = users(1_001)
    an_import = Import(world)
    tolerance = an_import.request.tolerance._replace(failed=None, skipped=None)
    an_import.request = an_import.request._replace(tolerance=tolerance._replace(**{counter: 1_000}))
    counted: dict[str, Any] = {counter: count}
    job = an_import.job("Succeeded", imported=1_001 - count, **counted)
    an_import.put(job_ids=(job.id,))
    if count == 1_000:
        expected = an_import.after(done=True, results=(result(job),), waits=0, note="")
    else:
        too_many = messages.too_many_failed if counter == "failed" else messages.too_many_skipped
        failure = too_many(1_001, 1_000)
        expected = an_import.after(done=True, failure=failure, results=(result(job),))
    assert an_import.turn() == expected


def test_the_next_of_several_jobs_is_made_after_the_first(world: FakeAws) -> None:
    an_import = Import(world, 1, 2)
    job = an_import.job("Succeeded", imported=1)
    an_import.put(job_ids=(job.id,))
    expected = an_import.after(results=(result(job),), waits=0, note="")
    assert an_import.turn() == expected
    an_import.state = expected
    an_import.put(**WORN)
    following = an_import.turn()
    second = world.cognito.job()
    assert following == an_import.after(job_ids=(job.id, second.id), waits=0)
    assert second.name == an_import.request.name_of(1)
    an_import.state = following
    second.status, second.imported = "Succeeded", 2
    assert an_import.turn() == an_import.after(
        done=True, results=(result(job), result(second)), waits=0, note=""
    )


@pytest.mark.parametrize(("replaced", "gives_up"), [(0, False), (19, False), (20, True)])
def test_jobs_that_expire_are_replaced_twenty_times(
    world: FakeAws, replaced: int, gives_up: bool
) -> None:
    an_import = Import(world).put(expired=replaced)
    job = an_import.job("Expired")
    an_import.put(job_ids=(job.id,))
    failure = messages.job_expired(job.id)
    assert an_import.turn() == (
        an_import.after(done=True, failure=failure, results=(result(job),))
        if gives_up
        else an_import.after(job_ids=(None,), note=failure, waits=0, expired=replaced + 1)
    )


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("Stopped", messages.job_stopped),
        ("Expired", messages.job_expired),
    ],
)
def test_a_job_that_ended_otherwise_is_reported(
    world: FakeAws, status: str, failure: Callable[..., Any]
) -> None:
    an_import = Import(world)
    an_import.request = an_import.request._replace(start=status != "Expired")
    job = an_import.job(status, imported=1, message="what Cognito said")
    an_import.put(job_ids=(job.id,))
    assert an_import.turn() == an_import.after(
        done=True, failure=failure(job.id), results=(result(job),)
    )


def test_an_import_without_start_succeeds_when_its_job_is_created(world: FakeAws) -> None:
    an_import = Import(world)
    an_import.request = an_import.request._replace(start=False)
    job = an_import.job()
    an_import.put(job_ids=(job.id,))
    assert an_import.turn() == an_import.after(done=True, results=(result(job),), waits=0, note="")


@pytest.mark.parametrize(("retries", "gives_up"), [(4, False), (5, True)])
def test_a_refused_upload_is_tried_six_times(world: FakeAws, retries: int, gives_up: bool) -> None:
    an_import = Import(world).put(retries=retries)
    world.web.answer("/upload/", 403, times=99, body=b"<Code>AccessDenied</Code>")
    after = an_import.turn()
    said = after.progress.failure if gives_up else after.progress.note
    assert "403, AccessDenied" in said
    if gives_up:
        assert after == an_import.after(done=True, failure=said)
    else:
        assert after == an_import.after(job_ids=(None,), note=said, retries=5, waits=0, wait=4)


@pytest.mark.parametrize("late", [False, True], ids=["early", "late"])
@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("CreateUserImportJob", "InvalidParameterException"),
        ("CreateUserImportJob", "PreconditionNotMetException"),
        ("StartUserImportJob", "InvalidParameterException"),
        ("DescribeStacks", "AccessDenied"),
        ("HeadObject", "403"),
    ],
)
def test_a_refusal_is_waited_for_while_the_role_is_new(
    world: FakeAws, operation: str, code: str, late: bool
) -> None:
    an_import = Import(world)
    if operation == "StartUserImportJob":
        an_import.put(job_ids=(upload(an_import).id,))
    world.fault(operation, code, "not today")
    world.clock.time = an_import.state.plan.started_at + PROPAGATION_SECONDS - (0 if late else 1)
    after = an_import.turn()
    said = after.progress.failure if late else after.progress.note
    assert "not today" in said
    if late:
        assert after == an_import.after(failure=said, stopping=True, waits=0)
    else:
        assert after == an_import.after(note=said, waits=8, wait=2)


def test_a_role_that_may_not_be_assumed_is_waited_for_while_it_is_new(world: FakeAws) -> None:
    an_import = Import(world)
    started_at = an_import.state.plan.started_at
    world.fault("AssumeRole", "AccessDenied", "not today")
    for seconds, gives_up in ((PROPAGATION_SECONDS - 1, False), (PROPAGATION_SECONDS, True)):
        world.clock.time = started_at + seconds
        step = world.world_of(an_import.execution.event)
        after = replace(advance(an_import.request, an_import.state, step), waiting=None)
        said = after.progress.failure if gives_up else after.progress.note
        assert said.startswith("sts:AssumeRole of arn:aws:iam::123456789012:role/")
        assert after == (
            an_import.after(failure=said, stopping=True, waits=0)
            if gives_up
            else an_import.after(note=said, waits=8, wait=2)
        )


def test_a_slot_reported_as_too_many_requests_is_waited_for(world: FakeAws) -> None:
    an_import = Import(world)
    an_import.put(job_ids=(upload(an_import).id,))
    world.fault("StartUserImportJob", "TooManyRequestsException", "one at a time")
    world.clock.time = an_import.state.plan.started_at + PROPAGATION_SECONDS
    after = an_import.turn()
    assert "TooManyRequestsException: one at a time" in after.progress.note
    assert after == an_import.after(note=after.progress.note, waits=8, wait=2)


def test_a_pool_that_keeps_no_more_jobs_is_reported(world: FakeAws) -> None:
    an_import = Import(world)
    world.fault("CreateUserImportJob", "LimitExceededException", "full")
    failure = messages.too_many_jobs_in_pool(
        "cognito-idp:CreateUserImportJob: LimitExceededException: full."
    )
    assert an_import.turn() == an_import.after(done=True, failure=failure)


def test_a_service_may_fail_for_five_minutes_before_the_step_does(world: FakeAws) -> None:
    an_import = Import(world)
    world.fault("CreateUserImportJob", "InternalErrorException")
    began_at = world.clock.now()
    while world.clock.now() < began_at + 300:
        waiting = an_import.waiting()
        assert waiting is not None
        assert waiting.phase is Phase.THROTTLING
        world.clock.sleep(an_import.state.wait_seconds)
    with pytest.raises(AwsError, match="InternalErrorException"):
        an_import.turn()


def test_an_error_that_does_not_pass_fails_the_step_at_once(world: FakeAws) -> None:
    an_import = Import(world)
    world.fault("CreateUserImportJob", "SomeException")
    with pytest.raises(AwsError, match="SomeException"):
        an_import.turn()


def test_a_pool_that_was_deleted_is_reported(world: FakeAws) -> None:
    an_import = Import(world)
    del world.cognito.pools[POOL]
    after = an_import.turn()
    assert after.progress.failure.startswith(messages.pool_deleted("cognito-idp:"))
    assert after == an_import.after(done=True, failure=after.progress.failure)


def test_an_import_is_not_cancelled_a_second_before_the_deadline(world: FakeAws) -> None:
    an_import = Import(world).plan(deadline=world.clock.now() + 1)
    assert not an_import.turn().progress.stopping


@pytest.mark.parametrize("note", ["", "The slot is taken."])
def test_at_the_deadline_the_last_response_of_cognito_is_reported(
    world: FakeAws, note: str
) -> None:
    now = world.clock.now()
    an_import = Import(world).put(note=note).plan(started_at=now - 1800, deadline=now)
    failure = messages.import_timed_out(1800, note)
    assert an_import.turn() == an_import.after(failure=failure, stopping=True, waits=0)


def test_an_upload_that_lasts_beyond_the_deadline_is_cancelled(world: FakeAws) -> None:
    an_import = Import(world)
    an_import.plan(deadline=world.clock.now() + 60)
    world.before("CreateUserImportJob", lambda: world.clock.sleep(60))
    note = messages.UPLOAD_TIMED_OUT
    assert an_import.turn() == an_import.after(
        job_ids=(None,), note=note, retries=3, waits=0, wait=4
    )


def test_a_stack_that_rolls_back_cancels_the_import(world: FakeAws) -> None:
    an_import = Import(world)
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    failure = messages.IMPORT_ROLLED_BACK
    assert an_import.turn() == an_import.after(failure=failure, stopping=True, waits=0)


def imported_before(world: FakeAws, event: dict[str, Any]) -> FakeJob:
    """A job that has imported the content of an event, whose owner is another request."""
    return Import(world, event=event).job("Succeeded", imported=3, message="said then")


def test_a_reverse_update_stops_the_job_and_answers_with_the_previous_import(
    world: FakeAws,
) -> None:
    event = create()
    before = imported_before(world, event)
    an_import = Import(world, event=update(event))
    slot = JobSlot(JobRows(0, 9, 3, ((0, 2),)), "import-9999999999")
    an_import.state = replace(an_import.state, progress=Progress(jobs=(slot,), **WORN))
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    expected = an_import.after(last_results=(result(before),), stopping=True, waits=0)
    clear = replace(expected.plan, intent=Intent.CLEAR)
    assert an_import.turn() == replace(expected, plan=clear)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (lambda _: create(), "UPDATE_ROLLBACK_IN_PROGRESS"),
        (lambda event: update(event, SourceHash="new"), "UPDATE_ROLLBACK_IN_PROGRESS"),
        (update, "DELETE_IN_PROGRESS"),
        (update, "ROLLBACK_IN_PROGRESS"),
    ],
    ids=["a Create", "new content", "a deletion", "the rollback of a creation"],
)
def test_every_other_request_fails_when_the_stack_rolls_back(
    world: FakeAws, kind: Callable[..., Any], status: str
) -> None:
    event = create()
    imported_before(world, event)
    an_import = Import(world, event=kind(event))
    world.cloudformation.status = status
    failure = messages.IMPORT_ROLLED_BACK
    assert an_import.turn() == an_import.after(failure=failure, stopping=True, waits=0)


def test_a_staged_csv_that_was_deleted_cancels_the_import(world: FakeAws) -> None:
    an_import = Import(world)
    del world.s3.objects["st", "imports/seed/users.csv"]
    failure = messages.STAGED_CSV_GONE
    assert an_import.turn() == an_import.after(failure=failure, stopping=True, waits=0)


def supersede(an_import: Import) -> None:
    """Let another request of CloudFormation claim what is staged."""
    Execution(create(), an_import.world).step()


def test_an_import_that_is_superseded_is_cancelled(world: FakeAws) -> None:
    an_import = Import(world)
    supersede(an_import)
    failure = messages.IMPORT_SUPERSEDED
    assert an_import.turn() == an_import.after(failure=failure, stopping=True, waits=0)


def test_a_request_that_is_superseded_while_it_starts_a_job_stops_the_job(world: FakeAws) -> None:
    an_import = Import(world)
    job = upload(an_import)
    an_import.put(job_ids=(job.id,))
    world.before("StartUserImportJob", lambda: supersede(an_import))
    failure = messages.IMPORT_SUPERSEDED
    assert an_import.turn() == an_import.after(
        failure=failure, stopping=True, note="", waits=1, wait=2
    )
    assert job.status == "Stopping"


def stopping(world: FakeAws, *sizes: int, **progress: int | tuple[Any, ...]) -> Import:
    return Import(world, *sizes).put(stopping=True, failure="Why.", **progress)


def test_a_stopping_job_is_described_every_ten_seconds(world: FakeAws) -> None:
    an_import = stopping(world)
    an_import.put(job_ids=(an_import.job("Stopping").id,))
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert world.called("StopUserImportJob") == []


def test_only_jobs_of_this_import_in_this_pool_are_stopped(world: FakeAws) -> None:
    an_import = stopping(world)
    own = an_import.job()
    world.cognito.add_job("foreign-job-1")
    world.cognito.add_job(own.name, pool=OTHER_POOL)
    an_import.turn()
    assert [call["JobId"] for call in world.called("StopUserImportJob")] == [own.id]


def test_a_stopped_job_is_reported_with_its_last_status(world: FakeAws) -> None:
    an_import = stopping(world)
    job = an_import.job("Stopped", imported=1, message="said last")
    an_import.put(job_ids=(job.id,))
    assert an_import.turn() == an_import.after(done=True, results=(result(job),))


def test_the_last_status_of_the_second_job_follows_that_of_the_first(world: FakeAws) -> None:
    an_import = Import(world, 1, 2).put(stopping=True, failure="Why.")
    first = an_import.job("Succeeded", imported=1)
    second = an_import.job("Stopped", number=1)
    an_import.put(job_ids=(first.id, second.id), results=(result(first),))
    assert an_import.turn() == an_import.after(done=True, results=(result(first), result(second)))


@pytest.mark.parametrize("job_ids", [(), (None,)])
def test_without_a_job_no_last_status_is_reported(world: FakeAws, job_ids: tuple[Any, ...]) -> None:
    an_import = stopping(world, job_ids=job_ids)
    assert an_import.turn() == an_import.after(done=True)
    assert world.called("DescribeUserImportJob") == []


def test_an_unavailable_last_status_does_not_change_the_result(world: FakeAws) -> None:
    an_import = stopping(world)
    an_import.put(job_ids=(an_import.job("Stopped").id,))
    world.fault("DescribeUserImportJob", "InternalErrorException")
    assert an_import.turn() == an_import.after(done=True)


@pytest.mark.parametrize("failure", ["Why.", ""])
@pytest.mark.parametrize("early", [0, 1])
def test_a_job_that_does_not_stop_is_reported_in_time(
    world: FakeAws, failure: str, early: int
) -> None:
    an_import = stopping(world).put(failure=failure)
    job = an_import.job("Stopping")
    an_import.put(job_ids=(job.id,))
    world.clock.time = an_import.state.plan.deadline + STOP_SECONDS - early
    reported = f"{failure} {messages.job_still_stopping(job.id)}".strip()
    expected = (
        an_import.after(waits=8, wait=2)
        if early
        else an_import.after(done=True, failure=reported, results=(result(job),))
    )
    assert an_import.turn() == expected


def test_a_deleted_pool_has_no_job_to_stop(world: FakeAws) -> None:
    an_import = stopping(world)
    del world.cognito.pools[POOL]
    assert an_import.turn() == an_import.after(done=True)


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidParameterException"])
@pytest.mark.parametrize(
    ("denials", "seconds", "gives_up"),
    [
        (4, PROPAGATION_SECONDS, False),
        (5, PROPAGATION_SECONDS, True),
        (5, PROPAGATION_SECONDS - 1, False),
        (50, PROPAGATION_SECONDS - 1, False),
    ],
)
def test_a_list_call_is_finally_denied_after_two_minutes_and_five_more_calls(
    world: FakeAws, code: str, denials: int, seconds: int, gives_up: bool
) -> None:
    an_import = stopping(world, denials=denials)
    world.fault("ListUserImportJobs", code)
    world.clock.time = an_import.state.plan.started_at + seconds
    expected = (
        an_import.after(done=True)
        if gives_up
        else an_import.after(denials=denials + 1, waits=8, wait=2)
    )
    assert an_import.turn() == expected


def test_an_allowed_list_call_resets_the_count_of_denials(world: FakeAws) -> None:
    an_import = stopping(world, denials=3)
    an_import.put(job_ids=(an_import.job("Stopping").id,))
    assert an_import.turn() == an_import.after(denials=0, waits=1, wait=2)


def clearing(world: FakeAws, **progress: int) -> Import:
    return stopping(world, **progress).plan(intent=Intent.CLEAR)


@pytest.mark.parametrize("status", [None, "Created", "Succeeded", "Stopped"])
@pytest.mark.parametrize("stops_created_jobs", [True, False])
def test_clear_always_lists_the_jobs_two_times(
    world: FakeAws, status: str | None, stops_created_jobs: bool
) -> None:
    world.cognito.stops_created_jobs = stops_created_jobs
    an_import = clearing(world, waits=0)
    if status:
        an_import.job(status)
    assert an_import.turn() == an_import.after(waits=1, wait=2)
    an_import.put(waits=1)
    assert an_import.turn() == an_import.after(done=True)


def test_clear_stops_a_job_that_only_the_second_list_has(world: FakeAws) -> None:
    an_import = clearing(world, waits=0)
    job = an_import.job("InProgress")
    world.cognito.list_delay = 2
    an_import.state = an_import.turn()
    assert job.status == "InProgress"
    world.clock.sleep(an_import.state.wait_seconds)
    assert not an_import.turn().done
    assert job.status == "Stopping"


def test_a_cancelled_import_stops_its_own_job_although_it_is_not_listed_yet(world: FakeAws) -> None:
    an_import = stopping(world, 1, 2)
    job = an_import.job("InProgress")
    an_import.put(job_ids=(None, job.id))
    world.cognito.list_delay = 60
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert job.status == "Stopping"


def test_a_listed_job_is_stopped_without_being_described(world: FakeAws) -> None:
    an_import = stopping(world)
    an_import.put(job_ids=(an_import.job("InProgress").id,))
    an_import.turn()
    assert world.called("DescribeUserImportJob") == []


def test_a_job_that_does_not_exist_is_not_stopped(world: FakeAws) -> None:
    an_import = stopping(world, job_ids=("import-9999999999",))
    running = an_import.job("InProgress")
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert running.status == "Stopping"


def test_a_job_of_an_unknown_status_is_stopped_and_waited_for(world: FakeAws) -> None:
    an_import = stopping(world)
    job = an_import.job(UNKNOWN)
    an_import.put(job_ids=(job.id,))
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert [call["JobId"] for call in world.called("StopUserImportJob")] == [job.id]


def test_a_cancelled_import_does_not_wait_for_an_unstarted_job(world: FakeAws) -> None:
    an_import = stopping(world, waits=0)
    job = an_import.job()
    an_import.put(job_ids=(job.id,))
    world.cognito.stops_created_jobs = False
    assert an_import.turn() == an_import.after(done=True, results=(result(job),))


def test_a_cancelled_import_does_not_stop_the_jobs_of_another_request(world: FakeAws) -> None:
    an_import = stopping(world)
    mine = an_import.job("InProgress")
    theirs = an_import.job("InProgress", name=name_of_another_request())
    taken_over = an_import.job("InProgress", name=name_of_another_request(1))
    an_import.put(job_ids=(taken_over.id,))
    an_import.turn()
    stopped = {call["JobId"] for call in world.called("StopUserImportJob")}
    assert stopped == {mine.id, taken_over.id}
    assert theirs.status == "InProgress"


def test_a_job_that_has_ended_does_not_hide_an_older_one_that_runs(world: FakeAws) -> None:
    an_import = stopping(world)
    running, ended = an_import.job("InProgress"), an_import.job("Succeeded", imported=3)
    an_import.put(job_ids=(ended.id,))
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert running.status == "Stopping"


def test_clear_stops_the_jobs_of_every_request(world: FakeAws) -> None:
    an_import = clearing(world)
    theirs = an_import.job("InProgress", name=name_of_another_request())
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert theirs.status == "Stopping"


@pytest.mark.parametrize("code", ["PreconditionNotMetException", "InvalidParameterException"])
def test_a_job_that_cannot_be_stopped_does_not_block_the_others(world: FakeAws, code: str) -> None:
    an_import = stopping(world)
    jobs = [an_import.job("InProgress") for _ in range(2)]
    an_import.put(job_ids=(jobs[0].id,))
    world.fault("StopUserImportJob", code, times=1)
    assert an_import.turn() == an_import.after(waits=8, wait=2)
    assert sorted(job.status for job in jobs) == ["InProgress", "Stopping"]
