"""The secret with the test password: what is refused, and what is never shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from helpers.fake_world import (
    CANARY,
    Outcome,
)
from helpers.passwords import (
    CURRENT,
    PASSWORD,
    SECRET,
    STRONG,
    WEAK,
    passwords,
    run,
    with_secret,
)

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws


@pytest.fixture
def world(world: FakeAws) -> FakeAws:
    return with_secret(world)


def refusal(world: FakeAws, value: str | None, policy: Any = WEAK, **changes: Any) -> str:
    """Return why an import with this secret is refused, before anything is created."""
    world.secrets_manager.versions[SECRET] = {CURRENT: value}
    world.cognito.description = {"Policies": {"PasswordPolicy": policy}}
    execution = run(world, **changes)
    assert execution.status == "FAILED"
    assert not world.cognito.jobs
    assert value is None or value not in execution.reason
    return execution.reason


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("Short-1", "at least 12 characters"),
        ("lower-case-1!", "an uppercase letter"),
        ("UPPER-CASE-1!", "a lowercase letter"),
        ("No-digit-here!", "a digit"),
        ("NoSymbolHere12", "a special character"),
        (" Leading-space1!", "no white space"),
        ("Trailing-space1! ", "no white space"),
        ("Line\nbreak-here1!", "no line break"),
        ("Aa1!" * 65, "at most 256 characters"),
    ],
)
def test_a_password_that_breaks_the_policy_is_refused_with_the_rule(
    world: FakeAws, value: str, rule: str
) -> None:
    reason = refusal(world, value, STRONG)
    assert rule in reason
    assert SECRET in reason


def test_a_password_within_the_policy_is_taken(world: FakeAws) -> None:
    world.cognito.description = {"Policies": {"PasswordPolicy": STRONG}}
    world.secrets_manager.versions[SECRET] = {CURRENT: "Inner space is-1 symbol"}
    assert run(world).status == "SUCCESS"


def test_a_field_of_the_secret_can_be_the_password(world: FakeAws) -> None:
    world.secrets_manager.versions[SECRET] = {CURRENT: json.dumps({"pw": PASSWORD, "user": "x"})}
    assert run(world, TestPasswordField="pw").status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [
        ("plain-text-1", "pw", "is not a JSON object"),
        ("[1, 2, 3, 4]", "pw", "is not a JSON object"),
        ('{"pw": 12345678}', "pw", "is not text"),
        ('{"other": "12345678"}', "pw", "is missing"),
        ('{"pw": "12345678"}', None, "name the field"),
        (None, None, "the secret is binary"),
    ],
)
def test_a_secret_of_another_form_is_refused(
    world: FakeAws, value: str | None, field: str | None, text: str
) -> None:
    assert text in refusal(world, value, TestPasswordField=field)


def test_a_secret_that_does_not_exist_is_refused(world: FakeAws) -> None:
    world.secrets_manager.versions.clear()
    execution = run(world)
    assert execution.status == "FAILED"
    assert "ResourceNotFoundException" in execution.reason
    assert not world.cognito.jobs


def test_a_secret_of_another_region_is_refused_before_it_is_read(world: FakeAws) -> None:
    execution = run(world, TestPasswordSecret=SECRET.replace("eu-central-1", "us-east-1"))
    assert execution.status == "FAILED"
    assert "is in another Region; the import reads secrets of eu-central-1" in execution.reason
    assert not world.called("GetSecretValue")
    assert not world.cognito.jobs


def test_a_denial_of_the_secret_says_what_the_app_can_do(world: FakeAws) -> None:
    world.fault("GetSecretValue", "AccessDeniedException", "Access to KMS is not allowed")
    assert "encryption_key=…" in run(world).reason


def test_a_secret_that_is_not_reached_points_to_the_vpc(world: FakeAws) -> None:
    broken = EndpointConnectionError(endpoint_url="https://secretsmanager")
    world.fault("GetSecretValue", broken)
    assert "an endpoint for Secrets Manager" in run(world).reason


def test_a_password_in_the_place_of_the_arn_is_not_repeated(world: FakeAws) -> None:
    execution = run(world, TestPasswordSecret=PASSWORD)
    assert execution.status == "FAILED"
    assert "TestPasswordSecret is not allowed" in execution.reason


def test_the_password_is_in_no_log(world: FakeAws, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    world.cognito.outcomes = [Outcome(failed=1)]
    for via in ("ADMIN", "HASH"):
        run(world, TestPasswordVia=via)
    assert caplog.text
    for canary in (PASSWORD, CANARY, world.cognito.people.everybody[-1].password_hash):
        assert canary not in caplog.text
