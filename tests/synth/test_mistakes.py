"""All mistakes of a file are found at synth, each where it is, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers import mistakes
from helpers.imports import import_into
from helpers.synthesis import synthesise

from cdk_cognito_user_import import UserSource
from user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    Finding,
    Pool,
    ReadOptions,
    validate_users,
)

if TYPE_CHECKING:
    from cdk_cognito_user_import.user_import import UserImport

POOL = Pool(
    attributes=(
        *(
            Attribute(
                each.name, each.kind, each.name in mistakes.REQUIRED, each.minimum, each.maximum
            )
            for each in STANDARD_ATTRIBUTES
        ),
        Attribute("custom:age", "Number", minimum=18, maximum=130),
        Attribute("custom:plan", minimum=2, maximum=12),
        Attribute("custom:vip", "Boolean"),
    ),
    auto_verified=("email", "phone_number"),
    aliases=("email", "phone_number"),
    username_attributes=(),
    mfa="OFF",
    case_sensitive=True,
)
"""What the pool of the mistakes comes to."""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, UserImport]:
    """What synth says of the file, and the construct that it says it of."""
    path = tmp_path_factory.mktemp("mistakes") / "users.csv"
    path.write_bytes(mistakes.FILE)
    built = []
    with pytest.raises(RuntimeError) as caught:
        synthesise(
            lambda stack: built.append(
                import_into(
                    stack,
                    user_pool=mistakes.pool_of(stack),
                    source=UserSource.from_file(path, **mistakes.READING),
                )
            )
        )
    return str(caught.value), built[0]


def test_there_are_thirty_mistakes_of_as_many_rules() -> None:
    assert len(mistakes.FOUND) >= 30
    assert len({rule for rule, _, _ in mistakes.FOUND}) == len(mistakes.FOUND)


def test_exactly_these_mistakes_are_found() -> None:
    findings: list[Finding] = []
    validate_users(
        [mistakes.FILE], POOL, len, options=ReadOptions(**mistakes.READING), sink=findings.append
    )
    found = [(each.rule.id, each.location.line, each.location.column) for each in findings]
    assert sorted(found, key=str) == mistakes.FOUND


def test_synth_reports_every_rule_with_the_place(refused: tuple[str, UserImport]) -> None:
    message, _ = refused
    assert mistakes.placed_at_synth(message) == mistakes.FOUND


def test_synth_reports_no_value(refused: tuple[str, UserImport]) -> None:
    message, construct = refused
    reported = message + str([each.data for each in construct.node.metadata])
    assert mistakes.SECRET not in reported
