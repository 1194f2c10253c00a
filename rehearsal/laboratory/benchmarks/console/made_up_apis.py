"""Serves a made-up account over HTTP in the protocols of AWS and GitHub, and counts who asked what.

Run as a program, so that its work is not that of whoever asks. Each of its clients has an access
key and a GitHub token of its own, both the same, by which its requests are counted.
"""

import asyncio
import base64
import json
import re
import socket
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import click
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.laboratory.benchmarks.console.made_up_account import MadeUpAccount
from rehearsal.laboratory.benchmarks.console.made_up_project import report, run_of

COUNTED = "/counted"
_SEED = Path(__file__).resolve().parents[4] / "seed_code"
_FILES = {
    "config/stages.yml": (_SEED / "deploy_app/config/stages.yml").read_bytes(),
    "dataset.toml": (_SEED / "build_app/dataset.toml").read_bytes(),
}
_WHO = re.compile(r"Credential=(?P<key>[^/]+)|(?:token|Bearer) (?P<token>\S+)")
_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/")


class MadeUpApis:
    """Answers requests.

    Args:
        account: what is told.
        seconds: that pass before each answer, as they do on the way to AWS and back.
    """

    def __init__(self, account: MadeUpAccount, seconds: float) -> None:
        self._account = account
        self._seconds = seconds
        self._counted: dict[str, Counter[str]] = {}

    def application(self) -> Starlette:
        """For a server."""
        methods = ["GET", "POST"]
        return Starlette(
            routes=[
                Route(f"{COUNTED}/{{who}}", self._tell),
                Route("/api/v3/{path:path}", self._github),
                Route("/{path:path}", self._aws, methods=methods),
            ]
        )

    async def _tell(self, request: Request) -> Response:
        """What somebody asked since the last time that this was asked."""
        return JSONResponse(self._counted.pop(request.path_params["who"], {}))

    async def _aws(self, request: Request) -> Response:
        body = await request.body()
        if request.method == "GET":
            await self._count(request, "s3:GetObject")
            return Response(report())
        target = request.headers.get("x-amz-target", "")
        if target:
            operation, asked = target.rpartition(".")[2], json.loads(body)
            await self._count(request, operation)
            told = self._account.answer(operation, asked)
            return JSONResponse(told, media_type="application/x-amz-json-1.1")
        if "cbor" in request.headers.get("content-type", ""):
            operation = request.url.path.rpartition("/")[2]
            await self._count(request, operation)
            headers = {"smithy-protocol": "rpc-v2-cbor"}
            told = self._account.answer(operation, {})
            return Response(_cbor(told), media_type="application/cbor", headers=headers)
        asked = dict(parse_qsl(body.decode()))
        await self._count(request, asked["Action"])
        return Response(_xml(asked["Action"], self._account.answer(asked["Action"], asked)))

    async def _github(self, request: Request) -> Response:
        parts = request.path_params["path"].split("/")
        owner, name, rest = parts[1], parts[2], "/".join(parts[3:])
        here = f"{str(request.base_url).rstrip('/')}/api/v3/repos/{owner}/{name}"
        if rest == "actions/runs":
            await self._count(request, "github:GET actions/runs")
            runs = [run_of(number, f"{here}/actions") for number in range(30)]
            return JSONResponse({"total_count": len(runs), "workflow_runs": runs})
        if rest.startswith("contents/"):
            await self._count(request, "github:GET contents")
            content = base64.b64encode(_FILES[rest.removeprefix("contents/")]).decode()
            return JSONResponse({"type": "file", "encoding": "base64", "content": content})
        await self._count(request, "github:GET repository")
        return JSONResponse({"name": name, "url": here, "html_url": here})

    async def _count(self, request: Request, what: str) -> None:
        told = request.headers.get("authorization", "")
        found, signed = _WHO.search(told), _SIGNED_FOR.search(told)
        who = (found["key"] or found["token"]) if found else ""
        name = what if ":" in what else f"{signed['service'] if signed else '?'}:{what}"
        self._counted.setdefault(who, Counter())[name] += 1
        await asyncio.sleep(self._seconds)


def _xml(action: str, told: Mapping[str, Any]) -> bytes:
    inner = "".join(_element(name, value) for name, value in told.items())
    return f"<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>".encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inner = "".join(_element(one, part) for one, part in value.items())
    elif isinstance(value, list):
        inner = "".join(_element("member", part) for part in value)
    else:
        inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def _cbor(value: Mapping[str, Any]) -> bytes:
    """A map of names to empty lists, which is all that CloudWatch is made to say; RFC 8949."""
    parts = [bytes([0x60 + len(name)]) + name.encode() + b"\x80" for name in value]
    return bytes([0xA0 + len(parts)]) + b"".join(parts)


@click.command()
@click.option("--projects", type=int, required=True)
@click.option("--versions", type=int, required=True)
@click.option("--seconds", type=float, required=True, help="Before each answer.")
def serve(projects: int, versions: int, seconds: float) -> None:
    """Serve until the end, and print the port first."""
    apis = MadeUpApis(MadeUpAccount(projects, versions), seconds)
    # Of a socket without this protocol, asyncio would let answers wait for acknowledgements.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(200)
        click.echo(listening.getsockname()[1])
        config = uvicorn.Config(apis.application(), log_level="error")
        asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    serve()
