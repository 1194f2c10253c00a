"""Keeps what the local GitHub can do beyond GitHub, such as faults, for whoever started it."""

import hmac

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class ControlToken:
    """An ASGI application that answers 401 unless the request carries a token.

    Args:
        application: answers whoever has the token.
        token: to be sent as `Authorization: Bearer <token>`.
    """

    def __init__(self, application: ASGIApp, token: str) -> None:
        self._application = application
        self._expected = f"Bearer {token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over what carries the token."""
        given = Headers(scope=scope).get("authorization", "")
        if hmac.compare_digest(given.encode(), self._expected.encode()):
            await self._application(scope, receive, send)
            return
        said = {"message": "Send the control token of world.json as `Authorization: Bearer`."}
        await JSONResponse(said, 401)(scope, receive, send)
