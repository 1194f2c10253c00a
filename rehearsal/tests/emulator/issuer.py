"""A small OpenID provider for the tests: discovery, keys and tokens."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_ID = "key-1"


@dataclass
class Issuer:
    """Signs tokens with a key that it publishes."""

    url: str
    key: rsa.RSAPrivateKey

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def token(self, key: rsa.RSAPrivateKey | None = None, **claims: Any) -> str:
        now = int(time.time())
        defaults = {"iss": self.url, "aud": "sts.amazonaws.com", "iat": now, "exp": now + 300}
        body = {**defaults, "sub": "repo:o@1/r@2:ref:refs/heads/main", **claims}
        return jwt.encode(body, key or self.key, algorithm="RS256", headers={"kid": KEY_ID})


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@contextmanager
def serve() -> Iterator[Issuer]:
    key = new_key()
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}/_services/token", key)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    documents = {
        "/_services/token/.well-known/openid-configuration": {
            "issuer": issuer.url,
            "jwks_uri": f"{issuer.url}/.well-known/jwks",
        },
        "/_services/token/.well-known/jwks": {"keys": [{**public, "kid": KEY_ID, "alg": "RS256"}]},
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents.get(self.path)
            self.send_response(200 if document else 404)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: object) -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield issuer
    server.shutdown()
    server.server_close()
    thread.join()
