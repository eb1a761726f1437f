"""The contract between the construct and its handler.

Standard library only: a machine that synthesises has no boto3.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
"""The version of the custom resource's properties. Raise it when a handler of the version before
would do something else with them than the construct asks for."""

ROLE_PATH: Final = "/cdk-cognito-user-import/"
"""The path of every import's role. The worker may assume roles of this path only, and of those only
the ones whose trust policy names it."""
