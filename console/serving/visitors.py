"""Who is let in: the person who started the console, by a token and then a cookie.

The server listens on loopback only. Other programs of the machine, and pages of other sites in the
person's browser, can reach it nevertheless, so that each request shows three things: the address
that it is meant for, the cookie that only the token's holder got, and, if it changes something,
that it comes from a page of the console.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from console.serving.refusals import refuse

_USUAL_PORT = 80
_METHODS = ("GET", "HEAD", "POST")
CSRF_FIELD = "csrf"
_LARGEST_FORM_BYTES = 64_000


@dataclass(frozen=True)
class Keys:
    """What lets a person in; new with each start.

    Args:
        port: of the server.
        token: in the address that is printed.
        session: value of the cookie.
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    session: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def page(self) -> str:
        """The first page."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def address(self) -> str:
        """What the person opens first."""
        return f"{self.page}?token={self.token}"

    @property
    def hosts(self) -> tuple[str, str]:
        """Under which names the server may be asked; browsers leave the usual port out."""
        port = "" if self.port == _USUAL_PORT else f":{self.port}"
        return f"127.0.0.1{port}", f"localhost{port}"

    @property
    def cookie(self) -> str:
        """Name of the cookie: cookies are one machine's, whatever the port."""
        return f"console-{self.port}"

    @property
    def csrf(self) -> str:
        """What each form of a page carries."""
        return hmac.digest(self.session.encode(), CSRF_FIELD.encode(), "sha256").hex()


class Door:
    """Lets requests in, or refuses them with a page of one sentence."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = self._refusal(request) or self._welcome(request)
        await (answer or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> ASGIApp | None:
        host = request.headers.get("host", "")
        if host not in self._keys.hosts:
            return refuse(421, "This address is not the console's; open the one that it printed.")
        if request.method not in _METHODS:
            return _refuse_method()
        is_own = request.method != "POST" or request.headers.get("origin") == f"http://{host}"
        if not is_own or _is_of_another_page(request):
            return refuse(403, "Another site sent this request; nothing was changed.")
        return None

    def _welcome(self, request: Request) -> ASGIApp | None:
        if _same(request.cookies.get(self._keys.cookie, ""), self._keys.session):
            return None
        if _same(request.query_params.get("token", ""), self._keys.token):
            return _entrance(request, self._keys)
        if request.url.path.startswith("/static/"):
            return None
        return refuse(401, "Open the console by the address that it printed when it was started.")


def _refuse_method() -> ASGIApp:
    answer = refuse(405, "The console answers pages and their forms alone: GET, HEAD and POST.")
    answer.headers["Allow"] = ", ".join(_METHODS)
    return answer


def _is_of_another_page(request: Request) -> bool:
    """Whether a page that is not the console's has it loaded, or sends it something.

    To a browser, a page on another port of this machine is of the same site, so that it sends the
    cookie. A link may lead here: it shows a page to the person, and to nobody else.
    """
    headers = request.headers
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    is_link = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return request.method == "POST" or is_link != ("navigate", "document")


def _entrance(request: Request, keys: Keys) -> ASGIApp:
    """Give the cookie, and go on to the page without the token in its address.

    A redirect would belong to whoever linked here, and a strict cookie would not be sent with it.
    """
    # The path alone, and never `//`, which would be another server.
    path = request.scope.get("raw_path", b"/").decode("latin-1")
    answer = refuse(200, "Welcome.", go_to="/" + path.lstrip("/"))
    answer.set_cookie(keys.cookie, keys.session, httponly=True, samesite="strict", path="/")
    return answer


async def read_form(request: Request, keys: Keys) -> dict[str, str] | None:
    """The fields of a form that a page of the console sent; None if one did not."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM_BYTES:
            return None
    try:
        given = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        return None
    form = {name: values[-1] for name, values in given.items()}
    return form if _same(form.pop(CSRF_FIELD, ""), keys.csrf) else None


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
