"""The OIDC issuer: who a workflow job is, signed.

Claims: https://docs.github.com/en/actions/reference/security/oidc
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.github.actions.run_context import RUNNER_ENVIRONMENT, github_context
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Job, Repository, Run

PREFIX = "/_services/token"
LIFETIME = timedelta(minutes=5)
CLAIMS = [
    "sub",
    "aud",
    "exp",
    "iat",
    "iss",
    "jti",
    "nbf",
    "ref",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "run_id",
    "run_number",
    "run_attempt",
    "actor",
    "actor_id",
    "workflow",
    "workflow_ref",
    "workflow_sha",
    "head_ref",
    "base_ref",
    "event_name",
    "ref_type",
    "environment",
    "job_workflow_ref",
    "job_workflow_sha",
    "repository_visibility",
    "runner_environment",
    "sha",
]


@dataclass(frozen=True, slots=True)
class Identity:
    """A job that may ask for tokens, and the secret it asks with."""

    repository: Repository
    run: Run
    job: Job
    request_token: str


class Issuer:
    """Signs tokens for the jobs that were admitted with ``id-token: write``."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github
        self._identities: dict[int, Identity] = {}

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return _load_key(self._github)

    def prepare(self) -> None:
        """Make or load the key now, before two requests at once do."""
        _ = self._key

    def admit(self, repository: Repository, run: Run, job: Job) -> dict[str, str]:
        """Let a job ask for tokens; returns the two variables that tell it how."""
        identity = Identity(repository, run, job, secrets.token_urlsafe(48))
        self._identities[job.id] = identity
        path = f"{PREFIX}/jobs/{job.id}/idtoken?api-version=2.0"
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self._github.server_url}{path}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": identity.request_token,
        }

    def dismiss(self, job_id: int) -> None:
        """The job has ended: it gets no more tokens."""
        self._identities.pop(job_id, None)

    def routes(self) -> list[Route]:
        """The issuer's addresses."""
        return [
            Route(f"{PREFIX}/.well-known/openid-configuration", self._configuration),
            Route(f"{PREFIX}/.well-known/jwks", self._jwks),
            Route(f"{PREFIX}/jobs/{{job:int}}/idtoken", self._token),
        ]

    async def _configuration(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self._github.issuer,
                "jwks_uri": f"{self._github.issuer}/.well-known/jwks",
                "subject_types_supported": ["public", "pairwise"],
                "response_types_supported": ["id_token"],
                "claims_supported": CLAIMS,
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid"],
            }
        )

    async def _jwks(self, _request: Request) -> Response:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        key = public | {"kid": self._key_id(), "use": "sig", "alg": "RS256"}
        return JSONResponse({"keys": [key]})

    async def _token(self, request: Request) -> Response:
        identity = self._identities.get(request.path_params["job"])
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if identity is None or not secrets.compare_digest(given, identity.request_token):
            message = "The token request does not come from a running job with id-token: write."
            return JSONResponse({"message": message}, 401)
        audience = request.query_params.get("audience")
        owner = f"{self._github.server_url}/{identity.repository.owner}"
        claims = self._claims(identity, audience or owner)
        token = jwt.encode(claims, self._key, "RS256", {"kid": self._key_id()})
        return JSONResponse({"count": len(token), "value": token})

    def _claims(self, identity: Identity, audience: str) -> dict[str, Any]:
        run, job, repository = identity.run, identity.job, identity.repository
        now, context = self._github.clock(), github_context(self._github, repository, run)
        claims = {name: context[name] for name in CLAIMS if name in context} | {
            "iss": self._github.issuer,
            "aud": audience,
            "sub": f"{subject_prefix(repository)}:{_subject_suffix(run, job)}",
            "jti": secrets.token_hex(16),
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "job_workflow_ref": context["workflow_ref"],
            "runner_environment": RUNNER_ENVIRONMENT,
        }
        return claims | ({"environment": job.environment} if job.environment else {})

    def _key_id(self) -> str:
        return f"{self._key.public_key().public_numbers().n % 2**64:016X}"


def subject_prefix(repository: Repository) -> str:
    """The immutable beginning of every subject of a repository's tokens."""
    owner = f"{repository.owner}@{repository.owner_id}"
    return f"repo:{owner}/{repository.name}@{repository.id}"


def _subject_suffix(run: Run, job: Job) -> str:
    if job.environment:
        return f"environment:{job.environment}"
    if run.event == "pull_request":
        return "pull_request"
    return f"ref:{run.ref}"


def _fresh_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _load_key(github: LocalGitHub) -> rsa.RSAPrivateKey:
    text = github.keep_file("oidc-key.pem", _fresh_key)
    key = serialization.load_pem_private_key(text, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("oidc-key.pem is not an RSA key; remove it to get a new one.")
    return key
