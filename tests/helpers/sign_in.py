"""Sign in as a user of a deployed pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .deployment import Cloud


def signs_in(cloud: Cloud, outputs: dict[str, str], name: str, password: str) -> bool:
    """Return whether a user gets tokens for a password from the client of a stack's outputs."""
    try:
        answer = cloud.cognito_idp.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=outputs["ClientId"],
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )
    except cloud.cognito_idp.exceptions.NotAuthorizedException:
        return False
    return "IdToken" in answer["AuthenticationResult"]
