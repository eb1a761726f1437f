"""The command `cognito-import-local`: an AWS on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .client.environment import environment_of
from .control_paths import SETTINGS_VARIABLE
from .extra import missing_extra
from .observed import FACTS_VARIABLE, FactsFileError, observed, paths_of_environment
from .service.time_scale import SCALE_VARIABLE, TimeScale
from .settings import (
    OBSERVED,
    PROFILE_NAMES,
    PROFILE_VARIABLE,
    ImportSettings,
    InvalidSettingError,
    settings_of_variable,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_HIGHEST_PORT = 65_535
_ABOUT = """\
A local AWS at {endpoint}  (loopback only; Ctrl-C stops it and forgets everything)

  emulated by MiniStack    CloudFormation, Lambda, Step Functions, S3, KMS, IAM, STS, SSM,
                           Cognito user pools, CloudWatch Logs, EventBridge and others
  ours, in front of it     Cognito user import jobs: GetCSVHeader, Create-, Describe-, List-,
                           Start- and StopUserImportJob, the upload URL, the import log
  settings                 GET, PATCH or DELETE {endpoint}/_local/import-settings

Copy this into the shell that is to use it:

"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command.

    Raises:
        SystemExit: With 2 where an argument or a variable is wrong, with 1 where a package is
            missing or the port cannot be had; the message is on standard error.
    """
    given = _parsed(arguments)
    if missing := missing_extra():
        raise SystemExit(f"cognito-import-local: {missing}")
    from .server import server  # noqa: PLC0415 - it needs the extra

    def announce(endpoint: str) -> None:
        if not given.quiet:
            sys.stdout.write(_ABOUT.format(endpoint=endpoint))
        for name, value in environment_of(endpoint, given.account, given.region).items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
        sys.stdout.flush()

    options = server.ServerOptions(
        port=given.port,
        state_dir=given.state_dir,
        account=given.account,
        region=given.region,
        log_level=given.log_level,
        profile=given.profile,
        time_scale=given.time_scale,
        exit_with_stdin=given.exit_with_stdin,
    )
    try:
        server.run(options, announce)
    except OSError as error:
        raise SystemExit(
            f"cognito-import-local: port {given.port}: {error.strerror}; give another --port, or "
            "leave it out for any free port"
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cognito-import-local",
        description="An AWS on this machine that knows Cognito's CSV user import jobs.",
    )
    parser.add_argument("--port", type=_port, default=0, help="default: any free port")
    parser.add_argument(
        "--state-dir",
        type=_folder,
        metavar="DIR",
        help="where files are kept, and left behind; default: a temporary folder",
    )
    parser.add_argument(
        "--account", type=_account, default="000000000000", help="default: 000000000000"
    )
    parser.add_argument("--region", type=_region, default="us-east-1", help="default: us-east-1")
    parser.add_argument(
        "--profile",
        type=_profile,
        metavar="{" + ",".join(PROFILE_NAMES) + "}",
        default=os.environ.get(PROFILE_VARIABLE) or "documented",
        help="how AWS behaves where it may hurt; default: documented",
    )
    parser.add_argument(
        "--facts",
        action="append",
        metavar="FILE",
        help="a facts file of `make verify-aws`, for the profile observed; may be repeated",
    )
    parser.add_argument(
        "--time-scale",
        type=_scale,
        default=os.environ.get(SCALE_VARIABLE) or "1",
        metavar="SECONDS",
        help="how many seconds an AWS second takes, such as 0.2; default: 1",
    )
    parser.add_argument("--quiet", action="store_true", help="print the export lines only")
    parser.add_argument(
        "--log-level",
        default="ERROR",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        help="of the log on standard error; default: ERROR",
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help=argparse.SUPPRESS)
    return parser


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments, checked together with the settings variable."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.facts:
        os.environ[FACTS_VARIABLE] = os.pathsep.join(given.facts)
    try:
        if given.profile == OBSERVED:
            for notice in observed(paths_of_environment()).notices:
                sys.stderr.write(f"cognito-import-local: {notice}\n")
        changes = settings_of_variable(os.environ.get(SETTINGS_VARIABLE, ""))
        ImportSettings.profile(given.profile).changed(changes)
    except FactsFileError as error:
        parser.error(str(error))
    except InvalidSettingError as error:
        text = str(error)
        parser.error(text if SETTINGS_VARIABLE in text else f"{SETTINGS_VARIABLE}: {text}")
    return given


# argparse applies these to the defaults that come from variables too.


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(
            f"{text} is not a port; give a number up to {_HIGHEST_PORT}, or 0 for any free port"
        )
    return int(text)


def _account(text: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", text):
        raise argparse.ArgumentTypeError(f"{text} is not an account id; give twelve digits")
    return text


def _region(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-[0-9]+", text):
        raise argparse.ArgumentTypeError(f"{text} is not a Region; give one such as eu-west-1")
    return text


def _profile(text: str) -> str:
    if text not in PROFILE_NAMES:
        known = " or ".join((", ".join(PROFILE_NAMES[:-1]), PROFILE_NAMES[-1]))
        raise argparse.ArgumentTypeError(
            f"{text} is not a profile; give {known}, here or in {PROFILE_VARIABLE}"
        )
    return text


def _folder(text: str) -> Path:
    path = Path(text)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text} cannot be a folder: {error.strerror}") from error
    return path


def _scale(text: str) -> float:
    try:
        return TimeScale(float(text)).scale
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a time scale; give a number above 0, here or in {SCALE_VARIABLE}"
        ) from None
