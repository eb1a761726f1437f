"""A call whose rights may come late is repeated for a while, and no longer."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.fake_world import Clock

from user_import.propagation import PROPAGATION_SECONDS, retry_while


class Late(Exception):
    """An error that may pass."""


class Calls:
    """A call that fails until some time, or with some error; and when it was made."""

    def __init__(self, allowed_at: float, error: Any = Late) -> None:
        self.clock = Clock(time=0.0)
        self.allowed_at = allowed_at
        self.error = error
        self.made_at: list[float] = []

    def call(self) -> str:
        self.made_at.append(self.clock.now())
        if self.clock.now() < self.allowed_at:
            raise self.error(f"at {self.clock.now():g}")
        return "allowed"

    def made(self, until: float = PROPAGATION_SECONDS) -> str:
        return retry_while(
            lambda error: isinstance(error, Late),
            self.call,
            until=until,
            now=self.clock.now,
            sleep=self.clock.sleep,
        )


def test_a_denied_call_is_retried_for_two_minutes() -> None:
    assert PROPAGATION_SECONDS == 120


def test_a_call_that_is_allowed_is_made_once() -> None:
    calls = Calls(allowed_at=0)
    assert calls.made() == "allowed"
    assert calls.made_at == [0]


@pytest.mark.parametrize("allowed_at", [1, 60, PROPAGATION_SECONDS])
def test_a_call_that_is_allowed_in_time_succeeds_within_seconds_of_that(allowed_at: float) -> None:
    calls = Calls(allowed_at)
    assert calls.made() == "allowed"
    assert allowed_at <= calls.clock.now() <= allowed_at + 3


def test_a_call_that_is_never_allowed_fails_at_the_end_with_its_last_error() -> None:
    calls = Calls(allowed_at=1000)
    with pytest.raises(Late, match=r"^at 120$"):
        calls.made()
    assert calls.made_at == list(range(0, 121, 3))


@pytest.mark.parametrize("until", [0, -5])
def test_a_call_is_made_once_when_no_time_remains(until: float) -> None:
    calls = Calls(allowed_at=1000)
    with pytest.raises(Late):
        calls.made(until)
    assert calls.made_at == [0]


def test_a_permanent_error_is_raised_at_once() -> None:
    calls = Calls(allowed_at=1000, error=KeyError)
    with pytest.raises(KeyError):
        calls.made()
    assert calls.made_at == [0]
