"""The profile `observed`: the local AWS behaves as reports say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.import_world import (
    LOG_ACTIONS,
    World,
    allow,
    code_of,
    log_groups,
    make_role,
    user,
)

from cognito_import_local import ImportSettings, LocalAws
from cognito_import_local.control_paths import SETTINGS_VARIABLE
from cognito_import_local.observed import FACTS_VARIABLE, FactsFileError, observed
from cognito_import_local.settings import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "tests" / "verify" / "example" / "facts.json"


def facts_file(folder: Path, name: str = "facts.json", **facts: Any) -> Path:
    """Write the example's facts with changes made by hand."""
    content = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    content["facts"] |= facts
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_the_example_gives_the_settings_that_it_was_made_with() -> None:
    settings = ImportSettings().as_json()
    measured = {name for name in settings if "seconds" in name}
    for name, value in observed([EXAMPLE]).settings.items():
        if name in measured:
            assert value == pytest.approx(settings[name], abs=1)
        else:
            assert value == settings[name], name


@pytest.mark.parametrize(
    ("facts", "setting", "value"),
    [
        ({"passed_to_service_sent": True}, "sends_passed_to_service", True),
        ({"source_keys_sent": True}, "sends_source_keys", True),
        ({"slot_taken": "TooManyRequestsException"}, "slot_taken", "too_many_requests"),
        ({"list_shows_new_job": False}, "list_lags", 1),
        ({"none_imported": ["Succeeded"]}, "fail_if_none_imported", False),
        ({"statuses": ["Pending", "Preparing", "Succeeded"]}, "unknown_status", "Preparing"),
        ({"policy_seconds": 7, "policy_removal_seconds": 9}, "iam_propagation_seconds", 9.0),
        ({"logs_role_seconds": 11}, "role_propagation_seconds", 11.0),
        ({"eligible_for_hashes": False}, "password_hash_eligible", False),
        ({"alias_clash": "skip"}, "alias_clash", "skip"),
        ({"birthdate_stored": "as_given"}, "stored_birthdate", "as_given"),
    ],
    ids=str,
)
def test_a_fact_decides_a_setting(
    tmp_path: Path, facts: dict[str, Any], setting: str, value: Any
) -> None:
    assert observed([facts_file(tmp_path, **facts)]).settings[setting] == value


def test_one_report_does_not_overrule_documentation(tmp_path: Path) -> None:
    changes = {"missing_columns": "accept", "stop_answer": "Stopping"}
    one, two = (facts_file(tmp_path, f"{name}.json", **changes) for name in ("one", "two"))
    decided = observed([one]).settings
    assert decided.keys().isdisjoint({"missing_columns", "stop_answers_within"})
    decided = observed([one, two]).settings
    assert decided["missing_columns"] == "accept"
    assert decided["stop_answers_within"] == 0.0


def test_reports_that_disagree_decide_nothing_and_are_named(tmp_path: Path) -> None:
    one = facts_file(tmp_path, "one.json", alias_clash="skip")
    two = facts_file(tmp_path, "two.json", alias_clash="fail")
    found = observed([one, two])
    assert "alias_clash" not in found.settings
    assert found.notices == [
        "one.json is of a local AWS, not of an account",
        "two.json is of a local AWS, not of an account",
        'reports disagree on alias_clash: "skip" (one.json), "fail" (two.json)',
    ]


def test_the_longest_duration_of_all_reports_counts(tmp_path: Path) -> None:
    one = facts_file(tmp_path, "one.json", seconds_pending=2.5)
    two = facts_file(tmp_path, "two.json", seconds_pending=1.5)
    assert observed([two, one]).settings["seconds_pending"] == 2.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no JSON", "cannot be read: JSONDecodeError"),
        ("{}", "is not a facts file"),
        ('{"format": "verify-user-import facts 1"}', "has no facts"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FactsFileError, match=message):
        observed([path])


def test_the_profile_needs_a_facts_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FACTS_VARIABLE, raising=False)
    with pytest.raises(InvalidSettingError, match="--facts"):
        ImportSettings.profile("observed")


@pytest.fixture
def observing(tmp_path: Path) -> Iterator[LocalAws]:
    path = facts_file(
        tmp_path,
        slot_taken="TooManyRequestsException",
        passed_to_service_sent=True,
        seconds_pending=60,
        # The roles of the test are new.
        logs_role_seconds=0,
        policy_seconds=0,
        policy_removal_seconds=0,
    )
    with LocalAws(profile="observed", facts=[path]) as aws:
        yield aws


def world_of(aws: LocalAws, name: str) -> World:
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=name, AutoVerifiedAttributes=["email"])["UserPool"]
    role = make_role(aws, name, [allow(LOG_ACTIONS, log_groups(aws))])
    return World(aws, cognito, pool["Id"], role)


def test_the_local_aws_behaves_as_a_facts_file_says(observing: LocalAws) -> None:
    settings = observing.settings()
    assert settings["sends_passed_to_service"]
    assert settings["slot_taken"] == "too_many_requests"
    first, second = world_of(observing, "first"), world_of(observing, "second")
    job_ids = [world.uploaded(world.csv(user("ann"))) for world in (first, second)]
    first.start(job_ids[0])
    with pytest.raises(ClientError) as error:
        second.start(job_ids[1])
    assert code_of(error) == "TooManyRequestsException"


def test_the_command_names_disagreements_and_refuses_other_files(tmp_path: Path) -> None:
    one = facts_file(tmp_path, "one.json", alias_clash="skip")
    two = facts_file(tmp_path, "two.json", alias_clash="fail")
    other = tmp_path / "other.json"
    other.write_text("{}", encoding="utf-8")
    refused = command("--facts", one, "--facts", two, "--facts", other)
    assert refused.returncode == 2
    assert f"{other} is not a facts file" in refused.stderr
    # The option is refused after the facts were read.
    named = command("--facts", one, "--facts", two, settings='{"list_lags": "no"}')
    assert named.returncode == 2
    assert "reports disagree on alias_clash" in named.stderr


def command(*arguments: object, settings: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cognito_import_local", "--profile", "observed", "--quiet"]
        + [str(each) for each in arguments],
        cwd=ROOT / "local",
        env={**os.environ, SETTINGS_VARIABLE: settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
