"""The profile `observed`: the settings that reports of real accounts give.

A facts file is what `make verify-aws` writes. It decides only what AWS does not document, where one
report is enough; what AWS documents needs two reports that agree. Reports that disagree decide
nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FACTS_VARIABLE = "COGNITO_IMPORT_LOCAL_FACTS"
"""Paths of facts files, separated as in PATH."""

_FORMAT = "verify-user-import facts 1"
_SAME = {
    "alias_clash": "alias_clash",
    "attribute_length_unit": "attribute_length_unit",
    "birthdate_stored": "stored_birthdate",
    "describe_url": "describe_url",
    "eligible_for_hashes": "password_hash_eligible",
    "logs_role_faults": "logs_role_fault",
    "missing_columns": "missing_columns",
    "passed_to_service_sent": "sends_passed_to_service",
    "source_keys_sent": "sends_source_keys",
    "stop_created_job": "stop_created_job",
}
"""Facts whose values are those of a setting."""

_SECONDS = {
    "log_delay_seconds": "log_delay_seconds",
    "logs_role_seconds": "role_propagation_seconds",
    "policy_removal_seconds": "iam_propagation_seconds",
    "policy_seconds": "iam_propagation_seconds",
    "seconds_in_progress": "seconds_in_progress",
    "seconds_pending": "seconds_pending",
}
"""Facts that are durations: the longest one counts."""

_SLOT = {
    "PreconditionNotMetException": "precondition",
    "TooManyRequestsException": "too_many_requests",
}
_STATUSES = frozenset(
    {"Created", "Pending", "InProgress", "Stopping", "Stopped", "Expired", "Failed", "Succeeded"}
)
_DOCUMENTED = {"missing_columns": 2, "stop_answers_within": 2}
"""Settings whose default AWS documents, and how many reports must agree against it."""


class FactsFileError(ValueError):
    """A facts file cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What reports say.

    Attributes:
        settings: The settings that they decide.
        notices: A sentence for each setting that they say different things of, and for each report
            that is of a local AWS.
    """

    settings: Mapping[str, Any]
    notices: Sequence[str]


def paths_of_environment() -> list[Path]:
    """Return the facts files that the variable names.

    Raises:
        FactsFileError: It names none.
    """
    paths = [Path(each) for each in os.environ.get(FACTS_VARIABLE, "").split(os.pathsep) if each]
    if not paths:
        raise FactsFileError(
            f"the profile observed needs facts files of `make verify-aws`; give them with --facts "
            f"or in {FACTS_VARIABLE}"
        )
    return paths


def observed(paths: Sequence[Path]) -> Observed:
    """Return what facts files say together.

    Raises:
        FactsFileError: A file cannot be read, or has another format.
    """
    said: dict[str, dict[str, Any]] = {}
    notices = []
    longest: dict[str, float] = {}
    for path in paths:
        content = _content(path)
        facts = content["facts"]
        if content.get("target") != "aws":
            notices.append(f"{path.name} is of a local AWS, not of an account")
        for setting, value in _decided(facts):
            said.setdefault(setting, {})[path.name] = value
        for fact, setting in _SECONDS.items():
            value = facts.get(fact)
            if isinstance(value, int | float):
                longest[setting] = max(longest.get(setting, 0.0), float(value))
    settings: dict[str, Any] = dict(longest)
    for setting, values in sorted(said.items()):
        different = {json.dumps(value) for value in values.values()}
        if len(different) > 1:
            all_of_them = ", ".join(f"{json.dumps(one)} ({name})" for name, one in values.items())
            notices.append(f"reports disagree on {setting}: {all_of_them}")
        elif len(values) >= _DOCUMENTED.get(setting, 1):
            settings[setting] = next(iter(values.values()))
    return Observed(settings, notices)


def _content(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FactsFileError(f"{path} cannot be read: {type(error).__name__}") from error
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise FactsFileError(f'{path} is not a facts file: it has no "format": "{_FORMAT}"')
    if not isinstance(content.get("facts"), dict):
        raise FactsFileError(f"{path} has no facts")
    return content


def _decided(facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the settings that facts decide, with their values."""
    for fact, setting in _SAME.items():
        if fact in facts:
            yield setting, facts[fact]
    if facts.get("slot_taken") in _SLOT:
        yield "slot_taken", _SLOT[facts["slot_taken"]]
    if "list_shows_new_job" in facts:
        yield "list_lags", 0 if facts["list_shows_new_job"] else 1
    if facts.get("stop_answer") == "Stopping":
        yield "stop_answers_within", 0.0
    if facts.get("none_imported"):
        yield "fail_if_none_imported", facts["none_imported"] == ["Failed"]
    if unknown := [each for each in facts.get("statuses", ()) if each not in _STATUSES]:
        yield "unknown_status", unknown[0]
