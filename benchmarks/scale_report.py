"""The tables of docs/scale.md, and the list of what they assume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.scale_costs import CALL_BYTES, EVENT_BYTES, PRICES, ROW_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from benchmarks.scale_scenarios import Outcome
    from benchmarks.virtual_counts import Assumptions

    Rows = Mapping[str, Callable[[Outcome], str]]

_HOUR = 3600


def report(outcomes: Sequence[Outcome]) -> str:
    """Return the tables and the assumptions in Markdown."""
    return "\n".join(
        [
            "the handler's code and the state machine's definition, in virtual time.",
            *("", "### What runs", "", *_table(outcomes, _WORK)),
            *("", "### What it costs", "", *_table(outcomes, _COSTS)),
            *("", "### Assumptions", "", *_assumptions(outcomes[0].assumed)),
        ]
    )


_COGNITO = (
    "CreateUserImportJob",
    "DescribeUserImportJob",
    "DescribeUserPool",
    "GetCSVHeader",
    "ListUserImportJobs",
    "StartUserImportJob",
    "StopUserImportJob",
)
_WORK: Rows = {
    "users": lambda each: f"{each.users:,}",
    "hours until the last job has ended": lambda each: f"{each.hours:.1f}",
    "until CloudFormation has its last answer": lambda each: _duration(each.answered),
    "import jobs": lambda each: f"{each.jobs:,}",
    "longest wait of a stack for its next job, hours": lambda each: f"{each.queued:.2f}",
    "executions": lambda each: f"{len(each.tally.events):,}",
    "calls of the worker": lambda each: f"{sum(each.tally.worker.values()):,}",
    "calls of the worker an hour": lambda each: (
        f"{sum(each.tally.worker.values()) / each.hours:.0f}"
    ),
    "seconds of the worker": lambda each: f"{each.tally.worker_seconds:,.0f}",
    "state transitions": lambda each: f"{each.tally.transitions:,}",
    "events of all executions": lambda each: f"{sum(each.tally.events.values()):,}",
    "events of the longest (25,000 allowed)": lambda each: f"{max(each.tally.events.values()):,}",
    "calls of Cognito": lambda each: f"{_calls(each, _COGNITO):,}",
    "of StartUserImportJob": lambda each: f"{_calls(each, ['StartUserImportJob']):,}",
    "largest state, bytes (32,768 aimed at)": lambda each: f"{each.tally.state_bytes:,}",
    "largest answer, bytes (4,096 allowed)": lambda each: f"{each.tally.answer_bytes:,}",
}
_COSTS: Rows = {
    "Step Functions": lambda each: _dollars(each.cost.step_functions),
    "Lambda": lambda each: _dollars(each.cost.functions),
    "S3": lambda each: _dollars(each.cost.storage),
    "logs of functions and executions": lambda each: _dollars(each.cost.logs),
    "all of that": lambda each: _dollars(each.cost.own),
    "for a million users": lambda each: f"**{_dollars(each.cost.own / each.users * 1e6)}**",
    "Cognito's own log of the import, for a million users": lambda each: _dollars(
        each.cost.import_log / each.users * 1e6
    ),
}


def _table(outcomes: Sequence[Outcome], rows: Rows) -> Iterator[str]:
    yield f"| | {' | '.join(each.scenario.title for each in outcomes)} |"
    yield f"|---|{'--:|' * len(outcomes)}"
    for name, value in rows.items():
        yield f"| {name} | {' | '.join(value(each) for each in outcomes)} |"


def _calls(outcome: Outcome, names: Iterable[str]) -> int:
    return sum(outcome.tally.calls[name] for name in names)


def _dollars(amount: float) -> str:
    return f"{amount:.3f} $"


def _duration(seconds: float) -> str:
    return f"{seconds / _HOUR:.1f} h" if seconds >= _HOUR else f"{seconds:.0f} s"


def _assumptions(assumed: Assumptions) -> Iterator[str]:
    """Return the list of assumptions; each item is a line, which the page's reader wraps."""
    for text in (
        (
            f"An import job creates {assumed.users_per_second:g} users a second, the quota of"
            " UserCreation. AWS publishes no rate, and whether the quota limits an import is not"
            " known. At twice the rate, an import takes about half the hours, calls and cost."
        ),
        (
            f"A user has {assumed.user_bytes} bytes in the staged CSV. The worker sends"
            f" {assumed.upload_bytes_per_second / 1e6:g} MB a second to the upload URL."
        ),
        (
            f"The check takes {assumed.stage_seconds_per_million:g} s of a processor for a million"
            " users (40 million with one alias took 149 s here). The worker has 1,024 MiB and with"
            " it 0.58 of a processor; for 40 million users 2,048 MiB and a whole one."
        ),
        (
            f"A step of the worker takes {assumed.step_seconds:g} s beside check and upload, the"
            f" function that CloudFormation calls {assumed.starter_seconds:g} s, and CloudFormation"
            f" {assumed.leg_gap_seconds:g} s between two custom resources."
        ),
        (
            f"A log has {EVENT_BYTES} bytes for an event of an execution, {CALL_BYTES:,} for a call"
            f" of the worker, and {ROW_BYTES} in Cognito's own log for a user."
        ),
        (
            "Prices of US East (N. Virginia), read on 2026-11-26 in public copies of AWS's price"
            " pages and in pages that quote them:"
        ),
    ):
        yield f"- {text}"
    for name, price in PRICES.items():
        yield f"  - {name}: {price}."
    yield (
        "- Cognito has no price for an import job, and a user who is imported from a CSV is not a"
        " monthly active user."
    )
    yield "- Not counted: KMS, X-Ray, EventBridge, metrics, data transfer, and the free tiers."
