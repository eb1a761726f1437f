"""What `make mutants` makes of what became of the mutants."""

import importlib.util
from pathlib import Path

import pytest

CI = Path(__file__).resolve().parents[2] / ".ci"
NAME = "user_import.seen.x_find__mutmut_1"
CHANGE = "return sorted(found) -> return found"
MODULE = """
def x_find__mutmut_orig(keys):
    found = [
        key for key in keys
    ]
    return sorted(found)


def x_find__mutmut_1(keys):
    found = [
        key for key in keys
    ]
    return found


class Seen:
    def xǁSeenǁadd__mutmut_orig(self, key, times):
        self.add(
            key,
            times,
        )

    def xǁSeenǁadd__mutmut_12(self, key, times):
        self.add(
            key,
            )
"""


@pytest.fixture(scope="module")
def survivors():
    spec = importlib.util.spec_from_file_location("survivors", CI / "survivors.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def explained(survivors):
    return survivors.Explanation("user_import.seen.*", r"return sorted\(.*\) -> return .*", "Why.")


def problems(survivors, status, *explained):
    results = {NAME: status} if status else {}
    return list(survivors.problems(results, {NAME: CHANGE}, explained))


def test_the_changes_are_those_of_the_module(survivors):
    assert dict(survivors.changes("user_import.seen", MODULE)) == {
        NAME: CHANGE,
        "user_import.seen.xǁSeenǁadd__mutmut_12": "times, -> ",
    }


@pytest.mark.parametrize("status", ["survived", "no tests", "broken"])
def test_what_no_test_noticed_needs_an_explanation(survivors, explained, status):
    assert problems(survivors, status) == [f"{NAME}: {status}, and not explained: {CHANGE}"]
    assert problems(survivors, status, explained) == []


@pytest.mark.parametrize(
    "changes", [{"where": "user_import.steps.advance.*"}, {"change": r"return sorted\(.*\) -> "}]
)
def test_an_explanation_is_of_certain_changes_in_certain_places(survivors, explained, changes):
    other = explained._replace(**changes)
    found = problems(survivors, "survived", other)
    assert found == [
        f"{NAME}: survived, and not explained: {CHANGE}",
        f"explained, and tests notice all such mutants: {other.where}: {other.change}",
    ]


@pytest.mark.parametrize("status", ["killed", "timeout"])
def test_an_explanation_of_mutants_that_tests_notice_is_out_of_date(survivors, explained, status):
    assert problems(survivors, status) == []
    assert problems(survivors, status, explained) == [
        f"explained, and tests notice all such mutants: {explained.where}: {explained.change}"
    ]


def test_a_mutant_that_was_not_tried_is_no_problem(survivors, explained):
    assert problems(survivors, None) == []
    assert problems(survivors, None, explained) == []


def test_the_explanations_can_be_read(survivors):
    found = survivors.explanations((CI / "survivors.toml").read_text(encoding="utf-8"))
    assert all(each.where.startswith("user_import.") and each.why for each in found)
    assert len(set(found)) == len(found)
