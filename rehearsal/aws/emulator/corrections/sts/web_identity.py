"""AssumeRoleWithWebIdentity believes only tokens that the registered provider signed.

MiniStack reads a token without checking it. Here, as on AWS, the provider must be registered in the
account, the token must carry a valid signature of a key that the provider publishes, an audience
that is registered, and a time that has not passed. Then the role's trust policy is evaluated with
the token's claims as condition keys.
Sources: STS API reference, AssumeRoleWithWebIdentity (errors); IAM user guide, "Available keys for
AWS OIDC federation" (claims).
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import iam, sts

from rehearsal.aws.emulator.service_requests import Request, Serve, serve_first

_ACTION = "AssumeRoleWithWebIdentity"
_TIMEOUT_SECONDS = 5
_ANSWER_LIMIT_BYTES = 1 << 20
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
# Claims that STS offers as condition keys `<provider>:<claim>`.
_CONDITION_CLAIMS = (
    "actor",
    "actor_id",
    "amr",
    "aud",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "sub",
    "workflow",
)
_verified: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("verified_claims")


@dataclass
class TokenRefusedError(Exception):
    """STS does not accept the token; the code and message are those of AWS."""

    code: str
    message: str


def apply() -> None:
    """Verify before MiniStack evaluates the trust policy, and hand it the verified claims."""
    serve_first(sts, _serve_verified)
    sts._web_identity_principal = _principal


async def _serve_verified(request: Request, serve: Serve) -> Any:
    asked = request.texts
    if asked.get("Action") != _ACTION:
        return await serve(request)
    try:
        claims = await asyncio.to_thread(
            verified_claims, asked.get("WebIdentityToken", ""), _providers(asked)
        )
    except TokenRefusedError as error:
        return sts._error(400, error.code, error.message, ns="sts")
    _verified.set(claims)
    status, headers, answer = await serve(request)
    subject = str(claims.get("sub", "")).encode()
    return status, headers, answer.replace(b"test-subject", subject)


def verified_claims(token: str, providers: dict[str, Any]) -> dict[str, Any]:
    """Claims of a token after every check of AWS.

    Args:
        token: a JSON web token.
        providers: the account's registered providers, by ARN.

    Raises:
        TokenRefusedError: get a new token from the registered provider.
    """
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise TokenRefusedError(
            "InvalidIdentityToken", "The ID Token provided is not a valid JWT."
        ) from None
    issuer = str(claims.get("iss", ""))
    provider = _provider(issuer, providers)
    key = _signing_key(issuer, str(header.get("kid", "")))
    try:
        verified: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
            audience=provider["ClientIDList"],
            issuer=issuer,
            options={"require": ["exp", "iat", "iss", "sub", "aud"]},
        )
    except jwt.InvalidTokenError as error:
        raise _refusal(error) from None
    return verified


def _refusal(error: jwt.InvalidTokenError) -> TokenRefusedError:
    if isinstance(error, jwt.ExpiredSignatureError):
        return TokenRefusedError("ExpiredTokenException", "Token expired: get a new token.")
    if isinstance(error, jwt.InvalidAudienceError):
        return TokenRefusedError("InvalidIdentityToken", "Incorrect token audience")
    if isinstance(error, jwt.InvalidSignatureError):
        return TokenRefusedError("InvalidIdentityToken", "Token signature invalid")
    return TokenRefusedError("InvalidIdentityToken", f"Provided token is invalid: {error}")


def _provider(issuer: str, providers: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(issuer)
    loopback = parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS
    host = issuer.split("://", 1)[-1].rstrip("/")
    for arn, provider in providers.items():
        if arn.split(":oidc-provider/", 1)[-1] == host and (parts.scheme == "https" or loopback):
            return dict(provider)
    raise TokenRefusedError(
        "InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}"
    )


def _signing_key(issuer: str, key_id: str) -> jwt.PyJWK:
    configuration = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if configuration.get("issuer") != issuer:
        raise TokenRefusedError(
            "InvalidIdentityToken", f"The OpenID configuration of {issuer} names another issuer"
        )
    try:
        for key in jwt.PyJWKSet.from_dict(_fetch(str(configuration.get("jwks_uri")))).keys:
            if key.key_id == key_id:
                return key
    except jwt.PyJWTError:
        pass
    raise TokenRefusedError(
        "InvalidIdentityToken",
        "Couldn't retrieve verification key from your identity provider, please reference "
        "AssumeRoleWithWebIdentity documentation for requirements",
    )


def _fetch(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 # _provider checked the scheme
            document: dict[str, Any] = json.loads(answer.read(_ANSWER_LIMIT_BYTES))
    except (OSError, ValueError):
        raise TokenRefusedError(
            "InvalidIdentityToken",
            f"Couldn't retrieve verification key from your identity provider at {url}",
        ) from None
    return document


def _principal(_token: str, _provider_id: str, role_arn: str) -> tuple[str, dict[str, Any]]:
    """The Federated principal and its condition keys, from the claims verified before."""
    claims = _verified.get()
    host = str(claims["iss"]).split("://", 1)[-1].rstrip("/")
    parts = role_arn.split(":")
    principal = f"arn:{parts[1]}:iam::{parts[4]}:oidc-provider/{host}"
    keys = {f"{host}:{name}".lower(): claims[name] for name in _CONDITION_CLAIMS if name in claims}
    return principal, keys


def _providers(asked: dict[str, str]) -> dict[str, Any]:
    parts = asked.get("RoleArn", "").split(":")
    account = parts[4] if len(parts) > 4 else get_account_id()
    with request_scope(account, get_region()):
        return dict(iam._oidc_providers.items())
