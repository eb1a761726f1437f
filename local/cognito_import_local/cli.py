"""The command `cognito-import-local`: an AWS on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .client.environment import environment_of
from .server import server
from .service.time_scale import SCALE_VARIABLE, TimeScale
from .settings import PROFILE_VARIABLE, PROFILES

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """Run the command."""
    given = _parser().parse_args(arguments)

    def announce(endpoint: str) -> None:
        if not given.quiet:
            sys.stdout.write(_ABOUT.format(endpoint=endpoint))
        for name, value in environment_of(endpoint, given.account, given.region).items():
            sys.stdout.write(f"export {name}={value}\n")
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
        raise SystemExit(f"cognito-import-local: port {given.port}: {error.strerror}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cognito-import-local",
        description="An AWS on this machine that knows Cognito's CSV user import jobs.",
    )
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument(
        "--state-dir",
        type=Path,
        metavar="DIR",
        help="where files are kept, and left behind; default: a temporary folder",
    )
    parser.add_argument("--account", default="000000000000", help="default: 000000000000")
    parser.add_argument("--region", default="us-east-1", help="default: us-east-1")
    parser.add_argument(
        "--profile",
        choices=tuple(PROFILES),
        default=os.environ.get(PROFILE_VARIABLE) or "documented",
        help="how AWS behaves where it may hurt; default: documented",
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


def _scale(text: str) -> float:
    return TimeScale(float(text)).scale
