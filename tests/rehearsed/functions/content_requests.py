"""Requests for `Custom::GitHubRepositoryContent`, and a look at what came of them, by real git."""

import base64
import subprocess
from collections.abc import Mapping
from typing import Any

from tests.rehearsed.functions import repository_requests
from tests.rehearsed.functions.repository_world import (
    SECRET_ARN,
    Files,
    RepositoryWorld,
    zipped,
)
from tests.unit.functions.invocation_fakes import custom_resource_event

NAME = "octo/rings-build"
SEED_KEY = "0123abcd.zip"
FILES: Files = {
    "README.md": (b"# Rings\n", 0o644),
    "scripts/run.sh": (b"#!/bin/sh\n", 0o755),
    "notes/empty.txt": (b"", 0o644),
    ".github/workflows/build.yml": ("on: workflow_dispatch # ü\n".encode(), 0o644),
    "picture.png": (b"\x89PNG\x00\xff", 0o644),
}


class Content:
    """The build repository's content, as its custom resource manages it."""

    def __init__(self, world: RepositoryWorld, name: str = "rings-build") -> None:
        self.world = world
        changed = {"Name": name, "Environments": []}
        made = repository_requests.run(world, "Create", changed=changed)
        self.full_name: str = made["Data"]["FullName"]
        self.number: str = made["Data"]["RepositoryId"]
        self.physical_id = f"github-content:{self.number}"

    def properties(self, **changed: Any) -> dict[str, Any]:
        """The properties that fill the repository."""
        return {
            "FullName": self.full_name,
            "RepositoryId": self.number,
            "TokenSecretArn": SECRET_ARN,
            "SeedBucket": "assets",
            "SeedKey": SEED_KEY,
            "Configuration": {"PROJECT_NAME": "rings", "AWS_REGION": "eu-west-1"},
            **changed,
        }

    def seed(self, files: Files = FILES, **changed: Any) -> dict[str, Any]:
        """Create the content."""
        return self.seed_bundle(zipped(files), **changed)

    def seed_bundle(self, bundle: bytes, **changed: Any) -> dict[str, Any]:
        """Create the content from these bytes."""
        properties = self.properties(**changed)
        self.world.aws.bundles[properties["SeedKey"]] = bundle
        return self.run("Create", properties)

    def update(self, old: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        """Update from changed properties to others."""
        return self.run(
            "Update",
            self.properties(**changed),
            PhysicalResourceId=self.physical_id,
            OldResourceProperties=self.properties(**old),
        )

    def run(self, kind: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Send one request and return what CloudFormation hears."""
        event = custom_resource_event(kind, "Custom::GitHubRepositoryContent", properties, **more)
        return self.world.run(event)

    def git(self, *arguments: str) -> bytes:
        """Ask real git about the repository."""
        folder = self.world.github.git_folder(self.full_name)
        return subprocess.run(
            ["git", f"--git-dir={folder}", *arguments], check=True, capture_output=True
        ).stdout

    def files(self, branch: str = "main") -> dict[str, tuple[bytes, int]]:
        """Every file of a branch: path -> content, mode."""
        listed = self.git("ls-tree", "-r", "-z", branch).decode().split("\0")[:-1]
        found = {}
        for line in listed:
            facts, _, path = line.partition("\t")
            mode, _, id_ = facts.split()
            found[path] = (self.git("cat-file", "blob", id_), int(mode[-3:], 8))
        return found

    def history(self, branch: str = "main") -> list[str]:
        """First lines of the commit messages, newest first."""
        return self.git("log", "--format=%s", branch).decode().splitlines()

    def head(self, branch: str = "main") -> str:
        """The commit that a branch points to."""
        return self.git("rev-parse", branch).decode().strip()

    def push(self, path: str, text: str, branch: str = "main") -> None:
        """Commit one file as a user does."""
        wish = {
            "message": f"Edit {path}",
            "content": base64.b64encode(text.encode()).decode(),
            "branch": branch,
        }
        listed = self.git("ls-tree", branch, "--", path).decode().split()
        if listed:
            wish["sha"] = listed[2]
        self.world.github.rest("PUT", f"/repos/{self.full_name}/contents/{path}", wish)

    def pull_requests(self, state: str = "open") -> list[dict[str, Any]]:
        """The repository's pull requests."""
        found: list[dict[str, Any]] = self.world.github.rest(
            "GET", f"/repos/{self.full_name}/pulls?state={state}"
        )
        return found
