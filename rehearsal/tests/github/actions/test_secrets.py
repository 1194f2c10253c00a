"""Secrets, variables, environments and the OIDC subject."""

from __future__ import annotations

import base64

from nacl.public import PublicKey, SealedBox

from rehearsal.tests.github.served_github import ServedGitHub


def seal(github: ServedGitHub, base: str, value: str) -> dict[str, str]:
    """A secret as clients send it."""
    key = github.rest("GET", f"{base}/secrets/public-key").body
    box = SealedBox(PublicKey(base64.b64decode(key["key"])))
    sealed = base64.b64encode(box.encrypt(value.encode())).decode()
    return {"encrypted_value": sealed, "key_id": key["key_id"]}


def test_a_secret_is_sealed_and_its_name_ignores_case(github: ServedGitHub) -> None:
    github.create("vault")
    base = "/repos/octo/vault/actions"
    body = seal(github, base, "s3cret")
    assert github.rest("PUT", f"{base}/secrets/Api_Key", body).status == 201
    assert github.rest("PUT", f"{base}/secrets/API_KEY", body).status == 204
    bad = body | {"encrypted_value": base64.b64encode(b"open").decode()}
    assert github.rest("PUT", f"{base}/secrets/BAD", bad).status == 422
    assert github.rest("PUT", f"{base}/secrets/GITHUB_X", body).status == 422
    assert github.rest("PUT", f"{base}/secrets/KEY", body | {"key_id": "1"}).status == 422


def test_a_variable_is_created_once(github: ServedGitHub) -> None:
    github.create("settings")
    base = "/repos/octo/settings/actions/variables"
    assert github.rest("POST", base, {"name": "region", "value": "a"}).status == 201
    assert github.rest("POST", base, {"name": "REGION", "value": "b"}).status == 409


def test_an_environment_is_made_once_and_deleted(github: ServedGitHub) -> None:
    github.create("staged")
    base = "/repos/octo/staged/environments"
    made = github.rest("PUT", f"{base}/dev", {})
    assert made.status == 200
    again = github.rest("PUT", f"{base}/dev", {})
    assert again.body["id"] == made.body["id"]
    assert github.rest("GET", base).body["total_count"] == 1
    assert github.rest("DELETE", f"{base}/dev").status == 204
    assert github.rest("GET", f"{base}/dev").status == 404


def test_free_plan_has_no_environments_in_private_repositories(github: ServedGitHub) -> None:
    token = "ghp_thrifty"
    for name, private, status in (("closed", True, 404), ("open", False, 200)):
        wish = {"name": name, "private": private}
        assert github.rest("POST", "/user/repos", wish, token=token).status == 201
        path = f"/repos/thrifty/{name}/environments/dev"
        assert github.rest("PUT", path, {}, token=token).status == status


def test_subject_prefix_is_immutable(github: ServedGitHub) -> None:
    id_ = github.create("subject")["id"]
    body = github.rest("GET", "/repos/octo/subject/actions/oidc/customization/sub").body
    assert body == {"use_default": True, "sub_claim_prefix": f"repo:octo@1001/subject@{id_}"}
