"""Import jobs, used with boto3 as a client of AWS would: states, limits, lists, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from helpers.import_world import (
    World,
    code_of,
    message_of,
    user,
    waited,
)

from cognito_import_local import LocalAws
from cognito_import_local.settings import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_imported_users_are_users_of_the_pool(world: World) -> None:
    row = user("ann", name="Ann\\, Dr.", birthdate="02/01/1985", email_verified="TRUE")

    job = world.run(world.csv(row, user("bob", given_name="  Bob ")))

    assert job["Status"] == "Succeeded"
    assert job["CompletionMessage"] == "Import Job Completed Successfully."
    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (2, 0, 0)
    assert world.usernames() == {"ann", "bob"}
    ann = world.cognito.admin_get_user(UserPoolId=world.pool, Username="ann")
    attributes = {each["Name"]: each["Value"] for each in ann["UserAttributes"]}
    assert len(attributes.pop("sub")) == 36
    assert attributes == {
        "name": "Ann, Dr.",
        "birthdate": "1985-02-01",
        "email": "ann@example.com",
        "email_verified": "true",
    }
    assert (ann["Enabled"], ann["UserStatus"]) == (True, "RESET_REQUIRED")
    bob = world.cognito.admin_get_user(UserPoolId=world.pool, Username="bob")
    assert {"Name": "given_name", "Value": "Bob"} in bob["UserAttributes"]


def test_a_job_passes_through_pending_and_in_progress_and_rewrites_its_start_date(
    world: World,
) -> None:
    world.aws.configure(seconds_pending=600, seconds_in_progress=600)
    job_id = world.uploaded(world.csv(user("ann")))
    assert world.describe(job_id)["Status"] == "Created"

    started = world.start(job_id)
    assert (started["Status"], world.describe(job_id)["Status"]) == ("Pending", "Pending")
    for status, following in (("Pending", "InProgress"), ("InProgress", "Succeeded")):
        assert world.describe(job_id)["Status"] == status
        world.aws.clock.advance(seconds=600)

        def moved_on(job: Any, before: str = status) -> bool:
            return bool(job["Status"] != before)

        job = waited(lambda: world.describe(job_id), moved_on)
        assert job["Status"] == following

    assert job["StartDate"] > started["StartDate"]
    assert job["CompletionDate"] > job["StartDate"]


def test_a_new_job_has_the_members_of_the_service_model_and_no_others(world: World) -> None:
    job = world.create(JobName="first job")

    model = botocore.session.get_session().get_service_model("cognito-idp")
    assert set(job) <= set(model.shape_for("UserImportJobType").members)
    assert set(job) == {
        "JobName",
        "JobId",
        "UserPoolId",
        "PreSignedUrl",
        "CreationDate",
        "Status",
        "CloudWatchLogsRoleArn",
        "ImportedUsers",
        "SkippedUsers",
        "FailedUsers",
    }
    assert job["Status"] == "Created"
    assert "X-Amz-SignedHeaders=host%3Bx-amz-server-side-encryption" in job["PreSignedUrl"]


def test_a_job_without_an_upload_does_not_start(world: World) -> None:
    job = world.create()

    with pytest.raises(ClientError) as error:
        world.start(job["JobId"])

    assert code_of(error) == "PreconditionNotMetException"
    assert message_of(error) == f"No csv file was uploaded for {job['JobId']}"


def test_a_pool_without_auto_verified_attribute_does_not_import(
    make_world: Callable[..., World],
) -> None:
    world = make_world(AutoVerifiedAttributes=[])
    job_id = world.uploaded(world.csv(user("ann")))

    with pytest.raises(ClientError) as error:
        world.start(job_id)

    assert code_of(error) == "PreconditionNotMetException"


def test_only_one_job_is_active_in_an_account(make_world: Callable[..., World]) -> None:
    first, second = make_world(), make_world()
    first.aws.configure(seconds_pending=600)
    running = first.uploaded(first.csv(user("ann")))
    waiting = second.uploaded(second.csv(user("ann")))
    first.start(running)

    with pytest.raises(ClientError) as error:
        second.start(waiting)

    assert code_of(error) == "PreconditionNotMetException"
    first.stop(running)
    second.aws.configure(seconds_pending=0)
    second.start(waiting)
    assert second.ended(waiting)["Status"] == "Succeeded"


def test_a_stopped_job_keeps_its_users_and_does_not_start_again(world: World) -> None:
    world.aws.configure(rows_per_second=10)
    job_id = world.uploaded(world.csv(*(user(f"user{number}") for number in range(100))))
    world.start(job_id)
    waited(lambda: world.describe(job_id), lambda job: job["ImportedUsers"] > 0)

    job = world.stop(job_id)

    assert job["Status"] == "Stopped"
    assert job["CompletionMessage"] == "The Import Job was stopped by the developer."
    assert 0 < job["ImportedUsers"] == len(world.users()) < 100
    for call in (world.start, world.stop):
        with pytest.raises(ClientError) as error:
            call(job_id)
        assert code_of(error) == "PreconditionNotMetException"


def test_a_job_that_stops_slowly_has_the_status_stopping(world: World) -> None:
    world.aws.configure(seconds_pending=600, stop_answers_within=0, seconds_stopping=0.3)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)

    assert world.stop(job_id)["Status"] == "Stopping"
    assert world.ended(job_id)["Status"] == "Stopped"


def test_an_unstarted_job_expires(world: World) -> None:
    job_id = world.uploaded(world.csv(user("ann")))
    world.aws.configure(hours_until_expired=0)

    job = world.describe(job_id)

    assert (job["Status"], job["CompletionMessage"]) == (
        "Expired",
        "The user import job has expired.",
    )
    assert "StartDate" not in job
    with pytest.raises(ClientError) as error:
        world.start(job_id)
    assert code_of(error) == "PreconditionNotMetException"


def test_jobs_are_listed_last_created_first_and_in_pages(world: World) -> None:
    created = [world.create()["JobId"] for _ in range(5)]
    found: list[Any] = []
    token: dict[str, Any] = {}
    for _ in range(3):
        page = world.cognito.list_user_import_jobs(UserPoolId=world.pool, MaxResults=2, **token)
        found += [job["JobId"] for job in page["UserImportJobs"]]
        if "PaginationToken" not in page:
            break
        token = {"PaginationToken": page["PaginationToken"]}

    assert found == created[::-1]
    with pytest.raises(ClientError) as error:
        world.cognito.list_user_import_jobs(
            UserPoolId=world.pool, MaxResults=2, PaginationToken="nonsense"
        )
    assert code_of(error) == "InvalidParameterException"


def test_unknown_pools_and_jobs_are_not_found(world: World) -> None:
    with pytest.raises(ClientError) as error:
        world.cognito.get_csv_header(UserPoolId="us-east-1_nobody")
    assert code_of(error) == "ResourceNotFoundException"
    with pytest.raises(ClientError) as error:
        world.describe("import-nobody")
    assert code_of(error) == "ResourceNotFoundException"


def test_a_job_name_outside_the_model_is_refused(world: World) -> None:
    with pytest.raises(ClientError) as error:
        world.create(JobName="not/a/name")

    assert code_of(error) == "InvalidParameterException"


def test_a_setting_delays_the_log(world: World) -> None:
    world.aws.configure(log_delay_seconds=3600)

    job = world.run(world.csv(user("ann")))

    assert world.log(job) == []
    world.aws.clock.advance(hours=1)
    waited(lambda: world.log(job), lambda lines: len(lines) == 3)


def test_unknown_settings_are_refused(aws: LocalAws) -> None:
    for wrong in ({"speed": 1}, {"alias_clash": "perhaps"}, {"seconds_pending": "soon"}):
        with pytest.raises(InvalidSettingError):
            aws.configure(**wrong)
    aws.configure(texts={"slot_taken": "nonsense"})
    assert aws.settings()["texts"]["slot_taken"] == "nonsense"
