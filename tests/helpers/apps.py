"""An app client of a user pool, and the ways in which its users sign in."""

from __future__ import annotations

import base64
import hmac
import http.client
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from .srp import SrpClient

if TYPE_CHECKING:
    from .import_world import World

CALLBACK = "https://example.com/"
FLOWS = ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH")


class App:
    """An app client of a pool, and its sign-in."""

    def __init__(self, world: World, **options: Any) -> None:
        self.world = world
        settings: dict[str, Any] = {
            "CallbackURLs": [CALLBACK],
            "ExplicitAuthFlows": [
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_USER_AUTH",
            ],
            **options,
        }
        client = world.cognito.create_user_pool_client(
            UserPoolId=world.pool, ClientName="app", **settings
        )["UserPoolClient"]
        self.client_id: str = client["ClientId"]
        self._secret: str | None = client.get("ClientSecret")

    @property
    def has_secret(self) -> bool:
        """Return whether the client has a secret."""
        return self._secret is not None

    def secret_hash(self, username: str) -> str:
        """Return the SECRET_HASH of a user, where the client has a secret."""
        assert self._secret is not None
        digest = hmac.digest(
            self._secret.encode(), f"{username}{self.client_id}".encode(), "sha256"
        )
        return base64.b64encode(digest).decode()

    def initiate(self, flow: str, username: str, **parameters: str) -> dict[str, Any]:
        """Call InitiateAuth, or AdminInitiateAuth for the flows of that."""
        call, more = self.world.cognito.initiate_auth, {}
        if flow.startswith("ADMIN"):
            call, more = self.world.cognito.admin_initiate_auth, {"UserPoolId": self.world.pool}
        given = {"USERNAME": username, **parameters}
        return dict(call(ClientId=self.client_id, AuthFlow=flow, AuthParameters=given, **more))

    def respond(self, answer: dict[str, Any], username: str, **responses: str) -> dict[str, Any]:
        """Answer the challenge of an answer."""
        return dict(
            self.world.cognito.respond_to_auth_challenge(
                ClientId=self.client_id,
                ChallengeName=answer["ChallengeName"],
                ChallengeResponses={"USERNAME": username, **responses},
                **({"Session": answer["Session"]} if "Session" in answer else {}),
            )
        )

    def signs_in(self, flow: str, username: str, password: str) -> dict[str, Any]:
        """Sign in with a password that is sent, and return the tokens."""
        return dict(self.initiate(flow, username, PASSWORD=password)["AuthenticationResult"])

    def managed_login(self, username: str, password: str) -> int:
        """Return the HTTP status of the login page: 302 goes back to the app with a code."""
        form = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "username": username,
            "password": password,
        }
        connection = http.client.HTTPConnection(urlsplit(self.world.aws.endpoint_url).netloc)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", urlencode(form), kind)
        return connection.getresponse().status

    def signs_in_by_srp(self, username: str, password: str, **more: str) -> dict[str, Any]:
        """Sign in with SRP and more parameters, and return the last answer."""
        srp = SrpClient(self.world.pool, password)
        answer = self.initiate("USER_SRP_AUTH", username, SRP_A=srp.public, **more)
        return self.respond(answer, username, **srp.proof(answer["ChallengeParameters"]), **more)
