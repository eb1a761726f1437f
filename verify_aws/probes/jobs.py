"""Probes of the life of an import job."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from ..bench import NotObservedError, is_allowed
from ..import_job import ENDED, log_group_of, user
from .probe import probe

if TYPE_CHECKING:
    from ..bench import Bench

_DOCUMENTED = frozenset({"Created", "Pending", "InProgress", "Stopping"}) | ENDED
_MANY = 60
"""Users of a job that should still run when the next call comes."""

_LONGEST_DELAY = 16.0
"""Seconds that the library waits for lines of the log (COG-9)."""

_LOOKED = 30.0
"""Seconds in which a log group that was deleted may come back."""


@probe("COG-30")
def pool_ids(bench: Bench) -> None:
    """Compare the ids of the user pools with their form."""
    form = re.compile(rf"{re.escape(bench.account.region)}_[0-9a-zA-Z]+")
    kinds = [kind for kind in bench.outputs if kind in ("Usernames", "Emails", "Aliases", "Mfa")]
    right = all(form.fullmatch(bench.outputs[kind]) for kind in kinds)
    bench.findings.answer(
        "COG-30", "the ids have this form" if right else "an id has another form", as_assumed=right
    )


@probe("COG-7", "COG-9", "COG-11", "COG-16", COG_7="unknown_status", COG_9="log_delay_seconds")
def first_job(bench: Bench) -> None:
    """Run a job of three users, and look at everything that Cognito says of it."""
    findings = bench.findings
    header = bench.account.client("cognito-idp").get_csv_header(
        UserPoolId=bench.outputs["Usernames"]
    )["CSVHeader"]
    is_eligible = "password_hash" in header
    findings.fact("header", header)
    findings.fact("eligible_for_hashes", is_eligible)
    job, _ = bench.run_when_role_is_usable([user(f"first-{number}") for number in range(3)])
    ended = job.job
    if ended["Status"] != "Succeeded":
        bench.text("first_job", ended.get("CompletionMessage", ""), job)
        raise NotObservedError(f"a job of three users ended {ended['Status']}")
    bench.text("job_succeeded", ended.get("CompletionMessage", ""), job)

    seen = [status for _, status in job.statuses]
    findings.fact("statuses", seen)
    findings.fact("status_seconds", {status: round(seconds, 1) for seconds, status in job.statuses})
    unknown = [status for status in seen if status not in _DOCUMENTED]
    findings.answer(
        "COG-7",
        f"{', '.join(seen)}" if not unknown else f"{', '.join(unknown)} is not documented",
        as_assumed=True,
    )
    url = ended.get("PreSignedUrl")
    is_original = url == job.created["PreSignedUrl"]
    findings.fact("describe_url", "none" if not url else "original" if is_original else "fresh")
    pending = [seconds for seconds, status in job.statuses if status not in ("Pending", "Created")]
    findings.fact("seconds_pending", round(pending[0], 1))
    ran = (ended["CompletionDate"] - ended["StartDate"]).total_seconds()
    findings.fact("seconds_in_progress", round(ran, 1))
    findings.answer("COG-16", f"a job of 3 users took {ran:.1f} s after its start")
    if is_eligible:
        all_imported = job.counts == (3, 0, 0)
        findings.answer(
            "COG-11",
            "a file without password_hash was imported" if all_imported else "not all imported",
            as_assumed=all_imported,
        )
    else:
        findings.not_observed(["COG-11"], "the pool is not eligible for password hashes")

    lines, delay = job.log(3)
    findings.fact("log_delay_seconds", round(delay, 1))
    if lines:
        bench.text("row_imported", lines[0].text, job)
    findings.answer(
        "COG-9",
        f"{len(lines)} of 3 lines {delay:.0f} s after the job's end",
        as_assumed=len(lines) == 3 and delay <= _LONGEST_DELAY,  # noqa: PLR2004 - its users
    )


@probe("COG-21")
def rights_of_one_log_group(bench: Bench) -> None:
    """Run a job whose logs role may write the log groups of this pool only."""
    job = bench.job(role="LogsRoleOfOnePool")
    ended = job.run([user("narrow")])
    lines, _ = job.log(1)
    written = ended["Status"] == "Succeeded" and len(lines) == 1
    bench.findings.answer(
        "COG-21",
        "the log is where it should be" if written else f"{ended['Status']}, {len(lines)} lines",
        as_assumed=written,
    )


@probe("COG-17")
def import_again(bench: Bench) -> None:
    """Import users again who exist."""
    if "statuses" not in bench.findings.facts:
        raise NotObservedError("the first job did not succeed")
    job = bench.job()
    ended = job.run([user(f"first-{number}") for number in range(3)])
    bench.text("all_skipped", ended.get("CompletionMessage", ""), job)
    bench.findings.fact("none_imported", [ended["Status"]])
    is_right = job.counts == (0, 3, 0)
    bench.findings.answer(
        "COG-17",
        f"{ended['Status']}, with counters {' '.join(map(str, job.counts))}",
        as_assumed=is_right,
    )
    lines, _ = job.log(3)
    if lines:
        bench.text("row_skipped", lines[0].text, job)


@probe("COG-6", "COG-8", COG_6="list_lags")
def job_that_is_not_started(bench: Bench) -> None:
    """Create a job, list it, start it without an upload, and stop it."""
    cognito = bench.account.client("cognito-idp")
    job = bench.job()
    job.create()
    jobs = cognito.list_user_import_jobs(UserPoolId=job.pool_id, MaxResults=10)["UserImportJobs"]
    is_shown = job.id in [each["JobId"] for each in jobs]
    bench.findings.fact("list_shows_new_job", is_shown)
    bench.findings.answer("COG-6", "it is listed at once" if is_shown else "it is listed later")
    without_upload = bench.refusal("start_without_upload", job.start, job)
    if without_upload:
        bench.findings.fact("start_without_upload", without_upload)
    refusal = bench.refusal("stop_created_job", job.stop, job)
    bench.findings.fact("stop_created_job", "refuse" if refusal else "stop")
    if refusal:
        bench.findings.fact("stop_created_refusal", refusal)
    bench.findings.answer("COG-8", f"refused with {refusal}" if refusal else "the job was stopped")


@probe("COG-3")
def missing_pool_and_job(bench: Bench) -> None:
    """Ask for a user pool and a job that do not exist."""
    cognito = bench.account.client("cognito-idp")
    pool_id = bench.outputs["Usernames"]
    missing_pool = f"{bench.account.region}_{'0' * 9}"
    found = {
        "missing_pool": bench.refusal(
            "missing_pool",
            lambda: cognito.get_csv_header(UserPoolId=missing_pool),
            more=[("pool id", missing_pool)],
        ),
        "missing_job": bench.refusal(
            "missing_job",
            lambda: cognito.describe_user_import_job(UserPoolId=pool_id, JobId="import-0000000000"),
        ),
    }
    for name, code in found.items():
        if code:
            bench.findings.fact(name, code)
    bench.findings.answer(
        "COG-3",
        ", ".join(f"{name.replace('_', ' ')}: {code}" for name, code in found.items()),
        as_assumed=set(found.values()) == {"ResourceNotFoundException"},
    )


@probe("COG-1", COG_1="slot_taken")
def slot_taken(bench: Bench) -> None:
    """Start a job while another one has the slot."""
    first, second = bench.job(), bench.job(pool="Aliases")
    for job, count in ((first, _MANY), (second, 1)):
        job.create()
        job.upload([user(f"slot-{number}") for number in range(count)])
    first.start_when_role_is_usable()
    code = bench.refusal("slot_taken", second.start, second)
    still_runs = first.describe()["Status"] not in ENDED
    first.wait()
    if code:
        bench.findings.fact("slot_taken", code)
        expected = code in ("PreconditionNotMetException", "TooManyRequestsException")
        bench.findings.answer("COG-1", code, as_assumed=expected)
        return
    second.wait()
    if not still_runs:
        raise NotObservedError("the first job had ended when the second one was started")
    bench.findings.answer("COG-1", "two jobs run at once", as_assumed=False)


@probe()
def stop_a_job(bench: Bench) -> None:
    """Stop a job that runs."""
    job = bench.job()
    job.create()
    job.upload([user(f"stop-{number}") for number in range(_MANY)])
    job.start_when_role_is_usable()
    answers: list[dict[str, Any]] = []
    code = bench.refusal("stop_a_job", lambda: answers.append(job.stop()), job)
    if code:
        bench.findings.fact("stop_refusal", code)
    else:
        bench.findings.fact("stop_answer", answers[0]["Status"])
    bench.text("job_stopped", job.wait().get("CompletionMessage", ""), job)


@probe("COG-10")
def deleted_log_group(bench: Bench) -> None:
    """Delete the log group of a pool whose job has ended, and look whether it comes back."""
    logs = bench.account.client("logs")
    pool_id = bench.outputs["Aliases"]
    group = log_group_of(bench.account, pool_id)

    def is_there() -> bool:
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        return any(each["logGroupName"] == group for each in groups)

    job = bench.job(pool="Aliases")
    job.run([user("last-line")])
    job.log(1)
    if not is_there() or not is_allowed(logs.delete_log_group, logGroupName=group):
        raise NotObservedError("the log group does not exist, or may not be deleted")
    end = time.monotonic() + _LOOKED
    while time.monotonic() < end and not is_there():
        time.sleep(2)
    is_back = is_there()
    bench.findings.fact("log_group_made_again", is_back)
    bench.findings.answer(
        "COG-10",
        f"it {'came back' if is_back else 'stayed away'} for {_LOOKED:.0f} s",
        as_assumed=not is_back,
    )
