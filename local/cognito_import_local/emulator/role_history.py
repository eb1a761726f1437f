"""The policies of roles over time: a change of IAM is effective after a while (facts §3.4).

MiniStack's evaluator sees every change at once. Here each change of a role is noted with its
time, and the evaluator is given what was there some seconds ago. A role that is made anew under
the same name is another role; one that was deleted keeps its rights for that long. Permissions
boundaries, users and groups are not delayed.

Used: `iam._roles`, `iam._IAM_HANDLERS`, `iam_evaluator._gather_role_policies`,
`iam_evaluator.evaluate_trust_policy`, which has the role's ARN as its context's resource, and
`iam_evaluator._resolve_managed_policy_document`.

Setting: `iam_propagation_seconds`; 0 turns it off.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.services import iam

if TYPE_CHECKING:
    from collections.abc import Callable

_READS = ("Get", "List", "Simulate", "Generate")
_MOST = 100

_gather = iam_evaluator._gather_role_policies
_trusts = iam_evaluator.evaluate_trust_policy


@dataclass(frozen=True, slots=True)
class _Version:
    """A role from one change to the next.

    Attributes:
        since: When the change was made, on the monotonic clock.
        role_id: Id of the role; empty from its deletion on.
        policies: The documents of its identity policies.
        trust: The document of its trust policy.
    """

    since: float
    role_id: str
    policies: tuple[Any, ...] = ()
    trust: Any = None

    def same_as(self, other: _Version) -> bool:
        return (self.role_id, self.policies, self.trust) == (
            other.role_id,
            other.policies,
            other.trust,
        )


class RoleHistory:
    """The latest versions of all roles. Safe to use from several threads.

    Args:
        elapsed: The monotonic time in AWS seconds.
        delay: After how many AWS seconds a change is effective.
    """

    def __init__(self, elapsed: Callable[[], float], delay: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._delay = delay
        self._lock = threading.Lock()
        self._versions: defaultdict[tuple[str, str], list[_Version]] = defaultdict(list)

    @property
    def delays(self) -> bool:
        """Return whether changes are effective late."""
        return self._delay() > 0

    def note(self) -> None:
        """Note which roles have changed."""
        with self._lock:
            found = {key: self._version(key[0], role) for key, role in _all_roles()}
            gone = _Version(self._elapsed(), "")
            for key in self._versions.keys() | found.keys():
                versions, version = self._versions[key], found.get(key, gone)
                if not versions or not version.same_as(versions[-1]):
                    versions.append(version)
                    del versions[:-_MOST]

    def age(self, account: str, name: str) -> float:
        """Return how many seconds ago a role was made that exists."""
        self.note()
        with self._lock:
            now = self._elapsed()
            return now - min((each.since for each in self._of_latest(account, name)), default=now)

    def policies(self, name: str, account: str) -> list[Any]:
        """Return the parsed identity policies of a role that are effective."""
        self.note()
        if not self.delays:
            return list(_gather(name, account))
        version = self._effective(account, name)
        documents = () if version is None else version.policies
        return [
            parsed for each in documents if (parsed := iam_evaluator.parse_policy_document(each))
        ]

    def trust(self, account: str, name: str) -> Any:
        """Return the trust policy of a role that is effective, None where there is none."""
        self.note()
        version = self._effective(account, name)
        return None if version is None else version.trust

    def _effective(self, account: str, name: str) -> _Version | None:
        with self._lock:
            moment = self._elapsed() - self._delay()
            known = [each for each in self._of_latest(account, name) if each.since <= moment]
            return known[-1] if known and known[-1].role_id else None

    def _of_latest(self, account: str, name: str) -> list[_Version]:
        """Return the versions of the latest role of this name, its deletion included."""
        versions = self._versions.get((account, name), [])
        ids = [each.role_id for each in versions if each.role_id]
        if not ids:
            return []
        first = next(place for place, each in enumerate(versions) if each.role_id == ids[-1])
        return versions[first:]

    def _version(self, account: str, role: dict[str, Any]) -> _Version:
        managed = (
            iam_evaluator._resolve_managed_policy_document(arn, account)
            for arn in role.get("AttachedPolicies") or ()
        )
        inline = (role.get("InlinePolicies") or {}).values()
        documents = tuple(each for each in (*inline, *managed) if each)
        return _Version(
            self._elapsed(), role["RoleId"], documents, role.get("AssumeRolePolicyDocument")
        )


def _all_roles() -> list[tuple[tuple[str, str], dict[str, Any]]]:
    return list(iam._roles._data.items())


_history = RoleHistory(lambda: 0.0, lambda: 0.0)


def history() -> RoleHistory:
    """Return the history of this process's roles."""
    return _history


def patch(elapsed: Callable[[], float], delay: Callable[[], float]) -> None:
    """Note changes and delay them from now on."""
    global _history  # noqa: PLW0603 - one history a process, as there is one IAM
    _history = RoleHistory(elapsed, delay)
    for name, handler in iam._IAM_HANDLERS.items():
        if not name.startswith(_READS):
            iam._IAM_HANDLERS[name] = noting(handler)
    iam_evaluator._gather_role_policies = _history.policies
    iam_evaluator.evaluate_trust_policy = _evaluate_trust_policy


def patch_cloudformation(provisioners: Any) -> None:
    """Note the changes that CloudFormation makes to roles and policies."""
    for kind, operations in provisioners._RESOURCE_HANDLERS.items():
        if kind.startswith("AWS::IAM::"):
            for name in ("create", "update", "delete"):
                if name in operations:
                    operations[name] = noting(operations[name])


def noting(change: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that changes IAM and notes what has changed."""

    def change_and_note(*arguments: Any, **options: Any) -> Any:
        try:
            return change(*arguments, **options)
        finally:
            _history.note()

    return change_and_note


def _evaluate_trust_policy(document: Any, caller: str, context: Any = None) -> bool:
    """Evaluate the trust policy that is effective, for every principal but an account's root."""
    if context is not None and context.principal_type != "Root" and _history.delays:
        account, name = context.resource_arn.split(":")[4], context.resource_arn.rsplit("/", 1)[-1]
        document = _history.trust(account, name)
        if document is None:
            return False
    return bool(_trusts(document, caller, context))
