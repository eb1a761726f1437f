"""What a probe works with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .import_job import ImportJob, code_of, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .account import Account
    from .answers import Findings
    from .limits import Limits
    from .names import Names

_RIGHTS_WITHIN = 150.0
_EVERY = 1.0


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

    def text(self, name: str, text: str, job: ImportJob | None = None) -> None:
        """Add a text of AWS to the findings, without what belongs to this account."""
        known = [
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

    def refusal(
        self, name: str, call: Callable[[], Any], job: ImportJob | None = None
    ) -> str | None:
        """Return the code with which AWS refuses a call; None where it accepts it.

        Args:
            name: What its text is about.
            call: The call.
            job: The job that the text may name.
        """
        try:
            call()
        except ClientError as error:
            self.text(name, message_of(error), job)
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
        if "AccessDenied" in code_of(error) or code_of(error) in ("403", "NotAuthorizedException"):
            return False
        raise
    return True
