"""The two halves of a push: what may be pushed to, and git's taking of it."""

import subprocess
from typing import IO

from rehearsal.github.git.git_objects import NO_COMMIT
from rehearsal.github.git.git_repository import GitRepository
from rehearsal.github.git.push_report import FLUSH, packet, with_reason

# What GitHub's own server says, less push options, which it advertises and ignores.
_CAPABILITIES = (
    "report-status report-status-v2 delete-refs side-band-64k ofs-delta atomic "
    "object-format=sha1 quiet agent=github/rehearsal"
)


def advertise(git: GitRepository) -> bytes:
    """What a client may push to, which pull requests are not, and what GitHub's server can."""
    named = {name: sha for name, sha in git.refs().items() if not name.startswith("refs/pull/")}
    refs = named or {"capabilities^{}": NO_COMMIT}
    lines = [f"{sha} {name}" for name, sha in refs.items()]
    lines[0] += f"\0{_CAPABILITIES}"
    packets = [packet(b"# service=git-receive-pack\n"), FLUSH]
    return b"".join([*packets, *(packet(f"{line}\n".encode()) for line in lines), FLUSH])


def receive(git: GitRepository, body: IO[bytes], environment: dict[str, str]) -> bytes:
    """Let git take a push; what it refuses is told in its answer."""
    with body:
        body.seek(0)
        command = ["git", "receive-pack", "--stateless-rpc", str(git.path)]
        done = subprocess.run(
            command, stdin=body, capture_output=True, env=environment, check=False
        )
    return with_reason(done.stdout, done.stderr)
