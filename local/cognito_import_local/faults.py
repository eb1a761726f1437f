"""Faults on request: what goes wrong, how often, and what is still to come.

    Fault
    ├── CallFault      an operation of any service is answered with an error, or kills its caller
    ├── UploadFault    an upload is slow, refused, cut off, or taken and not answered
    ├── SlotFault      Start finds the account's only slot taken by another job
    └── JobFault       a running job is stopped, loses its role or its log, or breaks

A fault strikes `times` times and is gone then.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, get_type_hints

from .json_fields import expected, fits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class InvalidFaultError(ValueError):
    """The fault is unknown; the message lists the known ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What all faults have."""

    kind: ClassVar[str]

    times: int = 1
    """How often it strikes."""

    def as_json(self) -> dict[str, Any]:
        """Return the fault as a JSON object."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFault(Fault):
    """An operation is answered with an error, before or after it was carried out."""

    kind: ClassVar[str] = "call"

    operation: str
    """An operation such as `StartUserImportJob`, `DescribeStacks` or `FilterLogEvents`; for
    services that have no names on the wire a method and the beginning of a path, such as
    `PUT /bucket/`."""

    code: str = "InternalErrorException"
    """The error's code."""

    status: int = 500
    """The HTTP status."""

    carried_out: bool = False
    """Whether the operation is carried out all the same, and only its answer is lost."""

    kills: bool = False
    """Whether the function that calls is killed instead of being answered."""

    hangs: bool = False
    """Whether the call is never answered, as where a network has no way to a service."""

    after_calls: int = 0
    """How many calls of the operation are answered before the first one that it strikes."""

    in_entries: bool = False
    """Whether the call succeeds and each of its `Entries` has the error, as with PutEvents."""

    def strikes(self, name: str) -> bool:
        """Return whether a call is meant: its operation, or its method and path."""
        return name == self.operation or ("/" in self.operation and name.startswith(self.operation))


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFault(Fault):
    """An upload goes wrong."""

    kind: ClassVar[str] = "upload"

    how: Literal["refused", "slow", "cut", "unanswered"]
    """`refused`: 503 SlowDown. `slow`: taken after a while. `cut`: the connection is closed
    before the body was read. `unanswered`: taken, and the connection closed."""

    seconds: float = 1.0
    """How long a slow upload takes, by the machine's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFault(Fault):
    """Start finds the account's only slot taken by another job."""

    kind: ClassVar[str] = "slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFault(Fault):
    """The next started job fails after some rows."""

    kind: ClassVar[str] = "job"

    what: Literal["stopped", "role_lost", "log_lost", "broken"]
    """`stopped`: it is stopped from outside. `role_lost`: its logs role can no longer be used.
    `log_lost`: no line about a later row is ever written. `broken`: it ends Failed."""

    after_rows: int = 0
    """After how many rows."""


KINDS: Mapping[str, type[Fault]] = {
    each.kind: each for each in (CallFault, UploadFault, SlotFault, JobFault)
}
_Any = TypeVar("_Any", bound=Fault)


class Faults:
    """The faults that are still to come. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []

    def add(self, given: Mapping[str, Any]) -> None:
        """Add a fault that is described as in `Fault.as_json`.

        Raises:
            InvalidFaultError: The fault is unknown.
        """
        fault = _parsed(given)
        with self._lock:
            self._pending.append(fault)

    def pending(self) -> list[dict[str, Any]]:
        """Return the faults that have not struck as often as they shall."""
        with self._lock:
            return [fault.as_json() for fault in self._pending]

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._pending.clear()

    @property
    def in_calls(self) -> bool:
        """Return whether any call is to fail."""
        return any(isinstance(fault, CallFault) for fault in self._pending)

    def call(self, names: set[str]) -> CallFault | None:
        """Take the fault of a call that goes by these names, if there is one."""
        return self._take(CallFault, lambda fault: any(map(fault.strikes, names)))

    def upload(self) -> UploadFault | None:
        """Take the fault of an upload, if there is one."""
        return self._take(UploadFault)

    def slot_is_taken(self) -> bool:
        """Take the fault of a Start, and return whether there was one."""
        return self._take(SlotFault) is not None

    def job(self) -> JobFault | None:
        """Take the fault of a job that starts, if there is one."""
        return self._take(JobFault)

    def _take(
        self, kind: type[_Any], matches: Callable[[_Any], bool] = lambda _: True
    ) -> _Any | None:
        with self._lock:
            for place, fault in enumerate(self._pending):
                if isinstance(fault, kind) and matches(fault):
                    if isinstance(fault, CallFault) and fault.after_calls:
                        after = fault.after_calls - 1
                        self._pending[place] = replace(fault, after_calls=after)
                        continue
                    left = fault.times - 1
                    self._pending[place : place + 1] = [replace(fault, times=left)] if left else []
                    return fault
        return None


def _parsed(given: Mapping[str, Any]) -> Fault:
    rest = dict(given)
    kind = KINDS.get(rest.pop("kind", ""))
    if kind is None:
        raise InvalidFaultError(f"the kind of a fault is one of {', '.join(KINDS)}")
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)]
    for name, value in rest.items():
        if name not in names:
            raise InvalidFaultError(f"a {kind.kind} fault has no {name}; it has {names}")
        if not fits(value, hints[name]):
            raise InvalidFaultError(f"{name} cannot be {value!r}; give {expected(hints[name])}")
    if not rest.get("times", 1):
        raise InvalidFaultError("a fault strikes at least once")
    try:
        return kind(**rest)
    except TypeError as error:
        raise InvalidFaultError(f"a {kind.kind} fault needs more: {error}") from error
