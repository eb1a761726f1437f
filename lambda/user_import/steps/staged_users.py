"""The users of an import: read from the source, validated, and written to the staging bucket."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..contract import MOST_ADMIN_PASSWORDS, PasswordVia
from ..errors import CsvError, RequestError, SourceError
from ..messages import steps as messages
from ..users_csv import (
    PASSWORD_HASH,
    Pool,
    describe_left_out,
    describe_normalizations,
    validate_users,
)
from .problem_report import ProblemReport
from .state import CanaryJob, PasswordPlan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..aws.cognito import UserPool
    from ..aws.s3 import StagedWriter
    from ..aws.services import Services
    from ..users_csv import HashingAlgorithm, StagedUsers, ValidationReport
    from ..users_csv.password_hashes import HashShape
    from .import_request import ImportRequest
    from .source_objects import ObjectsOfPrefix
    from .state import Plan

_HASHED_BY: HashingAlgorithm = "SCRYPT"
"""The algorithm of the test password's hash, which the standard library has."""

log = logging.getLogger(__name__)


def stage_users(
    request: ImportRequest, plan: Plan, pool: UserPool, services: Services
) -> tuple[Plan, StagedUsers]:
    """Stage the users of an import.

    Args:
        request: The request, which has claimed what is staged.
        plan: The plan.
        pool: The user pool.
        services: AWS and the clock.

    Returns:
        The plan, with what follows from the users; and the staged users.

    Raises:
        CsvError: The CSV has a problem.
        RequestError: The users cannot get the test password, or a newer request has claimed what is
            staged.
        SourceError: The source cannot be read, or not in time.
    """
    columns = services.import_jobs.csv_header(request.user_pool_id)
    known = Pool.from_description(pool.description, columns)
    if request.test_password is not None:
        return _stage_with_password(request, plan, pool, known, services)
    users, shapes = _read_and_write(request, plan, known, services)
    if request.canary is not None:
        plan = replace(plan, canary=_canary_jobs(shapes))
    return plan, users


def _stage_with_password(
    request: ImportRequest, plan: Plan, pool: UserPool, known: Pool, services: Services
) -> tuple[Plan, StagedUsers]:
    """Stage the users, and decide how they get the test password; it is checked before.

    By HASH, every staged row has the same hash: one salt and one calculation for all users.

    Raises:
        RequestError: The password breaks the pool's policy, or cannot be given to so many users.
    """
    from ..messages import passwords  # noqa: PLC0415  most imports set no passwords
    from .password import check_password, hash_password, read_password  # noqa: PLC0415  likewise

    source = request.test_password
    assert source is not None
    region = request.stack_id.split(":")[3]
    if source.secret.split(":")[3] != region:
        raise RequestError(passwords.secret_elsewhere(source.secret, region))
    password = read_password(source, services)
    check_password(password.value, pool.password_policy, source)
    log.info(
        "the test password is that of version %s of the secret; existing users keep theirs",
        password.version,
    )
    takes_hashes = PASSWORD_HASH in (known.columns or ())
    if source.via is PasswordVia.HASH and not takes_hashes:
        raise RequestError(passwords.hashes_not_taken(request.user_pool_id, MOST_ADMIN_PASSWORDS))
    if source.via is not PasswordVia.HASH:
        users, _ = _read_and_write(request, plan, known, services)
        if users.users <= MOST_ADMIN_PASSWORDS:
            to_set = PasswordPlan(password.version, pool.is_passwordless)
            return replace(plan, password=to_set), users
        if source.via is PasswordVia.ADMIN or not takes_hashes:
            raise RequestError(passwords.too_many_users(users.users, MOST_ADMIN_PASSWORDS))
    log.info("calculating one hash of the test password, which needs 64 MiB and 0.2 s")
    constants = {**request.reading.constants, PASSWORD_HASH: hash_password(password.value)}
    hashed = request._replace(reading=replace(request.reading, constants=constants))
    known = known._replace(hashing_algorithm=_HASHED_BY)
    users, _ = _read_and_write(hashed, plan, known, services)
    return replace(plan, algorithm=_HASHED_BY), users


def _canary_jobs(shapes: Mapping[HashShape, int]) -> tuple[CanaryJob, ...]:
    """Return the jobs of synthetic users: one for each algorithm, for the most common shapes."""
    if not shapes:
        return ()
    from ..canary import most_common  # noqa: PLC0415  few imports have password hashes

    by_algorithm: dict[HashingAlgorithm, list[HashShape]] = {}
    for shape in most_common(sorted(shapes, key=lambda each: -shapes[each])):
        by_algorithm.setdefault(shape.algorithm, []).append(shape)
    return tuple(CanaryJob(name, tuple(each)) for name, each in by_algorithm.items())


def _read_and_write(
    request: ImportRequest, plan: Plan, known: Pool, services: Services
) -> tuple[StagedUsers, Mapping[HashShape, int]]:
    """Read the source once, validate every row, and write the valid rows to the staging bucket.

    Returns:
        The staged users, and the number of password hashes of each shape.
    """
    from .memory import within_memory  # noqa: PLC0415  no other step needs it

    claim = request.claim_at(plan.started_at)
    in_time = partial(_in_time, request=request, plan=plan, services=services)
    objects: ObjectsOfPrefix | None = None
    if request.source.is_prefix:
        from .source_objects import ObjectsOfPrefix  # noqa: PLC0415  few sources are prefixes

        objects = ObjectsOfPrefix(request, claim, in_time, services)
        validate = objects.validate
    else:
        chunks = in_time(services.staging.read_source(request.source))
        validate = partial(validate_users, chunks)
    problems = ProblemReport(request, claim, services)
    writers: dict[HashingAlgorithm, StagedWriter] = {}
    with problems, ExitStack() as stack:
        staged = stack.enter_context(services.staging.write(request.staged, claim))

        def write_hashed(algorithm: HashingAlgorithm, rows: bytes) -> None:
            if algorithm not in writers:
                writer = services.staging.write(request.staged_of(algorithm), claim)
                writers[algorithm] = stack.enter_context(writer)
            writers[algorithm].write(rows)

        report = within_memory(
            request.source.name,
            lambda limits: validate(
                known,
                staged.write,
                options=request.reading,
                limits=limits,
                sink=problems.add,
                write_hashed=write_hashed,
                digests=True,
            ),
        )
        last = services.staging.claim_of(request.staged)
        # Without a claim, a Delete has ended: no later request would remove the staged CSV.
        if last is None or last.supersedes(claim):
            raise RequestError(messages.REQUEST_SUPERSEDED)
        problems.close()
        _log(request, report)
        if report.staged is None:
            raise CsvError(_refusal(request, report, problems))
        if report.staged.line_map:
            writer = services.staging.write(request.line_map, claim)
            stack.enter_context(writer).write(report.staged.line_map)
        if objects is not None:
            objects.keep_places(report)
    return report.staged, report.hashes


def _log(request: ImportRequest, report: ValidationReport) -> None:
    log.info("%s: %d users", request.source.name, report.users)
    if report.normalized:
        log.info("normalized: %s", describe_normalizations(report.normalized))
    if report.left_out:
        log.info("%s", describe_left_out(report.left_out))
    if report.findings.warnings:
        log.warning(
            "warnings: %d: %s",
            report.findings.warnings,
            report.findings.describe_warnings(),
        )


def _refusal(request: ImportRequest, report: ValidationReport, problems: ProblemReport) -> str:
    findings = report.findings
    more = problems.is_written or findings.errors > len(findings.first)
    return messages.csv_refused(
        request.source.name,
        findings.errors,
        problems.where if more else "",
        findings.describe_errors(),
    )


def _in_time(
    chunks: Iterator[bytes], request: ImportRequest, plan: Plan, services: Services
) -> Iterator[bytes]:
    for chunk in chunks:
        if services.now() >= plan.request_ends:
            seconds = round(plan.request_ends - plan.started_at)
            raise SourceError(messages.source_timed_out(request.source.name, seconds))
        yield chunk
