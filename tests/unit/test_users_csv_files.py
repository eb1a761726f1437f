"""Several files with one header are validated as one CSV, and findings name file and line."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from user_import.users_csv import (
    ExportFormat,
    Location,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    ValidationReport,
    validate_files,
)
from user_import.users_csv.file_places import SourceFile
from user_import.users_csv.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"cognito:username,email,email_verified\n"


def row(number: int) -> bytes:
    return f"user{number},user{number}@example.com,true\n".encode()


def validated(
    *files: bytes, options: ReadOptions | None = None, limits: Limits | None = None
) -> tuple[ValidationReport, bytes]:
    """Validate files that are named a, b, c …"""
    written: list[bytes] = []
    report = validate_files(
        [SourceFile(name, [file]) for name, file in zip("abcdefgh", files, strict=False)],
        Pool(),
        written.append,
        options=options or ReadOptions(),
        limits=limits or Limits(),
    )
    return report, b"".join(written)


def found(report: ValidationReport) -> list[tuple[Rule, str | None, int | None]]:
    return [(each.rule, each.location.file, each.location.line) for each in report.findings.kept]


def test_files_are_one_import_of_their_rows_in_order() -> None:
    report, written = validated(
        HEAD + row(1) + row(2),
        gzip.compress(HEAD + row(3), mtime=0),
        HEAD.replace(b"\n", b"\r\n") + row(4),
    )
    assert found(report) == []
    assert written == row(1) + row(2) + row(3) + row(4)
    assert report.staged is not None
    (job,) = report.staged.jobs
    # The lines of all files follow each other, so that no file needs an entry of its own.
    assert job.lines == ((0, 2),)


def test_a_row_of_a_job_is_found_in_its_file() -> None:
    files = (
        b"sep=,\n" + HEAD + row(1) + row(2),
        HEAD,
        HEAD + row(3) + b"\n" + row(4)[:-1],
        b"sep=,\n" + HEAD + row(5),
    )
    report, _ = validated(*files, limits=Limits()._replace(job_users=3))
    assert report.staged is not None
    assert report.places is not None
    places = [
        report.places.locate(job.source_line(line))
        for job in report.staged.jobs
        for line in range(2, 2 + job.users)
    ]
    assert places == [("a", 3), ("a", 4), ("c", 2), ("c", 4), ("d", 3)]


def test_a_finding_names_the_file_and_the_line_in_it() -> None:
    report, _ = validated(HEAD + row(1), HEAD + row(2) + b"carol,true\n", HEAD + row(1))
    assert found(report) == [
        (Rule.NUMBER_OF_VALUES, "b", 3),
        (Rule.DUPLICATE_USERNAME, "c", 2),
    ]
    assert report.findings.kept[0].describe().startswith("b, line 3: ")
    assert "a, line 2" in report.findings.kept[1].text


def test_each_file_has_an_encoding_and_a_compression_of_its_own() -> None:
    report, written = validated(
        HEAD + row(1),
        gzip.compress((HEAD + row(2)).decode().encode("utf-16"), mtime=0),
        b"\xef\xbb\xbf" + HEAD + row(3),
        b"\xef\xbb\xbf" + HEAD + row(4),
    )
    assert found(report) == []
    assert written == row(1) + row(2) + row(3) + row(4)
    assert report.normalized == {Normalization.UTF_16: 1, Normalization.BYTE_ORDER_MARK: 2}


def test_quotes_and_case_of_the_first_header_matter_and_quotes_of_later_ones_do_not() -> None:
    quoted = b'"cognito:username","email","email_verified"\n'
    report, written = validated(HEAD + row(1), quoted + row(2))
    assert found(report) == []
    assert written == row(1) + row(2)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (
            b"email,cognito:username,email_verified\n",
            "column 1 is email, and in a cognito:username",
        ),
        (b"cognito:username,email\n", "email_verified is missing"),
        (HEAD[:-1] + b",name\n", "name is not in a"),
        (b"cognito:username,mail,email_verified\n", "email is missing; mail is not in a"),
        (HEAD[:-1] + b",email\n", "there are 4 columns, and 3 in a"),
        (HEAD.replace(b",", b";"), "separated by semicolons, and in a by commas"),
    ],
)
def test_another_header_is_an_error_that_says_what_differs(header: bytes, says: str) -> None:
    report, _ = validated(HEAD + row(1), header + b"x,y,z\n", HEAD + row(3))
    (finding,) = report.findings.kept
    assert (finding.rule, finding.location.file, finding.location.line) == (
        Rule.OTHER_HEADER,
        "b",
        1,
    )
    assert says in finding.text
    assert report.staged is None


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (b"", Rule.NO_USERS),
        (gzip.compress(b"", mtime=0), Rule.NO_USERS),
        (gzip.compress(HEAD + row(2), mtime=0)[:-4], Rule.GZIP),
        (b"PK\x03\x04", Rule.ENCODING),
        ((HEAD + row(2)).decode().encode("utf-16")[:-1], Rule.ENCODING),
        (b'"cognito:username\n', Rule.NO_HEADER),
    ],
)
def test_files_after_one_that_cannot_be_read_are_read(broken: bytes, rule: Rule) -> None:
    report, _ = validated(HEAD + row(1), broken, HEAD + b"x,y\n")
    assert set(found(report)) == {
        (Rule.NUMBER_OF_VALUES, "c", 2),
        *((each, "b", line) for each, file, line in found(report) if file == "b" and each is rule),
    }
    assert len(found(report)) == 2


def test_the_first_file_may_be_the_broken_one() -> None:
    report, _ = validated(b"", HEAD + row(1))
    assert found(report) == [(Rule.NO_USERS, "a", 1)]


def test_no_users_in_any_file_is_an_error() -> None:
    report, _ = validated(HEAD, HEAD)
    assert found(report) == [(Rule.NO_USERS, "a", 1)]
    assert report.staged is None


def test_strict_refuses_what_is_normalized_in_any_file() -> None:
    report, _ = validated(
        HEAD + row(1), b"sep=,\n" + HEAD + row(2), options=ReadOptions(strict=True)
    )
    assert found(report) == [(Rule.NOT_STRICT, "b", 1)]


def test_exports_in_several_files_count_records_in_each() -> None:
    options = ReadOptions(export=ExportFormat.COGNITO)

    def users(*numbers: int) -> bytes:
        listed = ",".join(
            f'{{"Username":"u{n}","Enabled":true,"UserStatus":"CONFIRMED","Attributes":['
            f'{{"Name":"email","Value":"u{n}@example.com"}},'
            '{"Name":"email_verified","Value":"maybe"}]}'
            for n in numbers
        )
        return gzip.compress(f'{{"Users":[{listed}]}}'.encode(), mtime=0)

    report, _ = validated(users(1, 2), users(3), options=options)
    assert [each.location.describe().split(",")[:2] for each in report.findings.kept] == [
        ["a", " record 1"],
        ["a", " record 2"],
        ["b", " record 1"],
    ]


def test_each_file_is_read_after_the_one_before_it_and_is_not_kept() -> None:
    open_files: list[str] = []

    def chunks(name: str) -> Iterator[bytes]:
        open_files.append(name)
        assert open_files == [name]
        yield HEAD + row(ord(name))
        open_files.remove(name)

    files = (SourceFile(name, chunks(name)) for name in "abc")
    report = validate_files(files, Pool(), len)
    assert report.users == 3


def test_a_place_of_a_whole_file_is_the_name_of_the_file() -> None:
    assert Location(None, file="a").describe() == "a"
    assert Location(2, "email", file="a").describe() == "a, line 2, column email"


def test_memory_of_a_bomb_is_bounded() -> None:
    bomb = gzip.compress(HEAD + row(1) + bytes(64 << 20), mtime=0)
    tracemalloc.start()
    try:
        report, _ = validated(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert {each.rule for each in report.findings.kept} & {Rule.ROW_TOO_LONG, Rule.ENCODING}
    assert peak < 8 << 20


def test_members_of_gzip_are_read_whatever_the_pieces_are() -> None:
    data: Any = (
        gzip.compress(HEAD, mtime=0)
        + gzip.compress(row(1), mtime=0)
        + gzip.compress(b"", mtime=0)
        + gzip.compress(row(2), mtime=0)
    )
    for size in (1, 2, 3, 7, 100):
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        written: list[bytes] = []
        report = validate_files([SourceFile("a", chunks)], Pool(), written.append)
        assert found(report) == []
        assert b"".join(written) == row(1) + row(2)
