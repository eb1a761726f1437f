"""What `make mutants` makes of mutmut's results."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "survivors.py"
NAME = "user_import.advance.x_advance__mutmut_1"


@pytest.fixture(scope="module")
def survivors():
    spec = importlib.util.spec_from_file_location("survivors", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("status", ["survived", "no tests", "segfault", "skipped"])
def test_what_no_test_noticed_needs_an_explanation(survivors, status):
    results = survivors.statuses([f"    {NAME}: {status}\n"])
    assert list(survivors.problems(results, set())) == [f"{NAME}: {status}, and not explained"]
    assert list(survivors.problems(results, {NAME})) == []


@pytest.mark.parametrize("status", ["killed", "timeout"])
def test_what_a_test_noticed_must_not_be_explained(survivors, status):
    results = survivors.statuses([f"    {NAME}: {status}\n"])
    assert list(survivors.problems(results, set())) == []
    assert list(survivors.problems(results, {NAME})) == [
        f"{NAME}: {status}, and explained as if it were not"
    ]


def test_an_explanation_of_a_mutant_that_is_not_there_is_out_of_date(survivors):
    assert list(survivors.problems({}, {NAME})) == [
        f"{NAME}: explained, and no mutant of that name"
    ]


def test_a_mutant_that_was_not_tried_is_no_problem(survivors):
    assert list(survivors.problems({NAME: "not checked"}, {NAME})) == []
