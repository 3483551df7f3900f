"""What all handlers share, and login: a key pair for a token, and the token for everything else."""

import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.portal.behaviour import Behaviour
from demo.portal.reading import Handler, read_body, refuse
from demo.portal.schema import ApiDocument, Check, iso_time
from demo.portal.state import Body, Store

BASE: Final = "/v2"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """What `POST /authenticate` wants to see."""

    key: str = "demo-key"
    secret: str = "demo-secret"  # noqa: S105 - opens the sandbox only


@dataclass(slots=True)
class Portal:
    """The parts that the handlers share; `behaviour` is exchanged while the sandbox runs."""

    store: Store
    keys: KeyPair
    behaviour: Behaviour

    def __post_init__(self) -> None:
        """Let the switch put the clock of the state forward or back."""
        self.store.clock.skew_seconds = lambda: self.behaviour.clock_skew_seconds

    def touch_ticket(self, number: int) -> None:
        """Let a comment or attachment that came, changed or went change its ticket too, unless that is switched off."""
        if self.behaviour.comments_touch_ticket:
            self.store.touch(number)

    def login_route(self, document: ApiDocument) -> Route:
        """Return the route of `POST /authenticate`."""
        return Route(
            f"{BASE}/authenticate", self._login(document.check(document.schema("Credentials"))), methods=["POST"]
        )

    def guarded(self, handler: Handler) -> Handler:
        """Let only requests with a valid token through; others are answered 401."""

        async def guard(request: Request) -> Response:
            if not self.store.knows_token(request.headers.get("token", "")):
                refuse(401, "token: is missing, unknown or expired; log in again")
            return await handler(request)

        return guard

    def _login(self, check: Check) -> Handler:
        async def authenticate(request: Request) -> Response:
            given = await read_body(request, check)
            if not (_same(given["key"], self.keys.key) and _same(given["secret"], self.keys.secret)):
                refuse(401, "key or secret: is not known")
            return JSONResponse(self._new_token())

        return authenticate

    def _new_token(self) -> Body:
        if self.behaviour.second_login_ends_first:
            self.store.drop_tokens()
        token, expires_at = secrets.token_urlsafe(24), time.time() + self.behaviour.token_life_seconds
        self.store.add_token(token, expires_at)
        # a token lives as long on a skewed clock, so only what is written of its end is shifted
        return {"token": token, "expiresAt": iso_time(self.store.clock.shifted(int(expires_at * 1000)))}


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
