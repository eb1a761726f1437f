"""What a probe works with."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .import_job import ImportJob, code_of, message_of, user

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .account import Account
    from .answers import Findings
    from .limits import Limits
    from .names import Names

    Known = Sequence[tuple[str, str]]

_RIGHTS_WITHIN = 150.0
_EVERY = 1.0
_TRIES = 3
_ACTION = re.compile(r"\b[a-z][a-z0-9-]{1,20}:[A-Z][A-Za-z]{3,40}\b")
_SLOT_EVERY = 20.0
_NOT_YET = frozenset(
    # The last two: credentials that are seconds old.
    {"403", "NotAuthorizedException", "UnrecognizedClientException", "InvalidClientTokenId"}
)


@dataclass
class Bench:
    """The account, the temporary resources, and what the run has found out.

    Attributes:
        account: With the rights of the run.
        names: Of the run.
        outputs: Of the stack: ids of user pools, ARNs of roles, the bucket.
        limits: Of the run.
        findings: Answers, facts and texts.
    """

    account: Account
    names: Names
    outputs: Mapping[str, str]
    limits: Limits
    findings: Findings

    def job(
        self, pool: str = "Usernames", role: str = "LogsRole", caller: Account | None = None
    ) -> ImportJob:
        """Return a job that is still to be created.

        Args:
            pool: The kind of user pool.
            role: The logs role's logical id, or an ARN.
            caller: Whose rights make the calls. Default: those of the run.
        """
        self.limits.use_import()
        return ImportJob(caller or self.account, self.outputs[pool], self.outputs.get(role, role))

    def text(self, name: str, text: str, job: ImportJob | None = None, more: Known = ()) -> None:
        """Add a text of AWS to the findings, without what belongs to this account."""
        known = [
            *more,
            ("account", self.account.id),
            ("region", self.account.region),
            ("stack", self.names.stack),
            *((self._placeholder(output), value) for output, value in self.outputs.items()),
        ]
        if job is not None:
            known += [
                ("job id", str(job.job.get("JobId", ""))),
                ("pool id", job.pool_id),
                ("role", job.role),
                ("role name", job.role.rpartition("/")[2]),
            ]
        self.findings.text(name, text, known)

    def _placeholder(self, output: str) -> str:
        if output == "StackId":
            return "stack id"
        if output == "Bucket":
            return "bucket"
        return "role" if self.outputs[output].startswith("arn:") else "pool id"

    def run_when_role_is_usable(
        self, rows: Sequence[Mapping[str, str]], role: str = "LogsRole"
    ) -> tuple[ImportJob, float]:
        """Run jobs until Cognito can use a logs role, and return the last one and the seconds.

        Cognito may refuse such a job, or let it fail without a user.
        """
        began = time.monotonic()
        while True:
            job = self.job(role=role)
            job.create_when_role_is_usable()
            job.upload(rows)
            job.start_when_role_is_usable()
            seconds = time.monotonic() - began
            is_refused = job.wait()["Status"] == "Failed" and job.counts == (0, 0, 0)
            if not is_refused or seconds > _RIGHTS_WITHIN:
                return job, seconds
            time.sleep(_EVERY)

    def refusal_of_start(self, name: str, job: ImportJob) -> str | None:
        """Return the code with which AWS refuses to start a job, unless the slot is the cause.

        The codes are the same, so a job with the right logs role has to start afterwards.

        Raises:
            NotObservedError: The slot does not become free.
        """
        for _ in range(_TRIES):
            code = self.refusal(name, job.start, job)
            if code is None:
                return None
            control = self.job()
            control.create()
            control.upload([user("control")])
            if self.refusal(f"{name}_control", control.start) is None:
                control.wait()
                return code
            time.sleep(_SLOT_EVERY)
        raise NotObservedError("the slot for import jobs is not free")

    def refusal(
        self, name: str, call: Callable[[], Any], job: ImportJob | None = None, more: Known = ()
    ) -> str | None:
        """Return the code with which AWS refuses a call; None where it accepts it.

        Args:
            name: What its text is about.
            call: The call.
            job: The job that the text may name.
            more: Placeholders, and other values that the text may have.
        """
        try:
            call()
        except ClientError as error:
            self.text(name, message_of(error), job, more)
            if action := _ACTION.search(message_of(error)):
                self.findings.add_to_fact("denied_actions", {name: action[0]})
            return code_of(error)
        return None

    def seconds_until(self, wanted: Callable[[], bool], within: float = _RIGHTS_WITHIN) -> float:
        """Wait until something holds, and return the seconds that this took.

        Raises:
            NotObservedError: It does not hold in time.
        """
        began = time.monotonic()
        while not wanted():
            self.limits.check()
            if time.monotonic() - began > within:
                raise NotObservedError(f"not within {within:g} s")
            time.sleep(_EVERY)
        return time.monotonic() - began


class NotObservedError(Exception):
    """A probe cannot answer; the message says why."""


def is_allowed(call: Callable[..., Any], **parameters: Any) -> bool:
    """Return whether a call is not denied; other refusals are raised."""
    try:
        call(**parameters)
    except ClientError as error:
        if "AccessDenied" in code_of(error) or code_of(error) in _NOT_YET:
            return False
        raise
    return True
