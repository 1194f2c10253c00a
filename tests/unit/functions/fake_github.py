"""A small GitHub behind urllib3's interface; every exchange is checked against GitHub's OpenAPI.

It keeps repositories with trees, commits and branches in memory and can be told to fail.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3

from tests.github_openapi import OpenApiMismatchError, validate_exchange
from tests.unit.functions.github_records import (
    commit_record,
    environment_record,
    item_record,
    repository_record,
    status_record,
    user_record,
)

BASE_URL = "https://github.example/api/v3"
TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"
Reply = tuple[int, Any]


@dataclass
class Repository:
    """A repository's settings and objects."""

    fields: dict[str, Any]
    trees: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    environments: set[str] = field(default_factory=set)
    statuses: list[dict[str, Any]] = field(default_factory=list)

    @property
    def files(self) -> dict[str, tuple[str, bytes]]:
        """The head of the default branch: path -> (mode, content)."""
        tree = self.trees[self.commits[self.branches["main"]]["tree"]]
        return {path: (mode, self.blobs[sha]) for path, (mode, sha) in tree.items()}


@dataclass
class Fault:
    """What to do instead of answering, or after doing."""

    method: str
    path: str
    reply: Reply | Exception
    headers: dict[str, str]
    times: int
    after: bool


class FakeGitHub:
    """The server; `request` is what `urllib3.PoolManager` offers."""

    def __init__(self) -> None:
        self.accounts = {
            "ada": user_record("ada", 101, "User"),
            "bob": user_record("bob", 102, "User"),
            "acme": user_record("acme", 500, "Organization"),
        }
        self.scopes: str | None = "delete_repo, repo, workflow"
        self.repositories: dict[str, Repository] = {}
        self.renamed: dict[str, str] = {}
        self.exchanges: list[tuple[str, str, Any, int]] = []
        self.dispatches: list[tuple[str, Any]] = []
        self.faults: list[Fault] = []
        self.mismatches: list[str] = []
        self.plan_has_environments = True
        self.members_create = True
        self.deletion_allowed = True
        self.token = TOKEN
        self._next_id = 9000

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Requests that may change something, in order."""
        return [(method, path) for method, path, _, _ in self.exchanges if method != "GET"]

    def fail(
        self,
        method: str,
        path: str,
        reply: Reply | Exception,
        *,
        headers: dict[str, str] | None = None,
        times: int = 1,
        after: bool = False,
    ) -> None:
        """Answer `times` matching requests with `reply`, before or after doing them."""
        self.faults.append(Fault(method, path, reply, headers or {}, times, after))

    def add(self, owner: str, name: str, **fields: Any) -> Repository:
        """Create a repository with GitHub's first commit."""
        self._next_id += 1
        record = repository_record(self.accounts[owner], name, self._next_id)
        repository = Repository({**record, **fields})
        readme = self._blob(repository, f"# {name}".encode())
        tree = self._tree(repository, {"README.md": ("100644", readme)})
        repository.branches["main"] = self._commit(repository, "Initial commit", tree, [])
        self.repositories[f"{owner}/{name}".lower()] = repository
        return repository

    def push(self, repository: Repository, path: str, content: str) -> None:
        """Commit one file as a user does."""
        head = repository.branches["main"]
        files = dict(repository.trees[repository.commits[head]["tree"]])
        files[path] = ("100644", self._blob(repository, content.encode()))
        tree = self._tree(repository, files)
        repository.branches["main"] = self._commit(repository, f"Edit {path}", tree, [head])

    def request(self, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Answer like a pool: one request, no retry, no redirect."""
        assert options["timeout"].connect_timeout
        assert options["timeout"].read_timeout
        assert not options["retries"]
        path = url.removeprefix(BASE_URL)
        body = json.loads(options["body"]) if options.get("body") else None
        authorized = options["headers"]["Authorization"] == f"Bearer {self.token}"
        fault = self._take_fault(method, path)
        headers: dict[str, str] = {} if self.scopes is None else {"X-OAuth-Scopes": self.scopes}
        if fault and not fault.after:
            reply: Any = fault.reply
        else:
            reply = self._route(method, path, body) if authorized else _bad_credentials()
        if fault:
            headers |= fault.headers
            reply = fault.reply
        if isinstance(reply, Exception):
            self.exchanges.append((method, path, body, 0))
            raise reply
        status, answer = reply
        self.exchanges.append((method, path, body, status))
        if not path.startswith("/repositories/"):  # where GitHub redirects to; not described
            self._validate(method, path, body, reply)
        if status == 301:
            headers["Location"] = answer["url"]
        data = b"" if answer is None else json.dumps(answer).encode()
        return urllib3.HTTPResponse(body=data, status=status, headers=headers)

    def _validate(self, method: str, path: str, body: Any, reply: Reply) -> None:
        try:
            validate_exchange(method, path, body, *reply)
        except OpenApiMismatchError as error:
            self.mismatches.append(str(error))

    def _take_fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                return fault
        return None

    def _route(self, method: str, path: str, body: Any) -> Reply:
        parts = urlsplit(path)
        for verb, pattern, handler in self._routes():
            match = re.fullmatch(pattern, parts.path)
            if verb == method and match:
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                return handler(*match.groups(), body=body, query=query)
        raise AssertionError(f"the fake GitHub knows no {method} {path}")

    def _routes(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        repo = "/repos/([^/]+/[^/]+)"
        return [
            ("GET", "/user", lambda body, query: (200, self.accounts["ada"])),
            ("GET", "/users/([^/]+)", self._get_account),
            ("POST", "/user/repos", lambda body, query: self._create("ada", body)),
            ("POST", "/orgs/([^/]+)/repos", self._create_in_organization),
            ("GET", "/repositories/([0-9]+)", self._get_by_number),
            ("GET", repo, self._get),
            ("PATCH", repo, self._with(self._patch)),
            ("DELETE", repo, self._delete),
            ("GET", f"{repo}/actions/oidc/customization/sub", self._with(self._subject)),
            ("GET", f"{repo}/environments/([^/]+)", self._with(self._get_environment)),
            ("PUT", f"{repo}/environments/([^/]+)", self._with(self._put_environment)),
            ("GET", f"{repo}/git/ref/heads/(.+)", self._with(self._get_reference)),
            ("PATCH", f"{repo}/git/refs/heads/(.+)", self._with(self._patch_reference)),
            ("GET", f"{repo}/git/commits/(.+)", self._with(self._get_commit)),
            ("POST", f"{repo}/git/commits", self._with(self._post_commit)),
            ("POST", f"{repo}/git/trees", self._with(self._post_tree)),
            ("POST", f"{repo}/git/blobs", self._with(self._post_blob)),
            ("GET", f"{repo}/commits", self._with(self._list_commits)),
            ("GET", f"{repo}/contents/(.+)", self._with(self._get_content)),
            ("GET", f"{repo}/commits/(.+)/statuses", self._with(self._list_statuses)),
            ("POST", f"{repo}/statuses/(.+)", self._with(self._post_status)),
            ("POST", f"{repo}/actions/workflows/(.+)/dispatches", self._with(self._dispatch)),
        ]

    def _with(self, handler: Callable[..., Reply]) -> Callable[..., Reply]:
        def found(full_name: str, *names: str, body: Any, query: Any) -> Reply:
            repository = self.repositories.get(full_name.lower())
            if repository is None:
                return _not_found()
            return handler(repository, *names, body=body, query=query)

        return found

    def _get_account(self, login: str, body: Any, query: Any) -> Reply:
        account = self.accounts.get(login)
        return (200, account) if account else _not_found()

    def _create_in_organization(self, owner: str, body: Any, query: Any) -> Reply:
        if not self.members_create:
            return 403, _message("You need admin access to the organization.")
        return self._create(owner, body)

    def _create(self, owner: str, body: dict[str, Any]) -> Reply:
        if f"{owner}/{body['name']}".lower() in self.repositories:
            detail = {
                "resource": "Repository",
                "code": "custom",
                "field": "name",
                "message": "name already exists on this account",
            }
            return 422, {**_message("Repository creation failed."), "errors": [detail]}
        fields = {key: body[key] for key in body if key not in ("name", "auto_init")}
        return 201, self.add(owner, body["name"], **fields).fields

    def _get(self, full_name: str, body: Any, query: Any) -> Reply:
        if full_name.lower() in self.renamed:
            target = self.repositories[self.renamed[full_name.lower()]]
            url = f"{BASE_URL}/repositories/{target.fields['id']}"
            return 301, {**_message("Moved Permanently"), "url": url}
        repository = self.repositories.get(full_name.lower())
        return (200, repository.fields) if repository else _not_found()

    def _get_by_number(self, number: str, body: Any, query: Any) -> Reply:
        found = [r for r in self.repositories.values() if r.fields["id"] == int(number)]
        return (200, found[0].fields) if found else _not_found()

    def _patch(self, repository: Repository, body: Any, query: Any) -> Reply:
        repository.fields.update(body)
        return 200, repository.fields

    def _delete(self, full_name: str, body: Any, query: Any) -> Reply:
        if not self.deletion_allowed:
            return 403, _message("Must have admin rights to Repository.")
        return (204, None) if self.repositories.pop(full_name.lower(), None) else _not_found()

    def _subject(self, repository: Repository, body: Any, query: Any) -> Reply:
        owner, fields = repository.fields["owner"], repository.fields
        name = f"{owner['login']}@{owner['id']}/{fields['name']}@{fields['id']}"
        return 200, {"use_default": True, "sub_claim_prefix": f"repo:{name}"}

    def _get_environment(self, repository: Repository, name: str, body: Any, query: Any) -> Reply:
        known = name in repository.environments
        return (200, environment_record(name)) if known else _not_found()

    def _put_environment(self, repository: Repository, name: str, body: Any, query: Any) -> Reply:
        if not self.plan_has_environments:
            return 403, _message("Upgrade to GitHub Pro or make this repository public.")
        repository.environments.add(name)
        return 200, environment_record(name)

    def _get_reference(self, repository: Repository, branch: str, body: Any, query: Any) -> Reply:
        sha = repository.branches.get(branch)
        return (200, _reference(branch, sha)) if sha else _not_found()

    def _patch_reference(self, repository: Repository, branch: str, body: Any, query: Any) -> Reply:
        new, old = body["sha"], repository.branches[branch]
        if new != old and old not in repository.commits[new]["parents"]:
            return 422, _message("Update is not a fast forward")
        repository.branches[branch] = new
        return 200, _reference(branch, new)

    def _get_commit(self, repository: Repository, sha: str, body: Any, query: Any) -> Reply:
        return 200, commit_record(sha, **repository.commits[sha])

    def _post_commit(self, repository: Repository, body: Any, query: Any) -> Reply:
        sha = self._commit(repository, body["message"], body["tree"], body["parents"])
        return 201, commit_record(sha, **repository.commits[sha])

    def _post_tree(self, repository: Repository, body: Any, query: Any) -> Reply:
        files = dict(repository.trees[body["base_tree"]]) if "base_tree" in body else {}
        for entry in body["tree"]:
            assert ("content" in entry) != ("sha" in entry)
            content = entry.get("content")
            sha = entry.get("sha") or self._blob(repository, content.encode())
            assert sha in repository.blobs
            files[entry["path"]] = (entry["mode"], sha)
        return 201, {"sha": self._tree(repository, files), "truncated": False, "tree": []}

    def _post_blob(self, repository: Repository, body: Any, query: Any) -> Reply:
        sha = self._blob(repository, base64.b64decode(body["content"]))
        return 201, {"sha": sha, "url": f"{BASE_URL}/blobs/{sha}"}

    def _list_commits(self, repository: Repository, body: Any, query: Any) -> Reply:
        listed, sha = [], query["sha"]
        while sha:
            commit = repository.commits[sha]
            listed.append(item_record(sha, **commit))
            sha = commit["parents"][0] if commit["parents"] else None
        return 200, listed

    def _get_content(self, repository: Repository, path: str, body: Any, query: Any) -> Reply:
        files = repository.trees[repository.commits[query["ref"]]["tree"]]
        if path not in files:
            return _not_found()
        content = repository.blobs[files[path][1]]
        url = f"{BASE_URL}/contents/{path}"
        return 200, {
            "type": "file",
            "encoding": "base64",
            "content": base64.encodebytes(content).decode(),
            "size": len(content),
            "name": path,
            "path": path,
            "sha": files[path][1],
            "url": url,
            "git_url": url,
            "html_url": url,
            "download_url": url,
            "_links": {"self": url, "git": url, "html": url},
        }

    def _list_statuses(self, repository: Repository, sha: str, body: Any, query: Any) -> Reply:
        return 200, [status for status in reversed(repository.statuses) if sha in status["url"]]

    def _post_status(self, repository: Repository, sha: str, body: Any, query: Any) -> Reply:
        if sha not in repository.commits:
            return 422, {**_message(f"No commit found for SHA: {sha}"), "errors": []}
        repository.statuses.append(status_record(sha, body))
        return 201, repository.statuses[-1]

    def _dispatch(self, repository: Repository, workflow: str, body: Any, query: Any) -> Reply:
        if workflow != "deploy.yml":
            return _not_found()
        if body["ref"] not in repository.branches:
            return 422, _message(f"No ref found for: {body['ref']}")
        self.dispatches.append((repository.fields["full_name"], body))
        return 204, None

    def _blob(self, repository: Repository, content: bytes) -> str:
        return _store(repository.blobs, content, content)

    def _tree(self, repository: Repository, files: dict[str, tuple[str, str]]) -> str:
        return _store(repository.trees, repr(sorted(files.items())).encode(), files)

    def _commit(self, repository: Repository, message: str, tree: str, parents: list[str]) -> str:
        assert tree in repository.trees
        commit = {"message": message, "tree": tree, "parents": parents}
        return _store(repository.commits, repr(commit).encode(), commit)


def _store(objects: dict[str, Any], identity: bytes, value: Any) -> str:
    sha = hashlib.sha1(identity).hexdigest()
    objects[sha] = value
    return sha


def _message(text: str) -> dict[str, Any]:
    return {"message": text, "documentation_url": "https://docs.github.com/rest"}


def _not_found() -> Reply:
    return 404, _message("Not Found")


def _bad_credentials() -> Reply:
    return 401, _message("Bad credentials")


def _reference(branch: str, sha: str) -> dict[str, Any]:
    url = f"{BASE_URL}/git/{sha}"
    target = {"type": "commit", "sha": sha, "url": url}
    return {"ref": f"refs/heads/{branch}", "node_id": "R", "url": url, "object": target}
