"""GitHub's identity providers of an account, and the roles that trust them."""

import json
from typing import Any

_OF_GITHUB = ("token.actions.githubusercontent.com", "/_services/token")


def find_providers(iam: Any) -> list[str]:
    """ARNs of all that are GitHub's."""
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return [one["Arn"] for one in listed if any(mark in one["Arn"] for mark in _OF_GITHUB)]


def roles_that_trust(iam: Any, provider_arn: str) -> list[str]:
    """Names of the roles whose trust policies name the provider."""
    return [
        role["RoleName"]
        for page in iam.get_paginator("list_roles").paginate()
        for role in page["Roles"]
        if json.dumps(provider_arn) in json.dumps(role["AssumeRolePolicyDocument"])
    ]
