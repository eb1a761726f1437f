"""A local AWS as a context manager, for tests and scripts."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from ..control_paths import SETTINGS_VARIABLE
from ..extra import missing_extra
from ..settings import InvalidSettingError
from .control_client import ControlClient, LocalClock, LocalFaults
from .environment import environment_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

_READY_WITHIN = 60.0
_STOPPED_WITHIN = 10.0
_TAIL = 30
_DATES = frozenset({"CreationDate", "StartDate", "CompletionDate"})


class LocalAwsError(RuntimeError):
    """The server did not start, or does not answer; the message has the end of its log."""


class LocalAws:
    """A local AWS in a process of its own, from `with` to the end of the block.

    Args:
        account: The account id. Default: 000000000000.
        region: The Region that is set in `environment`. Default: us-east-1.
        log_path: Where the server's log goes. Default: a temporary file, removed at the end.
        profile: The set of settings to begin with: `documented`, `hostile` or `observed`, see
            `PROFILES`. Default: COGNITO_IMPORT_LOCAL_PROFILE, or `documented`.
        facts: The facts files of the profile `observed`. Default: those that
            COGNITO_IMPORT_LOCAL_FACTS names.
        settings: Changes to the profile; the import service begins with them, and `reset` restores
            them, see `ImportSettings`. Default: none.
        time_scale: How many seconds an AWS second takes; 0.2 makes all waits five times as short.
            Default: COGNITO_IMPORT_LOCAL_TIME_SCALE, or 1.

    Attributes:
        clock: Advances the time of the import service.
        faults: Adds faults.
    """

    def __init__(
        self,
        *,
        account: str = "000000000000",
        region: str = "us-east-1",
        log_path: Path | None = None,
        profile: str | None = None,
        facts: Sequence[Path] = (),
        settings: Mapping[str, Any] | None = None,
        time_scale: float | None = None,
    ) -> None:
        self.account = account
        self.region = region
        self.endpoint_url = ""
        self._own_folder = log_path is None
        self.log_path = log_path or Path(tempfile.mkdtemp(prefix="local-aws-")) / "server.log"
        self._profile = profile
        self._facts = tuple(facts)
        self._settings = dict(settings or {})
        self._time_scale = time_scale
        self._process: subprocess.Popen[str] | None = None
        # One for all clients: it reads the service models once.
        self._session: Any = None
        self._control = ControlClient(lambda: self.endpoint_url)
        self.clock = LocalClock(self._control)
        self.faults = LocalFaults(self._control)

    def __enter__(self) -> Self:
        """Start the server and wait until it answers.

        Raises:
            LocalAwsError: A package of the extra is missing, or the server did not start.
        """
        if missing := missing_extra():
            raise LocalAwsError(missing)
        command = [sys.executable, "-m", "cognito_import_local", "--quiet", "--log-level", "INFO"]
        command += ["--account", self.account, "--region", self.region, "--exit-with-stdin"]
        if self._profile is not None:
            command += ["--profile", self._profile]
        for path in self._facts:
            command += ["--facts", str(path)]
        if self._time_scale is not None:
            command += ["--time-scale", repr(self._time_scale)]
        with self.log_path.open("w") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=_environment_with_this_package() | self._first_settings(),
                # Ctrl-C in a terminal is for the tests; they then stop the server.
                start_new_session=True,
            )
        try:
            self.endpoint_url = self._announced(self._process)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and remove what it left."""
        self._stop()
        if self._own_folder:
            shutil.rmtree(self.log_path.parent, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a subprocess use this AWS, to be added to its others."""
        return environment_of(self.endpoint_url, self.account, self.region)

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client of this AWS, as its account's root unless options say else."""
        defaults = {
            "endpoint_url": self.endpoint_url,
            "region_name": self.region,
            "aws_access_key_id": self.account,
            "aws_secret_access_key": "test",
        }
        # Here and not above: the server imports this module too, and has no time for it.
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        if self._session is None:
            self._session = boto3.session.Session()
        # No proxy of the environment may come between this process and the loopback.
        config = Config(proxies={})
        if (own := options.pop("config", None)) is not None:
            config = config.merge(own)
        return self._session.client(service, config=config, **{**defaults, **options})

    def configure(self, *, profile: str | None = None, **settings: Any) -> None:
        """Change settings of the import service, see `ImportSettings`.

        Args:
            profile: A profile whose settings are set first. Default: those in force stay.
            settings: Single settings.

        Raises:
            InvalidSettingError: When a name or a value does not exist.
        """
        try:
            first = {} if profile is None else {"profile": profile}
            self._call("PATCH", "import-settings", {**first, **settings})
        except ValueError as error:
            raise InvalidSettingError(str(error)) from error

    def reset_settings(self) -> None:
        """Set the import service back to what it began with."""
        self._call("DELETE", "import-settings")

    def settings(self) -> dict[str, Any]:
        """Return the settings in force."""
        found: dict[str, Any] = self._call("GET", "import-settings")
        return found

    def reset(self) -> None:
        """Set everything back that this object can set: settings, faults, clock, stacks."""
        for part in ("import-settings", "import-faults", "import-clock", "stack-status"):
            self._call("DELETE", part)

    def set_stack_status(self, stack_id: str, status: str | None) -> None:
        """Let DescribeStacks give a status for a stack, or with None its own again."""
        self._call("POST", "stack-status", {"stack": stack_id, "status": status})

    def custom_resource_requests(self) -> list[dict[str, Any]]:
        """Return the latest requests of CloudFormation to custom resources, the oldest first."""
        found: list[dict[str, Any]] = self._call("GET", "custom-resources")["requests"]
        return found

    def import_jobs(self, pool_id: str) -> list[dict[str, Any]]:
        """Return a pool's import jobs as they are, the newest first.

        They have the members of ListUserImportJobs. No setting hides, delays or changes them, nor
        does looking at them change what the next caller of the API sees.
        """
        given = {"account": self.account, "pool": pool_id}
        jobs: list[dict[str, Any]] = self._call("POST", "import-jobs", given)["jobs"]
        for job in jobs:
            for name in _DATES & job.keys():
                job[name] = dt.datetime.fromtimestamp(job[name], dt.UTC)
        return jobs

    def _call(self, method: str, part: str, given: dict[str, Any] | None = None) -> Any:
        try:
            return self._control.call(method, part, given)
        except OSError as error:
            raise LocalAwsError(f"the local AWS does not answer\n{self._tail()}") from error

    def _first_settings(self) -> dict[str, str]:
        return {SETTINGS_VARIABLE: json.dumps(self._settings)} if self._settings else {}

    def _announced(self, process: subprocess.Popen[str]) -> str:
        """Return the endpoint from the export lines that the server prints when ready."""
        assert process.stdout is not None
        watchdog = threading.Timer(_READY_WITHIN, process.kill)
        watchdog.start()
        try:
            for line in process.stdout:
                if line.startswith("export AWS_ENDPOINT_URL="):
                    threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
                    return line.strip().partition("=")[2]
        finally:
            watchdog.cancel()
        code = process.wait()
        raise LocalAwsError(f"the local AWS did not start (exit code {code})\n{self._tail()}")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def _tail(self) -> str:
        with self.log_path.open(errors="replace") as log:
            return "".join(deque(log, maxlen=_TAIL))


def _drain(stream: IO[str]) -> None:
    try:
        for _ in stream:
            pass
    except ValueError:
        return  # closed while waiting: the server is being stopped


def _environment_with_this_package() -> dict[str, str]:
    """Return os.environ with a PYTHONPATH on which this package is found, installed or not."""
    here = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, known)))}
