"""Rules of rows, files, jobs and pools that a test of a stack would seldom meet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from helpers.import_world import (
    LOG_ACTIONS,
    TRUST,
    allow,
    code_of,
    make_role,
    user,
)

from cognito_import_local import ImportSettings
from cognito_import_local.service.password_hash import well_formed

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.import_world import World

    from cognito_import_local import LocalAws


def outcomes(world: World, *rows: dict[str, str]) -> list[str]:
    """Import rows, and return what the log says became of each."""
    job = world.run(world.csv(*rows))
    return [line.split("]")[0].strip("[") for line in world.log(job)[2:]]


def test_a_row_needs_the_phone_number_when_only_that_is_verified(
    make_world: Callable[..., World],
) -> None:
    world = make_world(AutoVerifiedAttributes=["phone_number"])
    phone = {"phone_number": "+14325551212"}

    assert outcomes(
        world,
        user("phone", **phone, phone_number_verified="true"),
        user("email-only", **phone),
        user("no-phone", phone_number_verified="true"),
    ) == ["SUCCEEDED", "FAILED", "FAILED"]


def test_a_row_needs_one_of_email_and_phone_number_when_both_are_verified(
    make_world: Callable[..., World],
) -> None:
    world = make_world(AutoVerifiedAttributes=["phone_number", "email"])
    phone = {"phone_number": "+14325551212", "phone_number_verified": "TRUE"}

    assert outcomes(
        world,
        user("email"),
        user("phone", **phone, email_verified="FALSE"),
        user("neither", email_verified="FALSE"),
    ) == ["SUCCEEDED", "SUCCEEDED", "FAILED"]


@pytest.mark.parametrize(
    ("mfa", "expected"),
    [
        ("ON", ["SUCCEEDED", "SUCCEEDED", "FAILED"]),
        ("OFF", ["SUCCEEDED", "FAILED", "SUCCEEDED"]),
        ("OPTIONAL", ["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]),
    ],
)
def test_mfa_enabled_is_blank_or_matches_the_pools_mfa_configuration(
    make_world: Callable[..., World], mfa: str, expected: list[str]
) -> None:
    world = make_world()
    if mfa != "OFF":
        world.cognito.set_user_pool_mfa_config(
            UserPoolId=world.pool,
            MfaConfiguration=mfa,
            SoftwareTokenMfaConfiguration={"Enabled": True},
        )
    rows = [
        user(f"user{number}") | {"cognito:mfa_enabled": value}
        for number, value in enumerate(("", "true", "false"))
    ]

    assert outcomes(world, *rows) == expected


def test_a_row_has_at_most_16000_characters(world: World) -> None:
    names = ("name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture")
    full = user("full", **dict.fromkeys(names, "n" * 2048))
    short = len(world.csv(full).splitlines()[1])
    full["website"] = "w" * (16_000 - short)
    over = full | {"website": full["website"] + "w", "cognito:username": "over"}

    assert outcomes(world, full, over) == ["SUCCEEDED", "FAILED"]


def test_a_file_with_more_users_than_allowed_fails_before_any_user_is_created(
    world: World,
) -> None:
    world.aws.configure(users_per_file=2)
    three = [user(name) for name in ("ann", "bob", "cy")]

    assert world.run(world.csv(*three))["Status"] == "Failed"
    assert world.users() == []
    assert world.run(world.csv(*three[:2]))["ImportedUsers"] == 2


def test_a_pool_keeps_no_more_jobs_than_its_quota(world: World) -> None:
    world.aws.configure(jobs_per_pool=2)
    # Names need not be unique.
    ids = {world.create(JobName="same")["JobId"] for _ in range(2)}

    with pytest.raises(ClientError) as error:
        world.create()

    assert code_of(error) == "LimitExceededException"
    assert len(ids) == 2


def test_ids_tokens_and_upload_urls_look_like_those_of_cognito(world: World) -> None:
    jobs = [world.create() for _ in range(2)]
    page = world.cognito.list_user_import_jobs(UserPoolId=world.pool, MaxResults=1)

    newest = jobs[1]
    assert re.fullmatch(r"import-[0-9a-zA-Z]{10}", newest["JobId"])
    moment = int(newest["CreationDate"].timestamp() * 1000)
    assert page["PaginationToken"].startswith(f"{world.pool}#{newest['JobId']}#")
    assert abs(int(page["PaginationToken"].rpartition("#")[2]) - moment) <= 1
    url = newest["PreSignedUrl"]
    assert f"/000000000000/{world.pool}/{newest['JobId']}?" in url
    for part in (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        "X-Amz-Expires=899",
        "X-Amz-SignedHeaders=host%3Bx-amz-server-side-encryption",
        "X-Amz-Security-Token=",
    ):
        assert part in url


def test_a_pool_that_signs_in_by_phone_takes_the_number_as_username(
    make_world: Callable[..., World],
) -> None:
    world = make_world(UsernameAttributes=["phone_number"], AutoVerifiedAttributes=["phone_number"])
    number = "+14325551212"
    row = {
        "cognito:username": number,
        "phone_number": number,
        "phone_number_verified": "true",
    }

    assert outcomes(world, row, row) == ["SUCCEEDED", "SKIPPED"]
    assert world.cognito.admin_get_user(UserPoolId=world.pool, Username=number)["Username"]


def test_a_pool_can_be_case_insensitive(make_world: Callable[..., World]) -> None:
    loose = make_world(UsernameConfiguration={"CaseSensitive": False})
    strict = make_world(UsernameConfiguration={"CaseSensitive": True})
    rows = (user("ann"), user("Ann", email="other@example.com"))

    assert outcomes(loose, *rows) == ["SUCCEEDED", "SKIPPED"]
    assert outcomes(strict, *rows) == ["SUCCEEDED", "SUCCEEDED"]


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("alias_clash", "fail", ["SUCCEEDED", "FAILED"]),
        ("alias_clash", "skip", ["SUCCEEDED", "SKIPPED"]),
    ],
)
def test_a_setting_decides_the_outcome_of_an_alias_conflict(
    make_world: Callable[..., World], setting: str, value: str, expected: list[str]
) -> None:
    world = make_world(AliasAttributes=["email"])
    world.aws.configure(**{setting: value})

    assert outcomes(world, user("ann"), user("bob", email="ann@example.com")) == expected


def test_a_hash_in_a_job_without_algorithm_is_ignored_or_fails_its_row(world: World) -> None:
    assert outcomes(world, user("ann", password_hash="x")) == ["SUCCEEDED"]
    assert world.users()[0]["UserStatus"] == "RESET_REQUIRED"

    world.aws.configure(hash_without_algorithm="fail_row")

    assert outcomes(world, user("bob", password_hash="x"), user("cy")) == ["FAILED", "SUCCEEDED"]


def test_a_pool_may_not_be_eligible_for_password_hashes(world: World) -> None:
    world.aws.configure(password_hash_eligible=False)

    assert "password_hash" not in world.header()


def test_a_setting_stores_a_birthdate_unchanged(world: World) -> None:
    world.aws.configure(stored_birthdate="as_given")
    world.run(world.csv(user("ann", birthdate="02/01/1985")))

    attributes = world.users()[0]["Attributes"]
    assert {"Name": "birthdate", "Value": "02/01/1985"} in attributes


def test_the_limit_of_an_attribute_counts_characters_or_bytes(world: World) -> None:
    assert outcomes(world, user("ann", nickname="ä" * 2048)) == ["SUCCEEDED"]

    world.aws.configure(attribute_length_unit="bytes")

    assert outcomes(world, user("bob", nickname="ä" * 1025), user("cy")) == ["FAILED", "SUCCEEDED"]


def test_the_share_of_failed_rows_that_fails_a_job_is_a_setting(world: World) -> None:
    rows = [user("ann"), user("bob"), user("cy", email_verified="")]
    assert world.run(world.csv(*rows))["Status"] == "Succeeded"

    world.aws.configure(too_many_share=0.2)
    rows = [user("dan"), user("eve"), user("cy", email_verified="")]

    assert world.run(world.csv(*rows))["Status"] == "Failed"


def test_a_rerun_that_skips_all_users_can_succeed(world: World) -> None:
    body = world.csv(user("ann"))
    world.run(body)
    world.aws.configure(fail_if_none_imported=False, too_many_share=1)

    job = world.run(body)

    assert (job["Status"], job["SkippedUsers"]) == ("Succeeded", 1)


def test_a_job_that_was_not_started_is_stopped_or_not(world: World) -> None:
    job_id = world.create()["JobId"]
    with pytest.raises(ClientError) as error:
        world.stop(job_id)
    assert code_of(error) == "PreconditionNotMetException"

    world.aws.configure(stop_created_job="stop")

    assert world.stop(job_id)["Status"] == "Stopped"


def test_a_setting_lets_two_pools_import_at_once(
    make_world: Callable[..., World],
) -> None:
    one, other = make_world(), make_world()
    one.aws.configure(one_job_scope="pool", seconds_pending=30)
    ids = [each.uploaded(each.csv(user("ann"))) for each in (one, other)]

    for world, job_id in zip((one, other), ids, strict=True):
        assert world.start(job_id)["Status"] == "Pending"
    one.aws.clock.advance(seconds=30)

    for world, job_id in zip((one, other), ids, strict=True):
        assert world.ended(job_id)["Status"] == "Succeeded"


def test_an_unusable_logs_role_can_fail_the_job_after_start(world: World, aws: LocalAws) -> None:
    aws.configure(logs_role_fault="fail_job")
    world.role = make_role(aws, "useless", [])

    job = world.run(world.csv(user("ann")))

    assert job["Status"] == "Failed"
    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (0, 0, 0)


def test_a_trust_policy_with_the_source_works_if_cognito_sends_it(
    world: World, aws: LocalAws
) -> None:
    aws.configure(sends_source_keys=True)
    condition = {"StringEquals": {"aws:SourceAccount": aws.account}}
    world.role = make_role(aws, "narrow", [allow(LOG_ACTIONS)], TRUST | {"Condition": condition})

    assert world.run(world.csv(user("ann")))["Status"] == "Succeeded"


@pytest.mark.parametrize("shown", ["original", "fresh", "none"])
def test_the_upload_url_of_later_answers_is_a_setting(world: World, shown: str) -> None:
    created = world.create()
    world.aws.configure(describe_url=shown)
    world.aws.clock.advance(seconds=60)

    url = world.describe(created["JobId"]).get("PreSignedUrl")

    assert (url == created["PreSignedUrl"]) == (shown == "original")
    assert (url is None) == (shown == "none")


def test_a_file_above_the_limit_may_fail_the_job_instead_of_the_upload(world: World) -> None:
    world.aws.configure(bytes_per_file=10, oversized_upload="fail_job")

    assert world.run(world.csv(user("ann")))["Status"] == "Failed"


TAIL = "$c2FsdHNhbHQ$aGFzaGhhc2g"


@pytest.mark.parametrize(
    ("algorithm", "value", "allowed"),
    [
        *(("BCRYPT", f"$2{letter}$12$" + "a" * 53, True) for letter in "abxy"),
        ("BCRYPT", "$2b$13$" + "a" * 53, False),
        ("BCRYPT", "$2c$12$" + "a" * 53, False),
        ("BCRYPT", "$2b$12$" + "a" * 52, False),
        ("SCRYPT", "65536$8$1$00ff$00FF", True),
        ("SCRYPT", "131072$8$1$00ff$00ff", False),
        ("SCRYPT", "65536$9$1$00ff$00ff", False),
        ("SCRYPT", "65536$8$2$00ff$00ff", False),
        ("SCRYPT", "65536$8$1$0$00ff", False),
        ("ARGON2ID", f"$argon2id$v=19$m=19456,t=2,p=1{TAIL}", True),
        ("ARGON2ID", f"$argon2id$v=19$m=19457,t=2,p=1{TAIL}", False),
        ("ARGON2ID", f"$argon2id$v=19$m=19456,t=3,p=1{TAIL}", False),
        ("ARGON2ID", f"$argon2id$v=19$m=19456,t=2,p=2{TAIL}", False),
        ("ARGON2ID", f"$argon2i$v=19$m=19456,t=2,p=1{TAIL}", False),
        ("PBKDF2_SHA256", f"$pbkdf2-sha256$600000{TAIL}", True),
        ("PBKDF2_SHA256", f"$pbkdf2-sha256$600001{TAIL}", False),
        ("PBKDF2_SHA256", f"$pbkdf2-sha512$600000{TAIL}", False),
    ],
)
def test_a_password_hash_has_its_form_and_is_not_above_the_caps(
    algorithm: str, value: str, *, allowed: bool
) -> None:
    assert well_formed(value, algorithm, ImportSettings()) is allowed
