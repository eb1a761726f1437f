"""The app of a run: app.py's stack under a name of the run. `cdk --app` runs it."""

from __future__ import annotations

import os

from app import SeededUserPool
from aws_cdk import App

STACK_VARIABLE = "VERIFY_AWS_STACK"
USERS_VARIABLE = "VERIFY_AWS_USERS"


def main() -> None:
    """Synthesise the stack."""
    app = App()
    SeededUserPool(app, os.environ[STACK_VARIABLE], users=os.environ[USERS_VARIABLE])
    app.synth()


if __name__ == "__main__":
    main()
