"""Addresses below ``/_rehearsal`` that set faults and list what was asked (see ``faults.py``)."""

import re

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.github.core.faults import FaultPlan, FaultWish
from rehearsal.github.core.request_log import RequestLog
from rehearsal.github.http.wish_refusal import refused


class FaultControl:
    """Speaks JSON about the faults of a server and about its requests."""

    def __init__(self, faults: FaultPlan, log: RequestLog) -> None:
        self._faults = faults
        self._log = log

    def routes(self) -> list[Route]:
        """``faults`` and ``requests``."""
        return [
            Route("/faults", self._list, methods=["GET"]),
            Route("/faults", self._set, methods=["POST"]),
            Route("/faults", self._clear, methods=["DELETE"]),
            Route("/faults/{id:int}", self._remove, methods=["DELETE"]),
            Route("/requests", self._requests, methods=["GET"]),
        ]

    async def _list(self, _request: Request) -> Response:
        return JSONResponse([fault.shown() for fault in self._faults.listed()])

    async def _set(self, request: Request) -> Response:
        try:
            wish = FaultWish.model_validate_json(await request.body())
        except ValidationError as error:
            return refused(error)
        return JSONResponse(self._faults.add(wish).shown(), 201)

    async def _clear(self, _request: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def _remove(self, request: Request) -> Response:
        found = self._faults.remove(request.path_params["id"])
        return Response(status_code=204 if found else 404)

    async def _requests(self, request: Request) -> Response:
        query = request.query_params
        try:
            agent, since = query.get("agent", ""), int(query.get("since", "0"))
            found = self._log.listed(agent=agent, since=since)
        except (ValueError, re.error) as error:
            return JSONResponse({"message": f"agent or since cannot be read: {error}"}, 422)
        return JSONResponse([asked.shown() for asked in found])
