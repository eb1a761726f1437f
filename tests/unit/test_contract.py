"""The contract has one home, and what the construct writes is what the handler reads."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from user_import import contract
from user_import.contract import Attribute, Property, read_flag, read_reading, write_properties

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
HOME = ROOT / "lambda/user_import/contract.py"
NAMES = {*map(str, Property), *map(str, Attribute)}
LIMITS = {
    *(contract.KEY_BYTES, contract.LONGEST_TIMEOUT_SECONDS, contract.MOST_TOLERATED),
    contract.LONGEST_REQUEST_SECONDS,
    *(contract.ROLE_PATH, contract.RESOURCE_TYPE, contract.STAGING_PREFIX, contract.PROBLEMS_FILE),
}
OTHER_MEANINGS: dict[str, set[object]] = {
    "constructs/cdk_cognito_user_import/__init__.py": {"StagingBucket"},  # the class
    "constructs/cdk_cognito_user_import/command_line/status.py": {"JobName", "Status"},  # Cognito's
    "constructs/cdk_cognito_user_import/workflow/run_machine.py": {
        "StateMachineArn",  # of StartExecution
        "TimeoutSeconds",  # ASL
    },
    "constructs/cdk_cognito_user_import/workflow/functions.py": {1024},  # MiB of memory
    "constructs/cdk_cognito_user_import/workflow/shared_workflow.py": {"StateMachineArn"},
    "constructs/cdk_cognito_user_import/workflow/state_machine.py": {
        "TimeoutSeconds",
        "Wait",
    },  # ASL
    "constructs/cdk_cognito_user_import/staging_bucket.py": {86_400},  # seconds of a day
    "lambda/user_import/aws/cognito.py": {*NAMES},  # Cognito's members of the same names
    "lambda/user_import/canary/argon2id.py": {1024},  # bytes of a block
    "lambda/user_import/cloudformation.py": {"Status"},  # of the answer
}
"""Literals that are equal to a name or limit of the contract and mean something else."""


def literals(source: str) -> Iterator[object]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)):
            yield node.value


def sources() -> list[Path]:
    """Return the modules of both sides; `users_csv` has no properties, and its own limits."""
    folders = (ROOT / "constructs/cdk_cognito_user_import", ROOT / "lambda")
    found = {path.resolve() for folder in folders for path in folder.rglob("*.py")}
    return sorted(path for path in found - {HOME} if "users_csv" not in path.parts)


def test_a_literal_is_detected() -> None:
    assert {*literals("properties['Start'] = f'{1024} bytes'")} >= {"Start", 1024}


def test_there_are_sources_of_both_sides() -> None:
    names = {path.name for path in sources()}
    assert {"user_import.py", "source.py", "import_request.py", "starter.py"} <= names


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_name_and_no_limit_of_the_contract_is_a_literal_elsewhere(path: Path) -> None:
    others = OTHER_MEANINGS.get(str(path.relative_to(ROOT)), set())
    found = {each for each in literals(path.read_text()) if type(each) is not bool}
    assert (found & {*NAMES, *LIMITS}) - others == set()


def test_properties_are_written_as_text_and_none_leaves_one_out() -> None:
    written = write_properties(
        {
            Property.JOB_NAME: "Seed",
            Property.START: False,
            Property.TIMEOUT_SECONDS: 1800,
            Property.TOLERATED_FAILED: 0,
            Property.TOLERATED_SKIPPED: None,
        }
    )
    assert written == {
        "JobName": "Seed",
        "Start": "false",
        "TimeoutSeconds": "1800",
        "ToleratedFailed": "0",
    }
    assert {type(each) for pair in written.items() for each in pair} == {str}


@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_is_read_as_it_was_written(flag: bool) -> None:
    written = write_properties({Property.START: flag})
    assert read_flag(written[Property.START]) is flag


def test_read_options_are_read_as_they_were_written() -> None:
    options = {"strict": True, "columns": {"b": None, "a": "email"}}
    written = contract.write_reading(options)
    assert written is not None
    assert read_reading(written) == options


def test_equal_read_options_are_one_text() -> None:
    first = contract.write_reading({"columns": {"b": "c", "a": "d"}, "strict": True})
    assert first == contract.write_reading({"strict": True, "columns": {"a": "d", "b": "c"}})


def test_a_plain_csv_needs_no_property() -> None:
    assert contract.write_reading({}) is None


def test_the_timeout_and_the_reserved_time_add_up_to_cloudformations_hour() -> None:
    assert contract.LEG_SECONDS == 3480
    assert contract.LEG_SECONDS + contract.AFTER_TIMEOUT_SECONDS == 3600


def test_a_relay_of_a_day_has_25_legs() -> None:
    assert contract.LONGEST_TIMEOUT_SECONDS == 86_400
    assert contract.MOST_LEGS == 25
