"""The memory of the worker, which limits the number of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.events import create
from helpers.fake_world import run_workflow

from user_import.messages import steps as messages
from user_import.users_csv import LIMITS, Limits, Pool, TooManyKeysError, most_keys, validate_users
from user_import.users_csv import needed_mib as needed

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

MOST_USERS = LIMITS.jobs * LIMITS.job_users
MEMORY = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"


def test_an_import_may_have_as_many_users_as_a_pool() -> None:
    assert MOST_USERS == 40_000_000


@pytest.mark.parametrize(("columns", "memory"), [(1, 768), (2, 1024), (3, 1536), (4, 2048)])
def test_forty_million_users_need_this_memory(columns: int, memory: int) -> None:
    """The measurement is in docs/performance.md: 9.5 bytes for each user and column at most."""
    assert needed(MOST_USERS, columns) <= memory
    assert most_keys(memory) >= MOST_USERS * columns


def test_a_file_that_needs_more_memory_is_refused_with_the_number(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY, "256")
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert execution.reason == messages.memory_too_small(
        "people.csv", 3, "cognito:username", 256, most_users=MOST_USERS, needed=768
    )
    assert not world.called("CreateUserImportJob")


def test_a_file_that_fits_into_the_memory_is_imported(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY, "1024")
    assert run_workflow(create(), world).status == "SUCCESS"


@pytest.mark.parametrize(("keys", "raises"), [(6, False), (5, True)])
def test_every_row_has_a_value_to_compare_in_each_unique_column(keys: int, raises: bool) -> None:
    file = (
        b"cognito:username,email,email_verified\nann,a@x.org,true\nbob,,false\ncid,c@x.org,true\n"
    )
    pool = Pool(aliases=("email",), auto_verified=("email",))
    limits = Limits(keys=keys)
    if not raises:
        assert validate_users([file], pool, len, limits=limits).users == 3
        return
    with pytest.raises(TooManyKeysError) as caught:
        validate_users([file], pool, len, limits=limits)
    assert (caught.value.users, caught.value.columns) == (3, ("cognito:username", "email"))
