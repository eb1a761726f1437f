"""The page of all arguments: what the signatures, the docstrings and the checks of types say.

`UPDATE_SNAPSHOTS=1 pytest tests/synth/test_arguments_doc.py` rewrites it.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from helpers.arguments import FUNCTIONS, parameters_of
from helpers.snapshots import held_by

from cdk_cognito_user_import.messages.arguments import EXPECTED

PAGE = Path(__file__).parents[2] / "docs/arguments.md"

INTRODUCTION = """\
# Arguments

The arguments of the library's classes and functions, with what to give. Constructs also take
`scope` and `id` first. All others are given by name, but `path`, `bucket`, `key`, `records`,
`count` and those of `Choices` and `NumberRange` may come without it. A wrong type is refused where
it is given:
`timeout is an int; give a Duration, such as Duration.minutes(30), or None.`

```python
from aws_cdk import Duration, RemovalPolicy  # Duration.minutes(30), RemovalPolicy.RETAIN
from aws_cdk import aws_logs as logs  # logs.RetentionDays.ONE_MONTH
from aws_cdk import aws_ec2, aws_events, aws_events_targets, aws_iam, aws_kms, aws_s3, aws_sqs
from cdk_cognito_user_import import Choices, ExportFormat, ImportWorkflow, LogsRole, NumberRange
from cdk_cognito_user_import import OnBadHash, PasswordHashes, PasswordVia, StagingBucket
from cdk_cognito_user_import import TestPassword, Tolerance, UserImport, UserKind, UserSource
```
"""

ORDER = [
    *("UserImport", "Tolerance", "TestPassword"),
    *("UserImport.on_finished", "UserImport.on_succeeded", "UserImport.on_failed"),
    "UserImport.grant_run",
    *("UserSource.from_file", "UserSource.from_bucket", "UserSource.from_records"),
    *("PasswordHashes", "UserSource.synthetic", "Choices", "NumberRange"),
    *("StagingBucket", "LogsRole", "ImportWorkflow", "ImportWorkflow.from_attributes"),
]
"""The functions in the order of the page. `LocalUsers` and `SourceConfig` are what a source of
one's own returns, and no app passes them to the library."""

_SECTION = re.compile(r"^(?:Args|Attributes):\n((?:    .*\n|\n)+)", re.MULTILINE)
_ENTRY = re.compile(r"^    (\w+): ((?:.*\n)(?:     .*\n)*)", re.MULTILINE)


def described(function: str) -> dict[str, str]:
    """Return the sentences of a docstring about each argument."""
    text = inspect.getdoc(FUNCTIONS[function]) or ""
    (section,) = re.findall(
        r"^(?:Args|Attributes):\n((?:    .*\n|\n)+)", f"{text}\n\n", re.MULTILINE
    )
    return {
        name: " ".join(words.split()).replace("docs/security.md", "[security.md](security.md)")
        for name, words in re.findall(
            r"^    (\w+): ((?:.*\n)(?:     .*\n)*)", section, re.MULTILINE
        )
    }


def rows(function: str) -> list[str]:
    texts = described(function)
    lines = []
    for name, parameter in parameters_of(function).items():
        if name in ("scope", "id"):
            continue
        expected = EXPECTED.get(name, EXPECTED[parameter.annotation.removesuffix(" | None")])
        is_required = parameter.default is inspect.Parameter.empty
        meaning = f"{texts[name]} Required." if is_required else texts[name]
        lines.append(f"| `{name}` | {expected} | {meaning} |")
    return lines


def page() -> str:
    sections = [INTRODUCTION]
    for function in ORDER:
        head = f"## `{function}`\n\n| argument | give | meaning |\n|---|---|---|\n"
        sections.append(head + "\n".join(rows(function)) + "\n")
    return "\n".join(sections)


def test_the_page_has_every_argument_with_its_type_and_its_meaning() -> None:
    assert held_by(PAGE, page()) == page()


def test_every_function_that_an_app_calls_is_on_the_page() -> None:
    assert sorted(ORDER) == sorted(set(FUNCTIONS) - {"LocalUsers", "SourceConfig"})


@pytest.mark.parametrize("function", ORDER)
def test_every_optional_argument_says_its_default(function: str) -> None:
    texts = described(function)
    for name, parameter in parameters_of(function).items():
        is_optional = parameter.default is not inspect.Parameter.empty
        assert is_optional == bool(re.search(r"Default: |As for `from_file`", texts[name])), name
