"""Generated files of users, valid ones and arbitrary bytes, and the promises for any file.

The property tests use it for a fixed number of files. For as long as you like, each file from a
seed of its own::

    python tests/helpers/fuzz_users_csv.py --seconds 600

It stops at the first file for which a promise is broken, and prints its seed;
`--seed N` runs that one file again.
"""

from __future__ import annotations

import argparse
import csv
import functools
import io
import itertools
import random
import re
import string
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2] / "lambda"))

from user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    ExportFormat,
    Finding,
    Limits,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    StagedUsers,
    Unit,
    ValidationReport,
    join_row,
    validate_users,
)
from user_import.users_csv.batch import BatchValidator
from user_import.users_csv.column_mapping import ColumnMapping, map_columns
from user_import.users_csv.context import ValidationContext
from user_import.users_csv.decoding import LineReader
from user_import.users_csv.diagnostics import Findings, Normalizations
from user_import.users_csv.hash_column import HashColumn, hash_column
from user_import.users_csv.invisible import visible
from user_import.users_csv.pool import PASSWORD_HASH, HashingAlgorithm
from user_import.users_csv.row_validator import RowValidator, ValidRow
from user_import.users_csv.staged_rows import HashedRows

CANARY = "Kanarie"
NUMBERS_CANARY = "8675309"
USERNAME = "cognito:username"
PLAIN = ReadOptions()
STRICT = ReadOptions(strict=True)
WIDE = Limits()
MFA = "cognito:mfa_enabled"
HASH = "password_hash"
HASHES: dict[HashingAlgorithm, str] = {
    "BCRYPT": "$2b$12$" + "Kanarie." * 6 + "abcde",
    "SCRYPT": "65536$8$1$8675309abc$8675309abcdef0",
    "ARGON2ID": "$argon2id$v=19$m=19456,t=2,p=1$Kanarie$Kanarie867",
    "PBKDF2_SHA256": "$pbkdf2-sha256$600000$Kanarie8$Kanarie867",
}
CUSTOM = (
    Attribute("custom:plan", minimum=2, maximum=20),
    Attribute("custom:note"),
    Attribute("custom:age", "Number", minimum=-5, maximum=10_000_000),
    Attribute("custom:count", "Number"),
    Attribute("custom:vip", "Boolean"),
    Attribute("custom:Straße,Ort", maximum=200),
)
FEW = tuple(
    each
    for each in STANDARD_ATTRIBUTES
    if re.match("given_name|preferred|birthdate|updated_at|email|phone_number", each.name)
)
ALPHABETS = tuple(
    tuple(letters)
    for letters in (
        string.ascii_letters + string.digits,
        "äöüßéèñçåøÅŁžÆœ",
        "абвгдежзиЖЯёї",
        "αβγδεζΩΣςάώ",
        "אבגדהוזח",
        "ابتثجحخ",
        "漢字仮名交文書中한국어",
        "हिन्दीनमस्ते",
        "😀👍🏽🎉🇨🇭❤️",
        string.ascii_letters + ",,,;;''\"\"\\\\|/!?.:#%&=$*+-_()[]{}<>@~^`",
        'ab,"\\ ;',
    )
)
INNER = (" ", "  ", "\t", ", ", "; ", " & ", '"', '""', "\\", "\\\\", ",", ",,", ";")
TRAPS = ("\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\u00a0", "\ufeff", "\u200d")
"""Characters at which some splits of lines, and none of Cognito's, would break."""


DOUBTFUL = r'["()<>\[\]:;,\\ ]|\.\.|^\.|\.@|@\.|\.$'
"""What makes an address one that is warned of."""


def expressible(value: str) -> bool:
    """Whether Cognito's dialect can express a value, by the words of the dialect alone."""
    return (
        value == value.strip()
        and not value.startswith('"')
        and not value.endswith("\\")
        and not re.search(r"\\,|[\r\n]", value)
    )


def word(rnd: random.Random, most: int = 8) -> str:
    """Some letters of one alphabet, of which every value can be made."""
    letters = rnd.choices(rnd.choice(ALPHABETS), k=rnd.randint(1, most))
    return "".join(letters)


def text(rnd: random.Random, least: int = 1, most: int = 60) -> str:
    """A value that Cognito's dialect can express, with all that makes that hard in its middle."""
    while True:
        parts = [word(rnd)]
        for _ in range(rnd.randrange(4)):
            parts += [rnd.choice(TRAPS if rnd.random() < 0.1 else INNER), word(rnd)]
        value = "".join(parts)[:most].strip()
        if len(value) >= least and expressible(value):
            return value


def name_of_user(rnd: random.Random, number: int) -> str:
    """A username that is no email address, and no other number's."""
    while True:
        value = f"{word(rnd)}·{number}·{word(rnd, 4)}"
        if expressible(value) and "@" not in value and " " not in value:
            return value


def email(rnd: random.Random, number: int) -> str:
    """An email address that is no other number's."""
    while True:
        value = f"{word(rnd)}.{number}@{word(rnd)}.example.com"
        if value.count("@") == 1 and expressible(value) and not re.search(DOUBTFUL, value):
            return value


def phone(number: int) -> str:
    """A phone number that is no other number's."""
    return f"+1{NUMBERS_CANARY}{number:04}"


@functools.cache
def pools(how_many: int = 40) -> tuple[Pool, ...]:
    """Pools of every kind, always the same ones; the first knows nothing."""
    rnd = random.Random(4)
    kinds: list[dict[str, Any]] = [
        {},
        {"aliases": ("email",)},
        {"aliases": ("phone_number",)},
        {"aliases": ("email", "phone_number", "preferred_username")},
        {"username_attributes": ("email",)},
        {"username_attributes": ("phone_number",)},
        {"username_attributes": ("email", "phone_number")},
    ]
    made = [Pool()]
    for number in range(how_many - 1):
        # Every pool has all standard attributes; with fewer of them more files can be tried.
        standard = STANDARD_ATTRIBUTES if number % 3 == 0 else FEW
        attributes = [*standard, *rnd.sample(CUSTOM, rnd.randrange(4))]
        rnd.shuffle(attributes)
        if rnd.random() < 0.4:
            required = rnd.sample(["given_name", "birthdate", "email", "phone_number"], 2)
            attributes = [each._replace(required=each.name in required) for each in attributes]
        pool = Pool(
            attributes=tuple(attributes),
            auto_verified=(("email",), ("phone_number",), ("email", "phone_number"))[number % 3],
            mfa=rnd.choice(["ON", "OFF", "OPTIONAL"]),
            case_sensitive=rnd.random() < 0.5,
            aliases=(),
            username_attributes=(),
        )._replace(**kinds[number % len(kinds)])
        columns = [each.name for each in attributes] + [MFA, USERNAME]
        if number % 4 == 0:
            pool = pool._replace(columns=(*columns, HASH))
            pool = pool._replace(hashing_algorithm=rnd.choice([None, *HASHES]))
        elif number % 4 == 1:
            pool = pool._replace(columns=tuple(columns))
        elif number % 8 == 2:
            pool = Pool(columns=tuple(columns))
        made.append(pool)
    return tuple(made)


@dataclass(frozen=True)
class Table:
    """Users that a pool takes as they are: a header and rows of values."""

    pool: Pool
    header: list[str]
    rows: list[list[str]]

    @property
    def written(self) -> tuple[list[str], list[list[str]]]:
        """Header and rows as a job takes them: without hashes where it has no algorithm."""
        places = [
            place
            for place, name in enumerate(self.header)
            if name != HASH or self.pool.hashing_algorithm
        ]
        header, *rows = ([row[place] for place in places] for row in (self.header, *self.rows))
        return header, rows


def table(rnd: random.Random, pool: Pool, *, most_users: int = 8, canary: bool = False) -> Table:
    """Make users up whom the pool takes as they are.

    Args:
        rnd: decides.
        pool: whose rules they keep.
        most_users: how many at most.
        canary: whether values are short, and have the canary in them.
    """
    header = list(_header(pool, rnd.randrange(4)))
    rows = [
        [user.get(name, "") for name in header]
        for user in (
            _user(rnd, pool, number, canary) for number in range(rnd.randint(1, most_users))
        )
    ]
    return Table(pool, header, rows)


@functools.cache
def _attributes(pool: Pool) -> dict[str, Attribute]:
    return {each.name: each for each in pool.attributes or STANDARD_ATTRIBUTES}


@functools.cache
def _header(pool: Pool, number: int) -> tuple[str, ...]:
    """One of four headers of a pool: all columns, or few, some of them shuffled."""
    rnd = random.Random(number)
    attributes = _attributes(pool)
    auto = ("email",) if pool.auto_verified is None else pool.auto_verified
    needed = {USERNAME, *auto, *(f"{each}_verified" for each in auto)}
    needed |= {name for name, each in attributes.items() if each.required}
    needed |= set(pool.username_attributes or ())
    if pool.hashing_algorithm:
        needed.add(HASH)
    share = (0.0, 0.0, 0.3, 1.0)[number]
    known = pool.header or (*attributes, MFA, USERNAME)
    header = [name for name in known if name in needed or rnd.random() < share]
    if number % 2:
        rnd.shuffle(header)
    return tuple(header)


def _user(
    rnd: random.Random,
    of: Pool,
    number: int,
    canary: bool,
) -> dict[str, str]:
    user = {
        name: _value(rnd, each, canary)
        for name, each in _attributes(of).items()
        if each.required or rnd.random() < 0.5
    }
    auto = ("email",) if of.auto_verified is None else of.auto_verified
    verified = rnd.sample(auto, rnd.randint(1, len(auto)))
    addresses = {
        "email": f"{CANARY}{number}@example.com" if canary else email(rnd, number),
        "phone_number": phone(number),
    }
    for name, address in addresses.items():
        if name in user or name in verified or name in (of.username_attributes or ()):
            user[name] = address
        user[f"{name}_verified"] = rnd.choice(
            ("true", "TRUE") if name in verified else ("", "false", "FALSE")
        )
    if of.username_attributes:
        user[USERNAME] = user[rnd.choice(of.username_attributes)]
    else:
        user[USERNAME] = f"{CANARY}{number}" if canary else name_of_user(rnd, number)
    allowed = {"ON": ("", "true", "TRUE"), "OFF": ("", "false"), "OPTIONAL": ("true", "FALSE")}
    user[MFA] = rnd.choice(allowed.get(of.mfa or "", ("",)))
    if of.hashing_algorithm and rnd.random() < 0.8:
        user[HASH] = HASHES[of.hashing_algorithm]
    return user


def _value(rnd: random.Random, attribute: Attribute, canary: bool) -> str:
    match attribute.kind, attribute.name:
        case "Boolean", _:
            return rnd.choice(["true", "false", "TRUE", "FALSE"])
        case "Number", _:
            low = -9 if attribute.minimum is None else attribute.minimum
            return rnd.choice([str(low), NUMBERS_CANARY, "0", "00012"])
        case _, "birthdate":
            return rnd.choice(["02/01/1985", "12/31/2001", "02/29/2000", "01/01/0001"])
        case _ if canary:
            return rnd.choice([CANARY, f"{CANARY}, {CANARY}", f'{CANARY} "{CANARY}"', CANARY[:4]])
        case _:
            return text(rnd, attribute.minimum or 1, min(attribute.maximum or 60, 60))


def own_dialect(of: Table, end: str = "\n") -> bytes:
    """The table as Cognito has it."""
    return "".join(f"{join_row(row)}{end}" for row in (of.header, *of.rows)).encode()


def other_dialect(rnd: random.Random, of: Table) -> tuple[bytes, set[Normalization]]:
    """The table as a spreadsheet may have saved it, and the normalizations that it needs."""
    needed = set()
    separator = rnd.choice(",;\t") if len(of.header) > 1 else ","
    quoting: Literal[0, 1] = rnd.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL))
    end = rnd.choice(["\n", "\r\n", "\r"])
    file = io.StringIO()
    csv.writer(file, delimiter=separator, quoting=quoting, lineterminator=end).writerows(
        [of.header, *of.rows]
    )
    written = file.getvalue()
    if re.search(rf'(?:^|[{separator}\r\n])"', written):
        needed.add(Normalization.QUOTES)
    if separator != ",":
        needed.add(Normalization.SEPARATOR)
    if end != "\n":
        needed.add(Normalization.LINE_ENDS)
    if rnd.random() < 0.3:
        written = written.removesuffix(end)
    encoding = rnd.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
    if encoding.startswith("utf-16"):
        needed.add(Normalization.UTF_16)
        return f"\ufeff{written}".encode(encoding), needed
    if encoding == "utf-8-sig":
        needed.add(Normalization.BYTE_ORDER_MARK)
    return written.encode(encoding), needed


@dataclass
class Checked:
    """The report on a file, and the rows that were written."""

    report: ValidationReport
    written: bytes
    found: list[Finding]
    case: Case
    hashed: dict[HashingAlgorithm, bytes] = field(default_factory=dict)
    """The rows of each algorithm of password hashes."""

    @property
    def exact_lines(self) -> list[int]:
        """The lines that the fast path did not match, and that were validated exactly."""
        return exact_lines(self.case)

    @property
    def staged(self) -> StagedUsers:
        """The import jobs."""
        assert self.report.staged is not None, self.reported
        return self.report.staged

    @property
    def file(self) -> bytes:
        """The whole as one job's file."""
        return self.staged.header.encode() + self.written

    @property
    def reported(self) -> str:
        """All texts about the file."""
        findings = self.report.findings
        each = [finding.describe() + finding.text for finding in self.found]
        return " ".join([*each, findings.describe_errors(), findings.describe_warnings()])


def checked(
    chunks: Iterable[bytes], pool: Pool, reading: ReadOptions = PLAIN, limits: Limits = WIDE
) -> Checked:
    """Validate a file that comes in pieces."""
    # A file that comes as an iterator may be longer than memory.
    file = b"".join(chunks) if isinstance(chunks, list) else b""
    written = bytearray()
    found: list[Finding] = []
    hashed: dict[HashingAlgorithm, bytes] = {}

    def write_hashed(algorithm: HashingAlgorithm, rows: bytes) -> None:
        hashed[algorithm] = hashed.get(algorithm, b"") + rows

    report = validate_users(
        chunks,
        pool,
        written.extend,
        options=reading,
        limits=limits,
        sink=found.append,
        write_hashed=write_hashed,
    )
    return Checked(report, bytes(written), found, Case(file, pool, reading, limits), hashed)


class _RecordingValidator(RowValidator):
    def __init__(
        self, mapping: ColumnMapping, context: ValidationContext, hashes: HashColumn | None
    ) -> None:
        super().__init__(mapping, context, hashes)
        self.lines: list[int] = []

    def validate(self, line: int, row: str) -> ValidRow | None:
        self.lines.append(line)
        return super().validate(line, row)


def exact_lines(case: Case) -> list[int]:
    """Return the lines of a plain CSV that the fast path leaves to the row validator."""
    findings = Findings()
    context = ValidationContext(
        case.pool,
        case.reading,
        case.limits,
        findings,
        Normalizations(findings, strict=case.reading.strict),
    )
    reader = LineReader([case.file], 1 << 20)
    batches = reader.batches()
    head, _, rest = next(batches).partition(b"\n")
    mapping = map_columns(head.decode().split(","), context)
    assert mapping is not None
    hashes = None
    if PASSWORD_HASH in mapping.columns:
        hashes = hash_column(mapping.name_of(PASSWORD_HASH), context)
    validator = _RecordingValidator(mapping, context, hashes)
    rows = BatchValidator(
        mapping,
        ",",
        context,
        row_validator=validator,
        staged=HashedRows("", case.limits, len, lambda _, rows: len(rows)),
        hashes=hashes,
    )
    for batch in itertools.chain([rest] if rest else [], batches):
        rows.validate(batch, batch.count(b"\n"))
    rows.finish()
    return validator.lines


def rows_of(written: bytes) -> list[list[str]]:
    """Read written rows by the definition of the dialect alone."""
    *lines, last = written.decode().split("\n")
    assert last == ""
    return [
        [value.replace("\\,", ",").strip() for value in re.split(r"(?<!\\),", line)]
        for line in lines
    ]


@dataclass(frozen=True)
class Case:
    """Bytes to validate, and the settings."""

    file: bytes
    pool: Pool
    reading: ReadOptions = PLAIN
    limits: Limits = WIDE
    cut: int = 0

    def chunks(self) -> list[bytes]:
        """The file, in one piece or in pieces of `cut` bytes."""
        size = self.cut or len(self.file) or 1
        return [self.file[begin : begin + size] for begin in range(0, len(self.file), size)]


READINGS = (
    PLAIN,
    STRICT,
    ReadOptions(unit=Unit.RECORD),
    ReadOptions(constants={"email_verified": "true"}, defaults={"locale": "de", "email": "a@x"}),
    ReadOptions(columns={"name": "nickname", "nickname": None, "E-mail": "email"}),
)
TIGHT = Limits(row_characters=60, job_users=2, job_bytes=400, jobs=3, line_gaps=1)
EXPORTS = {
    "auth0": b"user_id,email,email_verified,name,updated_at\n"
    b"'auth0|1,'Kanarie@example.com,true,\"'Kanarie, K\",2024-02-29T23:59:59.000Z\n",
    "okta": b"login,firstName,email,mobilePhone,streetAddress\n"
    b"Kanarie@example.com,Kanarie,kanarie@example.com,+8675309,Kanarie\n",
    "firebase": b'{"users": [{"localId": "Kanarie", "email": "Kanarie@example.com", '
    b'"emailVerified": true, "displayName": "Kanarie, K", "phoneNumber": "+8675309"}]}',
    "keycloak": b'{"realm": "x", "users": [{"username": "Kanarie", "email": "Kanarie@x", '
    b'"emailVerified": true, "attributes": {"phoneNumber": ["+8675309"]}}]}',
    "cognito": b'{"Users": [{"Username": "Kanarie", "Attributes": [{"Name": "email", "Value": '
    b'"Kanarie@x"}, {"Name": "email_verified", "Value": "true"}]}]}',
}
"""A small export of every provider; nothing in it is a value unless it has a canary."""

ABOUT_EXPORTS = {Rule.PROVIDER_LINK, Rule.PROVIDER_SIGN_IN}
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
INSERTED = (
    *(b'"', b'""', b'",', b',"', b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b",", b";", b"\t"),
    *(b"\\", b"\\,", b" ", b"\xa0", b"\xff", b"\xc3", b"\xe2\x80\xa8", b"\x85", b"yes", b"+"),
    *(b"2/1/1985", b"NULL", b"'", b".", b"sep=;\n", b"1676246400000", b"1.5", b"y"),
    *(b"1985-02-01", b"2016-08-17T22:04:31Z", b"-", b"9" * 30, b"x" * 70, *MARKS),
)


@functools.cache
def _seeds() -> tuple[tuple[Pool, bytes], ...]:
    """Right files that mutations start from, of at most 300 bytes, for every pool."""
    rnd = random.Random(5)
    found = []
    for pool in pools():
        for tries in itertools.count():
            of = table(rnd, pool, most_users=4, canary=True)
            file = own_dialect(of) if tries % 2 else other_dialect(rnd, of)[0]
            if len(file) <= (300 if tries < 2_000 else 600):
                found.append((pool, file))
                if sum(each is pool for each, _ in found) == 4:
                    break
    return tuple(found)


def _mutated(rnd: random.Random, file: bytes) -> bytes:
    # Most changes are to the rows: with another header there is less to check.
    first = file.find(b"\n") + 1 if rnd.random() < 0.9 else 0
    for _ in range(rnd.choice([0, 1, 1, 1, 2, 2, 3, 5, 8])):
        at = rnd.randint(min(first, len(file)), len(file))
        upto = min(len(file), at + rnd.randrange(30))
        match rnd.randrange(8):
            case 0:
                file = file[:at] + bytes([rnd.randrange(256)]) + file[at + 1 :]
            case 1 | 2 | 3:
                file = file[:at] + rnd.choice(INSERTED) + file[at:]
            case 4:
                file = file[:at] + file[upto:]
            case 5:
                file = file[:at] if rnd.random() < 0.3 else file[:upto] + file[at:]
            case 6:
                other = rnd.randint(min(first, len(file)), len(file))
                file = file[:other] + file[at:upto] + file[other:]
            case _:
                file = rnd.choice(MARKS) + file if rnd.random() < 0.1 else file + b"\n"
    return file[:300] if rnd.random() < 0.9 else file


def case(seed: int) -> Case:
    """Make one file up from its seed: a mutated right one, or bytes that were never a file."""
    rnd = random.Random(seed)
    pool, file = rnd.choice(_seeds())
    kind = rnd.random()
    if kind < 0.15:
        file = rnd.choice((b"", b"", *MARKS)) + rnd.randbytes(rnd.randrange(120))
    elif kind < 0.2:
        file = file[: file.find(b"\n") + 1] + rnd.randbytes(rnd.randrange(100))
    elif kind < 0.25:
        alphabet = b'a",\\\n\r \t;1+@'
        rows = bytes(rnd.choices(alphabet, k=rnd.randrange(60)))
        file = b"email,cognito:username,email_verified\n" + rows
    else:
        file = _mutated(rnd, file)
    reading = rnd.choice(READINGS) if rnd.random() < 0.3 else PLAIN
    if kind > 0.95:
        name = rnd.choice(list(EXPORTS))
        file = _mutated(rnd, EXPORTS[name])
        reading = ReadOptions(export=ExportFormat(name), constants={"email_verified": "yes"})
    limits = TIGHT if rnd.random() < 0.2 else WIDE
    return Case(file, pool, reading, limits, rnd.choice([0, 0, 0, 7, 50]))


def hold(of: Case) -> Checked:
    """Validate a file, and assert the promises for any bytes."""
    got = checked(of.chunks(), of.pool, of.reading, of.limits)
    findings = got.report.findings
    assert (got.report.staged is None) == (findings.errors > 0), "errors, or staged users"
    assert Counter(each.rule for each in got.found) == findings.counts
    _assert_nothing_is_reported(of, got.reported)
    if got.report.staged is not None:
        _assert_jobs(of, got)
        _assert_taken_unchanged(of, got)
    return got


def _assert_nothing_is_reported(of: Case, reported: str) -> None:
    assert not re.search(r"[\r\n]", reported)
    head = _head(of.file)
    for canary in (CANARY[1:-1], NUMBERS_CANARY):
        # Messages name columns; a quote may make all that follows one of them.
        # Invisible characters of a name are not shown.
        is_in_head = canary.encode() in head or canary in visible(head.decode(errors="replace"))
        if of.reading.export or (not is_in_head and b'"' not in head):
            assert canary not in reported, "a message has a value"


def _head(file: bytes) -> bytes:
    """Return the header, or more than it."""
    if file.startswith(MARKS[1:]):
        file = file.decode("utf-16", "replace").encode(errors="replace")
    plain = file.replace(b"\0", b"").lstrip(b"".join(MARKS) + b" \t\r\n")
    first, second, *_ = [*re.split(rb"[\r\n]+", plain, maxsplit=2), b""]
    # A line that names the separator stands above the header.
    return first + second if b"sep=" in first.lower() else first


def _assert_jobs(of: Case, got: Checked) -> None:
    staged = got.staged
    header, *rows = rows_of(got.file)
    assert USERNAME in header
    assert HASH not in header or of.pool.hashing_algorithm
    assert len(set(header)) == len(header)
    assert {len(row) for row in rows} == {len(header)}
    assert len(rows) == staged.users == got.report.users > 0
    assert len(staged.jobs) <= of.limits.jobs
    offset = 0
    for job in staged.jobs:
        assert job.offset == offset
        offset += job.length
        assert got.written[job.offset : offset].count(b"\n") == job.users <= of.limits.job_users
        assert len(staged.header.encode()) + job.length <= of.limits.job_bytes
    assert offset == len(got.written)


def _assert_taken_unchanged(of: Case, got: Checked) -> None:
    again = checked([got.file], of.pool, STRICT, of.limits)
    assert again.file == got.file
    # Only an export says where else its users sign in.
    counts = got.report.findings.counts
    counts = Counter({rule: n for rule, n in counts.items() if rule not in ABOUT_EXPORTS})
    assert again.report.findings.counts == counts
    assert not again.report.normalized


def main() -> None:
    """Check files of ever new seeds until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, help="check this one file only")
    arguments = parser.parse_args()
    if arguments.seed is not None:
        of = case(arguments.seed)
        print(of)
        print(hold(of))
        return
    first = seed = int(time.time()) * 1_000_000
    end = time.monotonic() + arguments.seconds
    while time.monotonic() < end:
        try:
            hold(case(seed))
        except Exception:
            print(f"--seed {seed}: {case(seed)}", file=sys.stderr)
            raise
        seed += 1
    print(f"{seed - first:,} files, every promise kept")


if __name__ == "__main__":
    main()
