"""Compare `cdk synth` of a checked file with a plain asset of the same file.

    python -m benchmarks.synth_time [--quick]

The first synth finds no cdk.out, the second the one of the first. The plain app has the user pool
and an asset of the file; the third app has an import too, of a file with one user, beside that
asset: what it takes longer than the plain one is not the check's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from benchmarks.csv_files import COLUMNS, QUICK_ROWS, ROWS, file_of
from benchmarks.csv_runs import FOLDER, ROOT, Row, Times, alone
from benchmarks.csv_speed import warm

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 3
_MOST = 1.3
_SYNTHS = ("first", "second")
_POOL = """
import sys
from aws_cdk import App, Stack, aws_cognito as cognito
from aws_cdk.aws_s3_assets import Asset
from cdk_cognito_user_import import UserImport, UserSource

app = App()
stack = Stack(app, "Users")
pool = cognito.UserPool(
    stack, "Pool",
    sign_in_aliases=cognito.SignInAliases(username=True, email=True),
    mfa=cognito.Mfa.OPTIONAL,
    mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
    auto_verify=cognito.AutoVerifiedAttrs(email=True, phone=True),
    standard_attributes=cognito.StandardAttributes(
        fullname=cognito.StandardAttribute(required=True, mutable=True)
    ),
    custom_attributes={
        "plan": cognito.StringAttribute(min_len=1, max_len=20),
        "points": cognito.NumberAttribute(min=1, max=9_999_999),
    },
)
"""
_IMPORT = "UserImport(stack, 'Import', user_pool=pool, source=UserSource.from_file({!r}))\n"
_ASSET = "Asset(stack, 'File', path={!r})\n"
_END = "app.synth()\n"


def measure(*, quick: bool) -> list[Row]:
    """Measure all imports, and return the lines of the table."""
    rows, rounds = (QUICK_ROWS, 1) if quick else (ROWS, ROUNDS)
    path = file_of("uniform", rows)
    small = FOLDER / "synth" / "one.csv"
    small.parent.mkdir(parents=True, exist_ok=True)
    with path.open(encoding="utf-8") as file:
        small.write_text("".join(file.readline() for _ in COLUMNS[:2]), encoding="utf-8")
    apps = {
        "plain asset": _ASSET.format(str(path)),
        "checked file": _IMPORT.format(str(path)),
        "plain asset, import of one user": _IMPORT.format(str(small)) + _ASSET.format(str(path)),
    }
    warm(path)
    times: dict[tuple[str, str], Times] = {}
    for _ in range(rounds):
        for number, (name, code) in enumerate(apps.items()):
            folder = FOLDER / "synth" / str(number)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            (folder / "app.py").write_text(_POOL + code + _END, encoding="utf-8")
            for which in _SYNTHS:
                each = times.setdefault((name, which), Times())
                _synth(folder, each)
    shutil.rmtree(FOLDER / "synth")
    lines = []
    base_name, checked, _ = apps
    for which in _SYNTHS:
        for name in apps:
            each, base = times[name, which], times[base_name, which]
            ratio, processor = each.over(base)
            most = _MOST if name == checked else None
            lines.append(
                Row(
                    f"cdk synth, {which}: {name}",
                    str(each),
                    "1" if each is base else f"{ratio:.2f}",
                    "1" if each is base else f"{processor:.2f}",
                    f"≤ {most}" if most else "",
                    met=ratio <= most if most else None,
                )
            )
    return lines


def _synth(folder: Path, times: Times) -> None:
    environment = os.environ | {
        "PATH": f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "constructs"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    command = ["cdk", "synth", "--quiet", "--app", "python app.py", "--no-notices"]
    before = os.times()
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603
    times.seconds.append(time.perf_counter() - began)
    after = os.times()
    times.processor.append(
        after.children_user + after.children_system - before.children_user - before.children_system
    )


if __name__ == "__main__":
    alone(__doc__, "50,000 rows, once", measure)
