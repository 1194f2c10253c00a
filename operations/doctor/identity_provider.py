"""GitHub's identity provider, of which an account has one for each issuer."""

from collections.abc import Iterator
from typing import Any

from operations.findings import Finding

ABOUT = "identity provider"
AUDIENCE = "sts.amazonaws.com"


def look_at_provider(iam: Any, issuer: str) -> Iterator[Finding]:
    """Look whether there is one, and whether it lets tokens for AWS in."""
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        arn = provider["Arn"]
        if arn.partition(":oidc-provider/")[2] == issuer:
            yield _judged(iam, arn)
            return
    yield Finding(
        "ok", ABOUT, f"The account has no provider for {issuer} yet; the prerequisites make it."
    )


def _judged(iam: Any, arn: str) -> Finding:
    told = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    audiences = told.get("ClientIDList", [])
    if AUDIENCE in audiences:
        return Finding(
            "ok", ABOUT, f"{arn} is there; by hand, give CreateOpenIdConnectProvider=false."
        )
    return Finding(
        "fails",
        ABOUT,
        f"{arn} has not the audience {AUDIENCE} but {', '.join(audiences) or 'none'}; run `aws iam "
        f"add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {arn} "
        f"--client-id {AUDIENCE}`.",
    )
