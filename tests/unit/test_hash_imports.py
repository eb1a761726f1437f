"""Tests of files with password hashes: conversion, choices, pools, exports and messages."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.fuzz_users_csv import Checked, checked

from user_import.users_csv import Limits, Normalization, Pool, ReadOptions, Rule
from user_import.users_csv.password_hashes import OnBadHash, PasswordHashes
from user_import.users_csv.password_hashes import messages as hash_messages
from user_import.users_csv.validate import validate_file, validate_users

HERE = Path(__file__).parent
VECTORS = {
    each["system"]: each["stored"]
    for each in json.loads((HERE / "password_hashes/vectors.json").read_text())["vectors"]
}
USERNAME, HASH = "cognito:username", "password_hash"
BCRYPT = VECTORS["Auth0"]
COSTLY = VECTORS["Zitadel's example"]
UNUSABLE = VECTORS["sha512crypt"]
RESET = OnBadHash.RESET
TAKES_HASHES = Pool(columns=("name", USERNAME, HASH))
TAKES_NONE = Pool(columns=("name", USERNAME))
SALT = base64.b64encode(bytes(range(16))).decode()
KEY = base64.b64encode(bytes(range(32))).decode()


def file_of(*hashes: str, column: str = HASH) -> bytes:
    rows = [f"u{number},{text.replace(',', chr(92) + ',')},N" for number, text in enumerate(hashes)]
    return "\n".join([f"{USERNAME},{column},name", *rows, ""]).encode()


def check(file: bytes, of: Pool = TAKES_HASHES, /, **reading: Any) -> Checked:
    reading.setdefault("password_hashes", PasswordHashes())
    return checked([file], of, ReadOptions(**reading))


def found(got: Checked) -> list[tuple[Rule, int | None, str | None]]:
    return [(each.rule, each.location.line, each.location.column) for each in got.found]


def test_a_hash_is_written_in_cognitos_form_to_the_sink_of_its_algorithm() -> None:
    got = check(file_of(VECTORS["Spring Security bcrypt"], VECTORS["Spring Security argon2 5.8"]))
    assert got.found == []
    bcrypt = VECTORS["Spring Security bcrypt"].removeprefix("{bcrypt}")
    argon2 = VECTORS["Spring Security argon2 5.8"].partition("}")[2].replace(",", r"\,")
    assert got.hashed == {
        "BCRYPT": f"u0,N,{bcrypt}\n".encode(),
        "ARGON2ID": f"u1,N,{argon2}\n".encode(),
    }
    assert got.written == b""


def test_a_job_with_hashes_has_the_column_in_its_header_and_names_its_algorithm() -> None:
    staged = check(file_of(BCRYPT)).staged
    (job,) = staged.jobs
    assert job.algorithm == "BCRYPT"
    assert staged.header == f"{USERNAME},name\n"
    assert staged.header_of(job) == f"{USERNAME},name,{HASH}\n"


def test_the_shapes_of_the_hashes_are_counted() -> None:
    report = check(file_of(BCRYPT, "", BCRYPT, VECTORS["Laravel"])).report
    assert {shape.parameters: count for shape, count in report.hashes.items()} == {
        "2b$10": 2,
        "2y$12": 1,
    }


def test_at_most_a_thousand_shapes_are_counted() -> None:
    hashes = [f"$pbkdf2-sha256${number}${SALT}${KEY}" for number in range(1, 1_003)]
    report = check(file_of(*hashes, hashes[0])).report
    assert len(report.hashes) == 1_000
    assert sum(report.hashes.values()) == 1_001


def test_a_job_that_has_an_algorithm_takes_hashes_of_its_form_only() -> None:
    of = TAKES_HASHES._replace(hashing_algorithm="BCRYPT")
    got = check(file_of(BCRYPT, VECTORS["Spring Security bcrypt"]), of)
    assert found(got) == [(Rule.HASH_FORMAT, 3, HASH)]


def test_only_hashes_that_change_are_counted_as_converted() -> None:
    report = check(file_of(BCRYPT, VECTORS["Spring Security bcrypt"])).report
    assert report.normalized == {Normalization.HASH_CONVERTED: 1}


def test_a_conversion_is_no_error_with_strict() -> None:
    assert check(file_of(VECTORS["Spring Security bcrypt"]), strict=True).found == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (COSTLY, Rule.HASH_TOO_COSTLY),
        (UNUSABLE, Rule.HASH_UNUSABLE),
        (BCRYPT[:-1], Rule.HASH_UNUSABLE),
    ],
)
def test_a_bad_hash_is_refused_with_line_and_column(text: str, rule: Rule) -> None:
    got = check(file_of(BCRYPT, text))
    assert found(got) == [(rule, 3, HASH)]
    assert got.report.staged is None
    assert "OnBadHash.RESET" in got.found[0].text


@pytest.mark.parametrize(
    ("text", "choice", "kind"),
    [
        (COSTLY, {"too_costly": RESET}, Normalization.COSTLY_HASH_LEFT_OUT),
        (UNUSABLE, {"unusable": RESET}, Normalization.UNUSABLE_HASH_LEFT_OUT),
        (BCRYPT[:-1], {"unusable": RESET}, Normalization.UNUSABLE_HASH_LEFT_OUT),
    ],
)
def test_with_reset_the_user_is_imported_without_the_hash_and_counted(
    text: str, choice: Any, kind: Normalization
) -> None:
    got = check(file_of(BCRYPT, text), password_hashes=PasswordHashes(**choice), strict=True)
    assert got.found == []
    assert got.hashed == {"BCRYPT": f"u0,N,{BCRYPT}\nu1,N,\n".encode()}
    assert got.report.normalized == {kind: 1}
    assert got.report.users == 2


@pytest.mark.parametrize("choice", [{"too_costly": RESET}, {"unusable": RESET}])
def test_a_choice_is_for_its_own_kind_of_hashes_only(choice: Any) -> None:
    got = check(file_of(COSTLY, UNUSABLE), password_hashes=PasswordHashes(**choice))
    assert len(got.found) == 1


def test_a_hash_of_an_algorithm_that_the_import_does_not_take_is_unusable() -> None:
    hashes = PasswordHashes(algorithms=["SCRYPT", "ARGON2ID"])
    (finding,) = check(file_of(BCRYPT), password_hashes=hashes).found
    assert finding.rule is Rule.HASH_UNUSABLE
    assert finding.text.startswith(hash_messages.algorithm_left_out("BCRYPT", "ARGON2ID, SCRYPT"))


def test_a_pool_that_takes_no_hashes_is_reported_once() -> None:
    got = check(file_of("", BCRYPT, BCRYPT, UNUSABLE), TAKES_NONE)
    assert found(got) == [(Rule.HASHES_NOT_TAKEN, 3, HASH)]
    assert got.report.staged is None


def test_a_pool_that_takes_no_hashes_gets_the_users_by_choice() -> None:
    hashes = PasswordHashes(not_eligible=RESET)
    got = check(file_of("", BCRYPT, UNUSABLE), TAKES_NONE, password_hashes=hashes)
    assert got.found == []
    assert got.file == f"{USERNAME},name\nu0,N\nu1,N\nu2,N\n".encode()
    assert got.hashed == {}
    assert got.report.normalized == {Normalization.HASH_NOT_TAKEN_LEFT_OUT: 2}


def test_a_file_without_hashes_is_written_as_without_the_option() -> None:
    for file in (file_of("", ""), f"{USERNAME},name\nu0,N\n".encode()):
        for of in (TAKES_HASHES, TAKES_NONE, Pool()):
            got, plain = check(file, of), check(file, of, password_hashes=None)
            assert got.found == plain.found == []
            assert (got.file, got.staged, got.hashed) == (plain.file, plain.staged, {})


def test_without_the_option_a_hash_is_refused() -> None:
    got = check(file_of(BCRYPT), password_hashes=None)
    assert found(got) == [(Rule.HASH_WITHOUT_ALGORITHM, 2, HASH)]


def test_the_column_may_have_another_name() -> None:
    got = check(file_of(BCRYPT, COSTLY, column="pw"), columns={"pw": HASH})
    assert found(got) == [(Rule.HASH_TOO_COSTLY, 3, "pw")]
    got = check(file_of(BCRYPT, column="pw"), columns={"pw": HASH})
    assert got.hashed == {"BCRYPT": f"u0,N,{BCRYPT}\n".encode()}


def test_a_default_hash_is_that_of_users_without_one() -> None:
    got = check(file_of("", VECTORS["Laravel"]), defaults={HASH: BCRYPT})
    assert got.found == []
    assert got.hashed["BCRYPT"].decode().splitlines()[0] == f"u0,N,{BCRYPT}"


def test_an_unknown_eligibility_is_told() -> None:
    unchecked = "whether the user pool takes password hashes"
    assert unchecked in check(file_of(""), Pool()).report.unchecked
    assert unchecked not in check(file_of(""), TAKES_HASHES).report.unchecked
    assert unchecked not in check(f"{USERNAME}\nu\n".encode(), Pool()).report.unchecked


def test_a_row_with_its_hash_is_at_most_as_long_as_cognito_takes() -> None:
    def name(length: int) -> bytes:
        return f"{USERNAME},{HASH},name\nu,{BCRYPT},{'é' * length}\n".encode()

    pool = TAKES_HASHES._replace(attributes=())
    most = 1_000
    limit = len("u,") + most + 1 + len(BCRYPT)
    options = ReadOptions(password_hashes=PasswordHashes())
    limits = Limits(row_characters=limit)
    assert checked([name(most)], pool, options, limits).found == []
    (finding,) = checked([name(most + 1)], pool, options, limits).found
    assert finding.rule is Rule.ROW_TOO_LONG


def test_hashes_need_a_sink() -> None:
    with pytest.raises(ValueError, match="write_hashed"):
        validate_users([], Pool(), len, options=ReadOptions(password_hashes=PasswordHashes()))


def test_a_file_with_hashes_is_validated_at_synth(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(file_of(BCRYPT, COSTLY))
    report = validate_file(path, Pool(), options=ReadOptions(password_hashes=PasswordHashes()))
    assert report.findings.errors == 1


def test_read_options_with_hashes_survive_json() -> None:
    options = ReadOptions(password_hashes=PasswordHashes(unusable=RESET))
    assert ReadOptions.from_json(json.loads(json.dumps(options.to_json()))) == options
    assert "password_hashes" not in ReadOptions().to_json()
    with pytest.raises(ValueError, match="invalid password_hashes"):
        ReadOptions.from_json({"password_hashes": {"unusable": "Kanarie"}})


@pytest.mark.parametrize("system", VECTORS)
@pytest.mark.parametrize("shared", [{}, {"constants": {"locale": "de"}}])
def test_a_row_that_needs_no_exact_validation_is_written_as_one_that_does(
    system: str, shared: Any
) -> None:
    stored = VECTORS[system].replace(",", r"\,")
    hashes = PasswordHashes(too_costly=RESET, unusable=RESET)
    results = []
    for flag in ("true", "True"):
        rows = f"u1,a\\,b,{stored},{flag}\nu2,,,{flag}\nu3,é,{stored},{flag}\n"
        file = f"{USERNAME},name,{HASH},email_verified\n{rows}".encode()
        of = Pool(columns=(USERNAME, "name", HASH, "email_verified", "email", "locale"))
        got = checked(
            [file], of, ReadOptions(password_hashes=hashes, defaults={"email": "a@x"}, **shared)
        )
        counts = {k: n for k, n in got.report.normalized.items() if k is not Normalization.BOOLEAN}
        assert got.exact_lines == ([] if flag == "true" else [2, 3, 4])
        results.append((got.found, got.written, got.hashed, got.staged, counts, got.report.hashes))
    assert results[0] == results[1]


@pytest.mark.parametrize("text", ["\0", f"{BCRYPT}\0", "$argon2id\0", "a b", " ", "é", "\\", "a\\"])
def test_a_hash_of_other_characters_is_refused_or_no_hash(text: str) -> None:
    got = check(f"{USERNAME},{HASH},name\nu0,{text},N\n".encode())
    rules = {each.rule for each in got.found}
    assert rules <= {Rule.HASH_UNUSABLE, Rule.NUMBER_OF_VALUES}
    assert bool(rules) == (text != " ")


# No message has a hash.


@pytest.mark.parametrize("system", VECTORS)
@pytest.mark.parametrize("of", [TAKES_HASHES, TAKES_NONE])
def test_no_text_about_a_hash_has_a_part_of_it(system: str, of: Pool) -> None:
    text = VECTORS[system]
    secrets = [part for part in text.replace("$", ":").split(":") if len(part) > 26]
    for stored in (text, text[: len(text) // 2], text + "?", text.upper(), f"x{text}"):
        for options in ({}, {"strict": True}, {"password_hashes": None}):
            got = check(file_of(stored, stored), of, **options)
            said = f"{got.reported} {got.report.normalized} {got.report.hashes}"
            assert not any(secret[-20:] in said for secret in secrets)
