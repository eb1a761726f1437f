"""The client of the control API of a running server."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from ..control_paths import PREFIX
from ..faults import CallFault, Fault, InvalidFaultError, JobFault, SlotFault, UploadFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ControlClient:
    """Talks to the control API of the server at an endpoint, which is known when it runs."""

    def __init__(self, endpoint: Callable[[], str]) -> None:
        self._endpoint = endpoint
        # No proxy of the environment may come between this process and the loopback.
        self._opener = build_opener(ProxyHandler({}))

    def call(self, method: str, part: str, given: Mapping[str, Any] | None = None) -> Any:
        """Return the parsed answer of one part of the API.

        Raises:
            ValueError: When the server refuses the call; the message is the server's.
            OSError: When the server does not answer.
        """
        body = None if given is None else json.dumps(given).encode()
        url = self._endpoint() + PREFIX + part
        request = Request(url, data=body, method=method)  # noqa: S310 - always http
        try:
            with self._opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise ValueError(json.load(error)["message"]) from error


class LocalClock:
    """The clock of the import service: job expiry, upload URLs, waits, log lines.

    What is advanced is so for the import service and for IAM's propagation alone; the rest of the
    local AWS keeps AWS time.
    """

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def advance(self, **duration: float) -> None:
        """Let time pass: `advance(hours=24)`, with the keywords of `datetime.timedelta`."""
        seconds = dt.timedelta(**duration).total_seconds()
        self._control.call("POST", "import-clock", {"advance": seconds})

    def now(self) -> dt.datetime:
        """Return the time as the import service sees it."""
        answer = self._control.call("GET", "import-clock")
        return dt.datetime.fromtimestamp(answer["now"], dt.UTC)

    @property
    def scale(self) -> float:
        """Return how many of the machine's seconds an AWS second takes."""
        scale: float = self._control.call("GET", "import-clock")["scale"]
        return scale

    def reset(self) -> None:
        """Show AWS time again."""
        self._control.call("DELETE", "import-clock")


class LocalFaults:
    """Faults on request; each strikes as often as `times` says and is gone then."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def throttle(self, operation: str, *, times: int = 1, after_calls: int = 0) -> None:
        """Answer calls of an operation of Cognito with TooManyRequestsException.

        Args:
            operation: Such as `StartUserImportJob` or `AdminSetUserPassword`.
            times: How often.
            after_calls: How many calls of it are answered first.
        """
        self.fail(
            operation,
            times=times,
            code="TooManyRequestsException",
            status=400,
            after_calls=after_calls,
        )

    def fail(
        self,
        operation: str,
        *,
        times: int = 1,
        code: str = "InternalErrorException",
        status: int = 500,
        carried_out: bool = False,
        after_calls: int = 0,
    ) -> None:
        """Answer calls of an operation of any service with an error.

        Args:
            operation: Such as `DescribeUserImportJob`, `DescribeStacks` or `FilterLogEvents`;
                for S3 and Lambda a method and the beginning of a path, `PUT /bucket/`.
            times: How often.
            code: The error's code.
            status: The HTTP status.
            carried_out: Whether only the answer is lost.
            after_calls: How many calls of it are answered first.
        """
        self._add(
            CallFault(
                operation=operation,
                times=times,
                code=code,
                status=status,
                carried_out=carried_out,
                after_calls=after_calls,
            )
        )

    def kill_function(
        self,
        operation: str,
        *,
        times: int = 1,
        carried_out: bool = False,
        after_calls: int = 0,
    ) -> None:
        """Kill the function that makes a call; it gets no answer, and Lambda a dead process.

        Args:
            operation: The call during which it dies, as in `fail`.
            times: How often.
            carried_out: Whether the operation is carried out all the same.
            after_calls: How many calls of it are answered first.
        """
        self._add(
            CallFault(
                operation=operation,
                times=times,
                carried_out=carried_out,
                after_calls=after_calls,
                kills=True,
            )
        )

    def hang(self, operation: str, *, times: int = 1) -> None:
        """Never answer calls of an operation, as where a network has no way to the service.

        Args:
            operation: As in `fail`.
            times: How often.
        """
        self._add(CallFault(operation=operation, times=times, hangs=True))

    def refuse_events(self, *, times: int = 1, code: str = "InternalFailure") -> None:
        """Answer calls of PutEvents with success, and every event in them with an error.

        Args:
            times: How often.
            code: The ErrorCode of every entry.
        """
        self._add(CallFault(operation="PutEvents", times=times, code=code, in_entries=True))

    def spoil_upload(
        self,
        how: Literal["refused", "slow", "cut", "unanswered"],
        *,
        times: int = 1,
        seconds: float = 1.0,
    ) -> None:
        """Let uploads go wrong, see `UploadFault`."""
        self._add(UploadFault(how=how, times=times, seconds=seconds))

    def take_slot(self, *, times: int = 1) -> None:
        """Let Start find the account's only slot taken by another job."""
        self._add(SlotFault(times=times))

    def strike_job(
        self,
        what: Literal["stopped", "role_lost", "log_lost", "broken"],
        *,
        after_rows: int = 0,
        times: int = 1,
    ) -> None:
        """Let the next jobs that are started meet their fate, see `JobFault`."""
        self._add(JobFault(what=what, after_rows=after_rows, times=times))

    def pending(self) -> list[dict[str, Any]]:
        """Return the faults that are still to strike, with the times that are left."""
        found: list[dict[str, Any]] = self._control.call("GET", "import-faults")["faults"]
        return found

    def clear(self) -> None:
        """Forget all faults."""
        self._control.call("DELETE", "import-faults")

    def _add(self, fault: Fault) -> None:
        try:
            self._control.call("POST", "import-faults", fault.as_json())
        except ValueError as error:
            raise InvalidFaultError(str(error)) from error
