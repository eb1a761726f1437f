"""Tests of the file of a canary's import job."""

from __future__ import annotations

from typing import get_args

import pytest
from helpers.fake_world import COLUMNS

from cognito_import_local.service.csv_dialect import split
from user_import.canary import CanaryColumnsError, CanaryUser, canary_csv, canary_users
from user_import.users_csv import Pool, validate_users
from user_import.users_csv.password_hashes import HashShape
from user_import.users_csv.pool import HashingAlgorithm

HEADER = [*COLUMNS, "password_hash"]
USERS = canary_users(
    [
        HashShape("ARGON2ID", "v=19$m=8,t=1,p=1", 16, 32),
        HashShape("ARGON2ID", "v=19$m=16,t=1,p=1", 16, 32),
        HashShape("BCRYPT", "2y$12", 16, 23),
        HashShape("PBKDF2_SHA256", "1", 16, 32),
        HashShape("SCRYPT", "2$8$1", 16, 64),
    ],
    run="a run",
)


def of(algorithm: str) -> list[CanaryUser]:
    return [user for user in USERS if user.shape.algorithm == algorithm]


@pytest.mark.parametrize("algorithm", get_args(HashingAlgorithm))
def test_the_file_is_valid_for_a_job_of_the_algorithm(algorithm: HashingAlgorithm) -> None:
    pool = Pool(
        columns=tuple(HEADER),
        auto_verified=("email",),
        mfa="OFF",
        hashing_algorithm=algorithm,
    )
    written: list[bytes] = []
    report = validate_users([canary_csv(HEADER, of(algorithm))], pool, written.append)
    assert not report.findings.counts
    assert b"".join(written) == canary_csv(HEADER, of(algorithm)).partition(b"\n")[2]


def test_a_row_has_the_values_in_the_order_of_the_header() -> None:
    header, *rows = canary_csv(HEADER[::-1], USERS).decode().splitlines()
    assert header.split(",") == HEADER[::-1]
    for user, row in zip(USERS, rows, strict=True):
        values = dict(zip(HEADER[::-1], split(row), strict=True))
        assert {name: value for name, value in values.items() if value} == {
            "cognito:username": user.username,
            "email": f"{user.username}@example.com",
            "email_verified": "true",
            "phone_number_verified": "false",
            "cognito:mfa_enabled": "false",
            "password_hash": user.password_hash,
        }


def test_the_commas_of_a_hash_are_escaped() -> None:
    (row, _) = canary_csv(["password_hash", *COLUMNS], of("ARGON2ID")).splitlines()[1:]
    assert row.startswith(rb"$argon2id$v=19$m=8\,t=1\,p=1$")


@pytest.mark.parametrize("column", ["password_hash", "email", "email_verified", "cognito:username"])
def test_a_pool_without_a_column_that_is_needed_is_refused(column: str) -> None:
    with pytest.raises(CanaryColumnsError, match=column) as caught:
        canary_csv([each for each in HEADER if each != column], USERS)
    assert caught.value.columns == (column,)
