"""The packages of the extra `local`: what to install where they are missing."""

from __future__ import annotations

from importlib.util import find_spec

_PACKAGES = {
    "argon2": "argon2-cffi",
    "bcrypt": "bcrypt",
    "boto3": "boto3",
    "hypercorn": "hypercorn",
    "ministack": "ministack",
}
"""The packages by the module that is imported; pyproject.toml has their versions."""


def missing_extra() -> str:
    """Return which packages are missing and how to install them; empty where none is."""
    missing = [package for module, package in _PACKAGES.items() if find_spec(module) is None]
    if not missing:
        return ""
    return (
        f"The local AWS needs packages that are not installed: {', '.join(missing)}. Install the "
        'extra: pip install "cdk-cognito-user-import[local]" (in a checkout: make install).'
    )
