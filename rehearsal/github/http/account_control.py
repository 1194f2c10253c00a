"""Addresses below ``/_rehearsal`` that make tokens and organizations while the server runs.

They last as long as the server: a restart begins with the accounts file again.
"""

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.github.core.access import Access
from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.resources import Organization
from rehearsal.github.core.settings import FineGrainedToken, TokenEntry
from rehearsal.github.http.wish_refusal import refused

_ORGANIZATION: TypeAdapter[Organization] = TypeAdapter(Organization)


class AccountControl:
    """Speaks JSON, with the fields of the accounts file."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def routes(self) -> list[Route]:
        """``tokens`` and ``organizations``."""
        return [
            Route("/tokens", self._add_token, methods=["POST"]),
            Route("/organizations", self._put_organization, methods=["POST"]),
        ]

    async def _add_token(self, request: Request) -> Response:
        body = await request.body()
        try:
            entry = _read_token(body)
            self._access.account(entry.login)
            if isinstance(entry, FineGrainedToken):
                self._access.account(entry.owner)
        except ValidationError as error:
            return refused(error)
        except NotFoundError:
            return JSONResponse({"message": "login or owner: no such account"}, 422)
        self._access.add_token(entry)
        return Response(status_code=201)

    async def _put_organization(self, request: Request) -> Response:
        try:
            organization = _ORGANIZATION.validate_json(await request.body())
        except ValidationError as error:
            return refused(error)
        self._access.put_account(organization)
        return Response(status_code=201)


def _read_token(body: bytes) -> TokenEntry | FineGrainedToken:
    """A token that names scopes is a classic one."""
    kind = TokenEntry if b'"scopes"' in body else FineGrainedToken
    return kind.model_validate_json(body)
