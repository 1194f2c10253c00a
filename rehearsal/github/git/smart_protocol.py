"""The smart HTTP protocol of git: git's own servers, less what GitHub says otherwise in a push."""

import subprocess

from rehearsal.github.git.git_objects import NO_COMMIT
from rehearsal.github.git.git_repository import GitRepository, git_environment
from rehearsal.github.git.push_report import FLUSH, packet, with_reason

# What GitHub's own server says, less push options, which it advertises and ignores.
_CAPABILITIES = (
    "report-status report-status-v2 delete-refs side-band-64k ofs-delta atomic "
    "object-format=sha1 quiet agent=github/rehearsal"
)


def advertise(git: GitRepository, service: str, environment: dict[str, str]) -> bytes:
    """What a client may fetch, or may push to, which pull requests are not."""
    head = packet(f"# service={service}\n".encode()) + FLUSH
    if service == "git-upload-pack":
        return head + _run(git, service, "--advertise-refs", environment=environment).stdout
    named = {name: sha for name, sha in git.refs().items() if not name.startswith("refs/pull/")}
    refs = named or {"capabilities^{}": NO_COMMIT}
    lines = [f"{sha} {name}" for name, sha in refs.items()]
    lines[0] += f"\0{_CAPABILITIES}"
    return head + b"".join(packet(f"{line}\n".encode()) for line in lines) + FLUSH


def serve(git: GitRepository, service: str, asked: bytes, environment: dict[str, str]) -> bytes:
    """Let git answer a fetch, or take a push; what it refuses is told in its answer."""
    done = _run(git, service, stdin=asked, environment=environment)
    return with_reason(done.stdout, done.stderr) if service == "git-receive-pack" else done.stdout


def _run(
    git: GitRepository,
    service: str,
    *flags: str,
    environment: dict[str, str],
    stdin: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", service.removeprefix("git-"), "--stateless-rpc", *flags, str(git.path)]
    return subprocess.run(
        command, input=stdin, capture_output=True, env=git_environment() | environment, check=False
    )
