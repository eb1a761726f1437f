"""The facts file: what a run may publish, by an allow-list of names and types."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from . import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FORMAT = "verify-user-import facts 1"


class Verdict(StrEnum):
    """How an observation compares with a row of the register."""

    AS_ASSUMED = "as assumed"
    OTHERWISE = "otherwise"
    NOT_OBSERVED = "not observed"


Fact = bool | float | str | list[str] | dict[str, Any]

_CODE = re.compile(r"[A-Z][A-Za-z]{2,60}(?:\.[A-Z][A-Za-z]{2,40})?|\d{3}")
_STATUS = re.compile(r"[A-Z][A-Za-z]{2,20}")
_COLUMN = re.compile(r"[a-z_]{2,24}|cognito:[a-z_]{2,12}|custom:(?:text|number)")
_CASE = re.compile(r"[a-z][a-z ]{2,100}")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")
_ACTION = re.compile(r"[a-z][a-z0-9-]{1,20}:[A-Z][A-Za-z]{3,40}")
_LARGEST = 100_000.0


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _code(value: Any) -> bool:
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: value in words


def _list_of(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list)
        and len(value) <= 100  # noqa: PLR2004 - a header has fewer columns
        and all(isinstance(each, str) and pattern.fullmatch(each) for each in value)
    )


def _mapping(key: re.Pattern[str], value: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda given: (
        isinstance(given, dict)
        and all(
            key.fullmatch(str(each)) and value.fullmatch(str(one)) for each, one in given.items()
        )
    )


def _outcomes(*words: str) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, dict)
        and all(
            isinstance(case, str) and _CASE.fullmatch(case) and outcome in words
            for case, outcome in value.items()
        )
    )


ALLOWED: Mapping[str, Callable[[Any], bool]] = {
    "alias_clash": _one_of("fail", "skip"),
    "attribute_length_unit": _one_of("characters", "bytes"),
    "behaviours": _outcomes("passed", "failed", "skipped"),
    "birthdate_stored": _one_of("iso", "as_given"),
    "denied_actions": _mapping(_NAME, _ACTION),
    "denied_by_cognito": _code,
    "denied_by_s3": _code,
    "denied_by_sts": _code,
    "deployment_seconds": _seconds,
    "deployment_seconds_to_import": _seconds,
    "deletion_seconds": _seconds,
    "describe_url": _one_of("original", "fresh", "none"),
    "duplicate_username": _one_of("fail", "skip"),
    "eligible_for_hashes": _boolean,
    "header": _list_of(_COLUMN),
    "list_shows_new_job": _boolean,
    "log_delay_seconds": _seconds,
    "log_group_made_again": _boolean,
    "logs_role_faults": _one_of("refuse_start", "fail_job"),
    "logs_role_refusal": _code,
    "logs_role_seconds": _seconds,
    "model_deletion_seconds": _seconds,
    "model_seconds_to_import": _seconds,
    "missing_columns": _one_of("accept", "fail_job"),
    "missing_job": _code,
    "missing_pool": _code,
    "no_auto_verified_attribute": _code,
    "none_imported": _list_of(_STATUS),
    "passed_to_service_sent": _boolean,
    "policy_removal_seconds": _seconds,
    "policy_seconds": _seconds,
    "rows": _outcomes("imported", "changed", "skipped", "failed", "no line"),
    "seconds_for_1005_rows": _seconds,
    "seconds_in_progress": _seconds,
    "seconds_pending": _seconds,
    "slot_taken": _code,
    "source_keys_sent": _boolean,
    "start_without_upload": _code,
    "status_seconds": lambda value: (
        isinstance(value, dict)
        and all(_STATUS.fullmatch(str(each)) and _seconds(one) for each, one in value.items())
    ),
    "statuses": _list_of(_STATUS),
    "stop_answer": _one_of("Stopped", "Stopping"),
    "stop_created_job": _one_of("refuse", "stop"),
    "stop_created_refusal": _code,
    "stop_refusal": _code,
    "untrusted_logs_role_faults": _one_of("refuse_start", "fail_job"),
    "untrusted_logs_role_refusal": _code,
}
"""The facts by name, each with the check of its value. Durations are seconds."""

_ROW = re.compile(r"[A-Z0-9]{2,4}-\d{1,3}")
_HEAD: Mapping[str, Callable[[Any], bool]] = {
    "format": _one_of(FORMAT),
    "target": _one_of("aws", "local"),
    "date": lambda value: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", str(value))),
    "region": lambda value: bool(re.fullmatch(r"[a-z]{2,}(?:-[a-z]+)+-\d", str(value))),
    "versions": lambda value: (
        isinstance(value, dict)
        and all(
            re.fullmatch(r"[a-z0-9-]{2,40}", str(name)) and re.fullmatch(r"[\w.+-]{1,40}", str(one))
            for name, one in value.items()
        )
    ),
    "answers": lambda value: (
        isinstance(value, dict)
        and all(
            _ROW.fullmatch(str(row)) and verdict in [*Verdict] for row, verdict in value.items()
        )
    ),
    "facts": lambda value: isinstance(value, dict),
    "texts": lambda value: (
        isinstance(value, dict)
        and all(
            re.fullmatch(r"[a-z0-9_]{2,60}", str(name)) and texts.is_template(str(text))
            for name, text in value.items()
        )
    ),
}


class FactsError(ValueError):
    """A facts file has something that it may not have; the message says what."""


def checked(name: str, value: Any) -> Fact:
    """Return a fact's value.

    Raises:
        FactsError: The name is unknown, or the value has not its type.
    """
    if name not in ALLOWED:
        raise FactsError(f"{name} is not a fact; there are {', '.join(ALLOWED)}")
    if not ALLOWED[name](value):
        raise FactsError(f"{name} has a value that a facts file may not have")
    fact: Fact = value
    return fact


def read(path: Path) -> dict[str, Any]:
    """Read a facts file.

    Raises:
        FactsError: The file has another format, or content that the allow-list does not have.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FactsError(f"{path.name} is not a facts file: {type(error).__name__}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FactsError(f'{path.name} is not a facts file: it has no "format": "{FORMAT}"')
    return checked_content(content)


def checked_content(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a facts file.

    Raises:
        FactsError: It lacks a part, or has something that is not on the allow-list.
    """
    if content.keys() != _HEAD.keys():
        raise FactsError(f"a facts file has {', '.join(_HEAD)} and nothing else")
    for part, check in _HEAD.items():
        if not check(content[part]):
            raise FactsError(f"{part} has something that a facts file may not have")
    for name, value in content["facts"].items():
        checked(name, value)
    return content
