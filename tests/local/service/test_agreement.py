"""Our verdict on a file of users and the import service's are the same, row for row.

The service is written from the facts sheet and shares no code with the library: where the two
differ, one of them is wrong.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from helpers.batches import batches
from helpers.dialect_files import (
    SCOPE,
    USERNAME,
    Sides,
    rightly,
    some_file,
    some_pool,
    some_spreadsheet,
)

from cognito_import_local.emulator import pools
from cognito_import_local.service.file_import import FileImport, JobFailedError
from cognito_import_local.settings import ImportSettings
from user_import.users_csv import Finding, ReadOptions, Rule, validate_users

if TYPE_CHECKING:
    from pathlib import Path


SETTINGS = ImportSettings(create_users_at_most=0)
FILES = 250
BATCHES = batches(10)
STRICTER = {
    Rule.LINE_BREAK: "A carriage return inside a row: whether Cognito takes it as a line end is "
    "not on record (facts §1.5, §8 U6); the service takes it as a character.",
    Rule.QUOTES: "A quote at the beginning of a value: not documented (§1.5, §8 U5); the service "
    "takes it as a character.",
    Rule.BACKSLASH: "A backslash at the end of a value or before a comma: not documented (§1.5, "
    "§8 U5); the service takes all backslashes but that of an escaped comma as characters.",
    Rule.HASH_WITHOUT_ALGORITHM: "A hash in a job without algorithm: not on record (§1.12, §8 "
    "U12); the service ignores the hash unless hash_without_algorithm says otherwise.",
    Rule.EPOCH: "More digits of updated_at than milliseconds have: not on record (§9.5); the "
    "service takes any number.",
    Rule.TOO_MANY_USERS: "Of one import, not of one job: our own limit.",
    Rule.BLANK_LINES: "Our own limit, so that lines of the user's file can be named.",
}
"""Rules of ours that are stricter than what is known of Cognito, and why."""


class Verdicts:
    """Takes the place of the service's log: what became of each line."""

    def __init__(self) -> None:
        self.of: dict[int, str] = {}

    def succeeded(self, line: int) -> None:
        self.of[line] = "succeeded"

    def skipped(self, line: int) -> None:
        self.of[line] = "skipped"

    def failed(self, line: int, _reason: str) -> None:
        self.of[line] = "failed"


def their_verdicts(sides: Sides, file: bytes, path: Path, **settings: Any) -> dict[int, str]:
    """Let the service judge a file as if it were a job's.

    Raises:
        JobFailedError: When the whole job fails.
    """
    path.write_bytes(file)
    verdicts = Verdicts()
    file_import = FileImport(
        pool=sides.theirs,
        directory=pools.directory(SCOPE, sides.theirs),
        log=verdicts,
        settings=SETTINGS.changed(settings),
        algorithm=sides.algorithm,
    )
    for _ in file_import.run(path):
        pass
    return verdicts.of


@dataclass
class Ours:
    """What the library says of a file."""

    findings: list[Finding]
    written: bytes | None

    def rules(self, line: int) -> set[Rule]:
        return {each.rule for each in self.findings if each.location.line == line}

    def verdict(self, line: int) -> str:
        rules = self.rules(line)
        if any(not rule.is_warning for rule in rules):
            return "failed"
        return "skipped" if Rule.DUPLICATE_USERNAME in rules else "succeeded"


def our_verdicts(sides: Sides, file: bytes, reading: ReadOptions | None = None) -> Ours:
    findings: list[Finding] = []
    written = bytearray()
    report = validate_users(
        [file],
        sides.ours,
        written.extend,
        options=reading or ReadOptions(),
        sink=findings.append,
    )
    staged = report.staged
    return Ours(findings, staged and staged.header.encode() + bytes(written))


def filled(sides: Sides, header: bytes, line: bytes) -> bytes:
    """Return a row whose username and sign-in attributes are filled from each other.

    The library writes such a row, and Cognito judges what is written.
    """
    cells = re.split(rb"(?<!\\),", line)
    names = [name.strip() for name in header.decode().split(",")]
    own = sides.ours.username_attributes or ()
    if not own or len(cells) != len(names) or USERNAME not in names:
        return line
    at = names.index(USERNAME)
    places = {name: names.index(name) for name in own if name in names}
    if not cells[at].strip():
        cells[at] = next((cells[each] for each in places.values() if cells[each].strip()), b"")
    for name, place in places.items():
        is_phone_number = re.fullmatch(rb"\s*\+\d+\s*", cells[at]) is not None
        if not cells[place].strip() and is_phone_number == (name == "phone_number"):
            cells[place] = cells[at]
    return b",".join(cells)


def differences(sides: Sides, file: bytes, path: Path) -> list[str]:
    """Validate a file on both sides, and return where they differ.

    A row that fails is nobody's namesake to the service. We say so of rows that fail by themselves
    and not of those that clash with others, whose namesakes in turn may clash with none. So where
    rows clash, what counts is whether the two agree on the file without them.
    """
    ours = our_verdicts(sides, file)
    header, *rows = file.split(b"\n")
    lines = [header, *(filled(sides, header, row) for row in rows)]
    clashing = []
    for number in range(2, len(lines) + 1):
        errors = {rule for rule in ours.rules(number) if not rule.is_warning}
        if errors and errors <= set(STRICTER):
            # To the service this would be a user, with whom later rows may clash.
            lines[number - 1] = b""
        if Rule.DUPLICATE_ALIAS in errors:
            clashing.append(number)
    theirs = their_verdicts(sides, b"\n".join(lines), path)
    found = [
        f"line {number}: we say {ours.verdict(number)} {sorted(r.id for r in ours.rules(number))}, "
        f"the service {verdict}: {lines[number - 1]!r}"
        for number, verdict in theirs.items()
        if ours.verdict(number) != verdict
    ]
    if found and clashing:
        for number in clashing:
            lines[number - 1] = b""
        return differences(sides, b"\n".join(lines), path)
    return found


@pytest.mark.parametrize("batch", BATCHES)
def test_both_validators_agree_on_every_row_of_a_file_in_cognitos_dialect(
    batch: int, tmp_path: Path
) -> None:
    for seed in range(batch * FILES, (batch + 1) * FILES):
        rnd = random.Random(seed)
        sides = some_pool(rnd)
        file = some_file(rnd, sides)
        assert not differences(sides, file, tmp_path / "users.csv"), (seed, sides.ours)


def test_the_files_cover_all_kinds(tmp_path: Path) -> None:
    """Or the test above would say little."""
    found: set[Rule] = set()
    verdicts: list[str] = []
    for seed in range(300):
        rnd = random.Random(seed)
        sides = some_pool(rnd)
        file = some_file(rnd, sides)
        found |= {each.rule for each in our_verdicts(sides, file).findings}
        verdicts += their_verdicts(sides, file, tmp_path / "users.csv").values()
    of_the_file = {
        *(Rule.ENCODING, Rule.NO_USERS, Rule.NO_HEADER, Rule.UNKNOWN_COLUMN, Rule.DUPLICATE_COLUMN),
        *(Rule.COLUMN_WITHOUT_NAME, Rule.COLUMN_MISSING, Rule.COLUMN_NOT_FOUND, Rule.EXPORT),
        *(Rule.TOO_MANY_USERS, Rule.BLANK_LINES, Rule.NOT_STRICT, Rule.OTHER_ENCODING),
        *(Rule.PROVIDER_LINK, Rule.PROVIDER_SIGN_IN, Rule.EXCLUDED_USER),
        *(Rule.GZIP, Rule.OTHER_HEADER),
    }
    # Of an import that converts hashes; the service takes those of its own form only.
    of_hashes = {Rule.HASH_UNUSABLE, Rule.HASH_TOO_COSTLY, Rule.HASHES_NOT_TAKEN}
    # What Cognito may take is only a warning here, and no rule to the service.
    doubts = {Rule.WORD_FOR_BLANK, Rule.DOUBTFUL_EMAIL, Rule.SINGLE_QUOTES}
    # updated_at has a bound of the schema's own, and is a number to the service.
    assert set(Rule) - of_the_file - of_hashes - doubts - {Rule.EPOCH} <= found
    for verdict in ("succeeded", "skipped", "failed"):
        assert verdicts.count(verdict) > 30


@pytest.mark.parametrize("batch", BATCHES)
def test_the_local_service_accepts_every_row_of_a_normalized_file(
    batch: int, tmp_path: Path
) -> None:
    for seed in range(batch * FILES, (batch + 1) * FILES):
        rnd = random.Random(seed)
        sides = some_pool(rnd)
        file = some_spreadsheet(rnd, sides)
        ours = our_verdicts(sides, file)
        assert not any(not each.rule.is_warning for each in ours.findings), (seed, file)
        assert ours.written is not None
        theirs = their_verdicts(sides, ours.written, tmp_path / "users.csv")
        assert set(theirs.values()) == {"succeeded"}, (seed, file, ours.written)


@pytest.mark.parametrize("batch", BATCHES)
def test_the_local_service_accepts_every_row_that_the_library_accepts(
    batch: int, tmp_path: Path
) -> None:
    for seed in range(batch * FILES // 4, (batch + 1) * FILES // 4):
        rnd = random.Random(seed)
        sides = some_pool(rnd)
        lines = some_file(rnd, sides).split(b"\n")
        ours = our_verdicts(sides, b"\n".join(lines))
        kept = [
            line if ours.verdict(number) == "succeeded" else b""
            for number, line in enumerate(lines, start=1)
        ]
        if not b"".join(kept[1:]).strip():
            continue
        ours = our_verdicts(sides, b"\n".join(kept))
        assert not any(not each.rule.is_warning for each in ours.findings), seed
        assert ours.written is not None
        theirs = their_verdicts(sides, ours.written, tmp_path / "users.csv")
        assert set(theirs.values()) == {"succeeded"}, (seed, ours.written)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: [*header, "custom:unknown"],
        lambda header: [*header, "sub"],
        lambda header: [*header, header[0]],
        lambda header: [*header, ""],
        lambda header: [name for name in header if name != USERNAME],
    ],
)
def test_a_header_that_the_library_rejects_fails_the_job(change: Any, tmp_path: Path) -> None:
    rnd = random.Random(1)
    sides = some_pool(rnd)
    # An attribute that users sign in with would take the place of a missing username.
    sides = replace(sides, ours=sides.ours._replace(username_attributes=()))
    header = change(sides.names)
    row = rightly(rnd, sides, 1)
    cells = [row.get(name, "") for name in header]
    file = f"{','.join(header)}\n{','.join(cells)}\n".encode()
    assert our_verdicts(sides, file).rules(1)
    with pytest.raises(JobFailedError):
        their_verdicts(sides, file, tmp_path / "users.csv", missing_columns="accept")


@pytest.mark.parametrize(
    ("rule", "cell"),
    [(Rule.LINE_BREAK, "a\rb"), (Rule.QUOTES, '"a" b'), (Rule.BACKSLASH, "a\\\\,b")],
)
def test_every_exception_is_needed(rule: Rule, cell: str, tmp_path: Path) -> None:
    rnd = random.Random(2)
    sides = some_pool(rnd)
    row = {**rightly(rnd, sides, 1), "name": cell}
    cells = [row.get(name, "") for name in sides.names]
    file = f"{','.join(sides.names)}\n{','.join(cells)}\n".encode()
    assert our_verdicts(sides, file).rules(2) == {rule}
    assert their_verdicts(sides, file, tmp_path / "users.csv") == {2: "succeeded"}
