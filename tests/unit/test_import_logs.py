from __future__ import annotations

from collections.abc import Sequence

import pytest
from botocore.exceptions import EndpointConnectionError
from helpers.fake_world import FakeAws

from user_import.aws.cognito import JobResult
from user_import.aws.import_logs import UserResult, log_stream_name
from user_import.contract import log_group_name
from user_import.errors import AwsError

GROUP, STREAM = "/aws/cognito/userpools/p/n", "import-1/seed"


def read(
    world: FakeAws, lines: Sequence[str], outcomes: Sequence[str] = ("FAILED",), most: int = 10
) -> list[UserResult]:
    world.logs.write(GROUP, STREAM, lines)
    found: list[UserResult] = world.import_logs.results(GROUP, STREAM, list(outcomes), most)
    return found


def test_group_and_stream_are_named_as_cognito_names_them() -> None:
    assert log_group_name("eu-1_a", "people") == "/aws/cognito/userpools/eu-1_a/people"
    job = JobResult("import-1", "seed-1", "Failed", 0, 0, 0, "")
    assert log_stream_name(job) == "import-1/seed-1"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("SUCCEEDED", "The import succeeded."),
        ("SKIPPED", "The user already exists."),
        (
            "FAILED",
            "The User Record does not set any of the auto verified attributes to verified.",
        ),
        ("FAILED", "A reason - with a dash, and [brackets]"),
        ("FAILED", ""),
    ],
)
def test_every_documented_line_is_read(world: FakeAws, outcome: str, reason: str) -> None:
    found = read(world, (f"[{outcome}] Line Number 1234 - {reason}",), [outcome])
    assert found == [UserResult(1234, outcome, reason)]


def test_cognitos_own_lines_are_ignored(world: FakeAws) -> None:
    lines = (
        "Cognito User Pools Import - Test Log",
        "FAILED",
        "[FAILED] something else",
        "[FAILED] Line Number - no number",
        "",
        "[FAILED] Line Number 2 - yes",
    )
    assert [result.line for result in read(world, lines)] == [2]


def test_other_outcomes_are_ignored(world: FakeAws) -> None:
    lines = (
        "[SUCCEEDED] Line Number 2 - The import succeeded.",
        "[SKIPPED] Line Number 3 - The user already exists.",
        "[FAILED] Line Number 4 - a",
    )
    assert [result.line for result in read(world, lines)] == [4]
    assert [result.line for result in read(world, lines, ["FAILED", "SKIPPED"])] == [3, 4]
    assert [result.line for result in read(world, lines, ["SKIPPED"])] == [3]


def test_a_reason_that_mentions_other_outcomes_is_read(world: FakeAws) -> None:
    lines = ("[FAILED] Line Number 4 - neither SKIPPED nor SUCCEEDED",)
    assert [result.line for result in read(world, lines)] == [4]


def test_unprintable_characters_become_spaces(world: FakeAws) -> None:
    (result,) = read(world, ("[FAILED] Line Number 2 - a\nb\x1b[31m\x00\u2028c\td",))
    assert result.reason == "a b [31m  c d"


def test_a_long_reason_is_cut(world: FakeAws) -> None:
    (result,) = read(world, (f"[FAILED] Line Number 2 - {'x' * 5_000}",))
    assert 100 <= len(result.reason) <= 500


@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_all_pages_are_read_until_there_is_enough(world: FakeAws, page_size: int) -> None:
    world.logs.page_size = page_size
    lines = tuple(f"[FAILED] Line Number {line} - x" for line in range(2, 9))
    assert [result.line for result in read(world, lines)] == list(range(2, 9))
    assert [result.line for result in read(world, lines, most=3)] == [2, 3, 4]


def test_no_page_beyond_the_requested_lines_is_read(world: FakeAws) -> None:
    world.logs.page_size = 10
    read(world, tuple(f"[FAILED] Line Number {line} - x" for line in range(2, 2_000)))
    assert len(world.called("FilterLogEvents")) < 5


def test_reading_a_log_of_empty_pages_stops_at_a_limit(world: FakeAws) -> None:
    world.logs.page_size = 1
    lines = tuple("Cognito says something" for _ in range(1_000))
    assert read(world, lines) == []
    assert len(world.called("FilterLogEvents")) < 100


def test_a_stream_that_does_not_exist_has_no_results(world: FakeAws) -> None:
    assert world.import_logs.results(GROUP, "nobody/knows", ["FAILED"], 5) == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_a_refusal_is_raised_with_its_code(world: FakeAws, code: str) -> None:
    world.fault("FilterLogEvents", code)
    with pytest.raises(AwsError, match=f"logs:FilterLogEvents: {code}"):
        world.import_logs.results(GROUP, STREAM, ["FAILED"], 5)


def test_a_denied_call_on_a_log_group_is_raised_with_its_action(world: FakeAws) -> None:
    for operation in ("PutRetentionPolicy", "DeleteLogGroup"):
        world.fault(operation, "AccessDeniedException")
    with pytest.raises(AwsError, match="logs:PutRetentionPolicy: AccessDeniedException"):
        world.import_logs.keep_for(GROUP, 7)
    with pytest.raises(AwsError, match="logs:DeleteLogGroup: AccessDeniedException"):
        world.import_logs.remove(GROUP)


def test_a_broken_connection_is_raised(world: FakeAws) -> None:
    world.fault("FilterLogEvents", EndpointConnectionError(endpoint_url="https://logs"))
    with pytest.raises(AwsError, match="EndpointConnectionError"):
        world.import_logs.results(GROUP, STREAM, ["FAILED"], 5)
