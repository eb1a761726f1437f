"""The table of facts, the samples of AWS's documentation, and the plain AWS CLI as a client."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from helpers import service_model
from helpers.import_world import put, user

from cognito_import_local import ImportSettings
from cognito_import_local.service.clock import Clock
from cognito_import_local.service.rate_quotas import RateQuotas

sys.path.insert(0, str(Path(__file__).parent))
import conformance  # type: ignore[import-not-found]  # on the path since the line above

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.import_world import World

    from cognito_import_local import LocalAws

WITH_TEXTS = (
    *("faults", "rules", "import_jobs", "imported_rows", "upload_urls", "permissions"),
    *("eyes_pools_and_buckets", "server"),
)
"""The test files that see messages of the import service."""


def test_the_document_is_generated_from_the_table() -> None:
    assert conformance.DOCUMENT.read_text(encoding="utf-8") == conformance.document(), (
        "run: python tests/local/service/conformance.py"
    )


def test_every_test_in_the_table_exists() -> None:
    assert conformance.named_tests() - set(conformance.test_files()) == set()


def test_every_setting_is_in_the_table() -> None:
    assert {each.name for each in fields(ImportSettings)} == set(conformance.UNKNOWNS)


def test_the_limits_and_times_on_record_are_the_defaults() -> None:
    settings = ImportSettings()

    assert settings.characters_per_row == 16_000
    assert settings.users_per_file == 500_000
    assert settings.bytes_per_file == 100_000_000
    assert settings.jobs_per_pool == 1_000
    assert settings.upload_url_seconds == 899
    assert settings.hours_until_expired == 24


def test_the_quotas_of_an_account_are_20_reads_and_15_updates_a_second() -> None:
    class Frozen(Clock):
        moment = 0.0

        def elapsed(self) -> float:
            return self.moment

    clock = Frozen()
    quotas = RateQuotas(clock)

    def admitted(operation: str) -> int:
        pools = [f"pool{number}" for number in range(10)]
        return sum(quotas.admits(operation, "1", "r", pool) for pool in pools * 5)

    for _ in range(2):
        assert admitted("GetCSVHeader") + admitted("ListUserImportJobs") == 20
        assert admitted("CreateUserImportJob") + admitted("StopUserImportJob") == 15
        clock.moment += 1


# Members of the answers in the AWS CLI's examples and the Developer Guide's samples.
CREATED = {
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
STARTED = CREATED | {"StartDate"}
ENDED = STARTED | {"CompletionDate", "CompletionMessage"}
EXPIRED = ENDED - {"StartDate"}
STANDARD_HEADER = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "cognito:mfa_enabled",
    "cognito:username",
]


def test_the_answer_to_the_guides_request_has_the_same_shape(world: World) -> None:
    world.aws.configure(password_hash_eligible=False, describe_url="original")
    header = world.cognito.get_csv_header(UserPoolId=world.pool)
    header.pop("ResponseMetadata")
    assert header == {"UserPoolId": world.pool, "CSVHeader": STANDARD_HEADER}

    created = world.create(JobName="Test-import")
    assert set(created) == CREATED
    assert (created["JobName"], created["Status"]) == ("Test-import", "Created")
    assert [created[f"{each}Users"] for each in ("Imported", "Skipped", "Failed")] == [0, 0, 0]

    put(created["PreSignedUrl"], world.csv(user("ann")))
    started = world.start(created["JobId"])
    assert (set(started), started["Status"]) == (STARTED, "Pending")
    described = world.ended(created["JobId"])
    assert (set(described), described["Status"]) == (ENDED, "Succeeded")

    stopping = world.uploaded(world.csv(user("bob")))
    world.aws.configure(seconds_pending=60)
    world.start(stopping)
    stopped = world.stop(stopping)
    assert (set(stopped), stopped["Status"]) == (ENDED, "Stopped")

    world.create()
    world.aws.clock.advance(hours=24)
    page = world.cognito.list_user_import_jobs(UserPoolId=world.pool, MaxResults=2)
    assert set(page) - {"ResponseMetadata"} == {"UserImportJobs", "PaginationToken"}
    expired, _ = page["UserImportJobs"]
    assert (set(expired), expired["Status"]) == (EXPIRED, "Expired")
    world.aws.reset()


def test_an_answer_that_violates_the_service_model_is_reported() -> None:
    shape = service_model.MODEL.operation_model("DescribeUserImportJob").output_shape
    job = {"JobId": "import-1", "Status": "Done", "ImportedUsers": "1", "Colour": "red"}

    found = service_model.problems(shape, {"UserImportJob": job})

    assert [each.split(":")[0].split(" ")[0] for each in found] == [
        ".UserImportJob.Colour",
        ".UserImportJob.Status",
        ".UserImportJob.ImportedUsers",
    ]


@pytest.fixture
def cli(aws: LocalAws, tmp_path: Path) -> Callable[..., Any]:
    """Return the AWS CLI as a function: `aws cognito-idp` with its arguments."""
    program = Path(sys.executable).parent / "aws"
    known = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**known, **aws.environment, "HOME": str(tmp_path)}
    if not program.exists():
        pytest.skip("the AWS CLI is not installed beside this Python")

    def run(*arguments: str) -> Any:
        done = subprocess.run(
            [program, "--output", "json", "cognito-idp", *arguments],
            capture_output=True,
            check=False,
            env=environment,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.slow
def test_the_aws_cli_runs_an_import_from_end_to_end(
    world: World, cli: Callable[..., Any], tmp_path: Path
) -> None:
    pool = ("--user-pool-id", world.pool)
    header = cli("get-csv-header", *pool)["CSVHeader"]
    file = tmp_path / "users.csv"
    file.write_bytes(world.csv(user("ann"), header=header))

    job = cli(
        *("create-user-import-job", "--job-name", "Test-import", *pool),
        *("--cloud-watch-logs-role-arn", world.role),
        *("--password-hashing-algorithm", "BCRYPT"),
    )["UserImportJob"]
    assert set(job) == CREATED | {"PasswordHashingAlgorithm"}
    # As the Developer Guide has it.
    curl = shutil.which("curl")
    if curl is None:
        put(job["PreSignedUrl"], file.read_bytes())
    else:
        subprocess.run(
            [
                *(curl, "--silent", "--fail", "-v", "-T", file),
                *("-H", "x-amz-server-side-encryption:aws:kms", job["PreSignedUrl"]),
            ],
            capture_output=True,
            check=True,
            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
            timeout=60,
        )
    mine = (*pool, "--job-id", job["JobId"])

    assert cli("start-user-import-job", *mine)["UserImportJob"]["Status"] == "Pending"
    world.ended(job["JobId"])
    ended = cli("describe-user-import-job", *mine)["UserImportJob"]
    assert (ended["Status"], ended["ImportedUsers"]) == ("Succeeded", 1)
    listed = cli("list-user-import-jobs", *pool, "--max-results", "1")["UserImportJobs"]
    assert [each["JobId"] for each in listed] == [job["JobId"]]


@pytest.mark.slow
def test_the_suite_passes_with_the_messages_of_the_local_aws() -> None:
    here = Path(__file__)
    suite = [here.with_name(f"test_{each}.py") for each in WITH_TEXTS]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", *map(str, [here, *suite])],
        capture_output=True,
        check=False,
        env={**os.environ, "LOCAL_AWS_TEXTS": "ours"},
        text=True,
        timeout=280,
        cwd=conformance.ROOT,
    )

    assert done.returncode == 0, done.stdout[-5000:]
