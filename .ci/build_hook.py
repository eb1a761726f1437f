"""Refuse to build the package from a checkout without symbolic links.

Hatchling runs this before it builds a wheel, an sdist or an editable install.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LINK = "constructs/cdk_cognito_user_import/_lambda"


class FunctionsAreThere(BuildHookInterface[BuilderConfig]):
    """Checks that the package contains the code of the Lambda functions."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Check the link to the functions' code; in an sdist it is a folder.

        Raises:
            FileNotFoundError: The link is a text file; Git writes one if symbolic links are off.
        """
        if not (Path(self.root) / LINK / "user_import" / "__init__.py").is_file():
            raise FileNotFoundError(
                f"{LINK} must be a symbolic link to the folder lambda, and is not: the package "
                "would have no Lambda functions. Git writes a text file where symbolic links are "
                "not enabled. On Windows, enable Developer Mode; then run `git config "
                f"core.symlinks true` and `git checkout -- {LINK}`, and build again."
            )
