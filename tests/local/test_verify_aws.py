"""`make verify-aws` against the local AWS, as if it were a real account."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from helpers.import_world import LOG_ACTIONS, allow, log_groups, make_role

from cognito_import_local import LocalAws
from cognito_import_local.settings import PROFILES, ImportSettings
from verify_aws.account import Account
from verify_aws.clean_up import CleanUp
from verify_aws.import_job import ImportJob, user
from verify_aws.policy import policy
from verify_aws.probes import PROBES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LONGEST_POLICY = 6144
"""Characters of a managed policy (IAM User Guide, "IAM and AWS STS quotas")."""

INTERRUPTED_AFTER = (0, 1, 4, 12, 25, 45, 70, 100, 140, 180)
"""Calls of a run after which it is killed. The first ones make the stack."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@dataclass
class LocalAccount(Account):
    """The account of a local AWS, in this process."""

    aws: LocalAws | None = None

    def client(self, service: str, *, retries: bool = True) -> Any:  # noqa: ARG002
        assert self.aws is not None
        return self.aws.client(service)


def verify(
    aws: LocalAws, *arguments: str, code: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command against the local AWS; `code` runs before it in its process."""
    program = f"{code}\nfrom verify_aws.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={**os.environ, **aws.environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def account_of(aws: LocalAws) -> Account:
    return LocalAccount(boto3.session.Session(region_name=aws.region), aws=aws)


def observed_in(profile: str, folder: Path) -> dict[str, Any]:
    """Run the probes in a profile, and return the facts file with the answers' texts."""
    with LocalAws(profile=profile) as aws:
        done = verify(aws, "--yes", "--without-app", "--output", str(folder))
        assert done.returncode == 0, done.stdout + done.stderr
        assert CleanUp(account_of(aws)).left() == []
    content: dict[str, Any] = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    report = (folder / "report.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in report.splitlines() if line[:2] == "| "]
    content["observed"] = {row[0]: row[-1] for row in rows}
    return content


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("verify")
    return {profile: observed_in(profile, folder / profile) for profile in PROFILES}


@pytest.mark.parametrize("profile", list(PROFILES))
def test_every_probe_answers(runs: dict[str, dict[str, Any]], profile: str) -> None:
    answers = runs[profile]["answers"]
    not_observed = {row for row, verdict in answers.items() if verdict == "not observed"}
    rows = {row for probe in PROBES for row in probe.rows}
    # The run has the credentials of the account's root.
    assert not_observed & rows == {"IAM-6"}


def test_answers_differ_where_a_probe_sees_the_switch(runs: dict[str, dict[str, Any]]) -> None:
    defaults = ImportSettings().as_json()
    compared = 0
    for probe in PROBES:
        for row, setting in probe.sees.items():
            switched = PROFILES["hostile"].get(setting, defaults[setting]) != defaults[setting]
            observed = [runs[profile]["observed"][row] for profile in PROFILES]
            assert (observed[0] != observed[1]) == switched, (row, setting, observed)
            compared += switched
    assert compared > 3


def test_a_switch_that_no_profile_turns_is_seen_too(tmp_path: Path) -> None:
    settings = {
        "sends_passed_to_service": True,
        "sends_source_keys": True,
        "alias_clash": "skip",
        "logs_role_fault": "fail_job",
        "stop_created_job": "stop",
    }
    with LocalAws(profile="documented", settings=settings) as aws:
        done = verify(aws, "--yes", "--without-app", "--output", str(tmp_path))
        assert done.returncode == 0, done.stdout + done.stderr
    facts = json.loads((tmp_path / "facts.json").read_text(encoding="utf-8"))["facts"]
    assert facts["passed_to_service_sent"]
    assert facts["source_keys_sent"]
    assert facts["alias_clash"] == "skip"
    assert facts["logs_role_faults"] == "fail_job"
    assert facts["stop_created_job"] == "stop"


@pytest.fixture(scope="module")
def interrupted() -> Iterator[LocalAws]:
    with LocalAws(profile="documented") as aws:
        yield aws


KILL = """
import os, signal, boto3
# A shell lets the programs that it starts in the background ignore the signal.
signal.signal(signal.SIGINT, signal.default_int_handler)
left = [{calls}]
def count(**_):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), {signal})
boto3.setup_default_session()
make = boto3.session.Session
class Counted(make):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.events.register("before-send.*", count)
boto3.session.Session = Counted
"""


@pytest.mark.parametrize("calls", INTERRUPTED_AFTER)
def test_a_clean_up_leaves_nothing_of_a_run_that_was_killed(
    interrupted: LocalAws, calls: int, tmp_path: Path
) -> None:
    code = KILL.format(calls=calls, signal=int(signal.SIGKILL))
    killed = verify(interrupted, "--yes", "--without-app", f"--output={tmp_path}", code=code)
    assert killed.returncode == -signal.SIGKILL
    done = verify(interrupted, "--clean-up", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert CleanUp(account_of(interrupted)).left() == []


def test_ctrl_c_removes_everything(interrupted: LocalAws, tmp_path: Path) -> None:
    # The signal comes once: the calls after it are those of the clean-up.
    code = KILL.replace("< 0", "== 0").format(calls=60, signal=int(signal.SIGINT))
    done = verify(interrupted, "--yes", "--without-app", f"--output={tmp_path}", code=code)
    assert done.returncode != 0
    assert "removing everything" in done.stdout
    assert CleanUp(account_of(interrupted)).left() == []


def test_nothing_is_made_while_an_import_runs(interrupted: LocalAws, tmp_path: Path) -> None:
    interrupted.configure(seconds_in_progress=600)
    aws = interrupted
    cognito = aws.client("cognito-idp")
    pool_id = cognito.create_user_pool(
        PoolName="of-somebody-else", AutoVerifiedAttributes=["email"]
    )["UserPool"]["Id"]
    start_a_job(aws, pool_id)
    done = verify(aws, "--yes", "--without-app", f"--output={tmp_path}")
    assert done.returncode == 1
    assert pool_id in done.stderr
    assert "--yes-share-slot" in done.stderr
    assert CleanUp(account_of(aws)).left() == []
    aws.clock.advance(hours=1)
    aws.reset()


def start_a_job(aws: LocalAws, pool_id: str) -> None:
    role = make_role(aws, "of-somebody-else", [allow(LOG_ACTIONS, log_groups(aws))])
    job = ImportJob(account_of(aws), pool_id, role)
    job.create()
    job.upload([user("somebody")])
    job.start()


def test_a_run_costs_no_more_than_is_allowed(interrupted: LocalAws) -> None:
    done = verify(interrupted, "--yes", "--most-usd", "0.001")
    assert done.returncode == 1
    assert "--most-usd" in done.stderr


def test_a_whole_run_needs_no_more_than_the_printed_policy(tmp_path: Path) -> None:
    with LocalAws(profile="documented") as aws:
        bootstrapped = subprocess.run(
            ["cdk", "bootstrap", f"aws://{aws.account}/{aws.region}"],
            cwd=tmp_path,
            env={**os.environ, **aws.environment, "CDK_DISABLE_VERSION_CHECK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert bootstrapped.returncode == 0, bootstrapped.stderr
        printed = verify(aws, "--print-policy")
        document = json.loads(printed.stdout)
        assert len(json.dumps(document, separators=(",", ":"))) < LONGEST_POLICY
        iam = aws.client("iam")
        iam.create_user(UserName="runner")
        arn = iam.create_policy(PolicyName="runner", PolicyDocument=json.dumps(document))["Policy"][
            "Arn"
        ]
        iam.attach_user_policy(UserName="runner", PolicyArn=arn)
        key = iam.create_access_key(UserName="runner")["AccessKey"]
        done = verify(
            aws,
            "--yes",
            f"--output={tmp_path}",
            AWS_ACCESS_KEY_ID=key["AccessKeyId"],
            AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"],
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert CleanUp(account_of(aws)).left() == []
        content = json.loads((tmp_path / "facts.json").read_text(encoding="utf-8"))
    assert set(content["facts"]["behaviours"].values()) == {"passed"}
    assert len(content["facts"]["behaviours"]) == 5
    assert content["facts"]["deployment_seconds"] > 0
    assert content["answers"]["IAM-8"] == "as assumed"


def test_the_policy_names_only_resources_of_a_run_where_it_can(interrupted: LocalAws) -> None:
    document = policy(account_of(interrupted))
    (lists, *others) = document["Statement"]
    # A pool that is made has no id to name.
    reading = set(lists["Action"]) - {"cognito-idp:CreateUserPool"}
    assert all(":List" in each or ":Describe" in each for each in reading)
    assert all("*" not in others_resources(each) for each in others)


def others_resources(statement: dict[str, Any]) -> list[str]:
    resources = statement["Resource"]
    return resources if isinstance(resources, list) else [resources]
