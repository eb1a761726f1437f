"""A logs role that the app does not create, and that Cognito may not be able to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.deployed_histories import trusting

from user_import.messages import steps as messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.deployed_histories import History


@pytest.fixture
def history(play: Callable[..., History]) -> History:
    """An import with an imported logs role, whose changes are effective at once."""
    history = play("LookedAt")
    history.cloud.aws.configure(iam_propagation_seconds=0, role_propagation_seconds=0)
    return history


def test_an_imported_role_that_does_not_trust_cognito_fails_at_once(history: History) -> None:
    with trusting(history, "lambda.amazonaws.com"):
        answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == messages.logs_role_untrusting(history.logs_role)
    assert history.jobs() == []
    history.ends_well(started=0)


def test_an_imported_role_that_trusts_cognito_imports(history: History) -> None:
    assert history.asked("Create")["Data"]["ImportedUsers"] == "3"
    history.ends_well(started=1)


def test_an_unreachable_iam_does_not_block_an_import(history: History) -> None:
    history.cloud.aws.faults.hang("GetRole")
    assert history.asked("Create")["Data"]["ImportedUsers"] == "3"
    assert history.cloud.aws.faults.pending() == []
    history.ends_well(started=1)


def test_a_denied_iam_call_does_not_block_an_import(history: History) -> None:
    history.cloud.aws.faults.fail("GetRole", code="AccessDenied", status=403)
    assert history.asked("Create")["Data"]["ImportedUsers"] == "3"
    assert history.cloud.aws.faults.pending() == []
    history.ends_well(started=1)


def test_the_reason_for_waiting_is_in_the_state_machine_and_in_the_log(history: History) -> None:
    # The SDK repeats a call that is answered with TooManyRequestsException.
    history.cloud.aws.faults.take_slot(times=10)
    create = history.ask("Create")
    assert history.answer(create)["Status"] == "SUCCESS"
    names = history.states()
    assert {"Wait for the import slot or the logs role", "Wait for the job to end"} <= set(names)
    (reported, *_) = history.logged("Wait for the import slot or the logs role, since ")
    assert "waiting for Cognito to start import job" in reported
    history.ends_well(started=1)
