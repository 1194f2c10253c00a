"""The environments in which the rehearsal starts other programs.

Nothing of the caller's environment reaches them except what package installers need on this
machine (proxies, certificates, index settings) and whether AWS CDK validates what it synthesizes:
no credentials, no profiles.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_INSTALLER_PREFIXES = ("UV_", "PIP_", "NPM_CONFIG_", "npm_config_")
_INSTALLER_NAMES = frozenset(
    {
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
        "LANG",
        "LC_ALL",
        "TZ",
        "CDK_VALIDATION",
    }
)
_NO_AWS_PROFILES = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def tool_folders(root: Path) -> list[str]:
    """Folders that hold python, uv, node, act and cdk, then the system's own."""
    own = [Path(sys.executable).parent, root / "node_modules" / ".bin"]
    return [*map(str, own), *os.environ.get("PATH", os.defpath).split(os.pathsep)]


def installer_settings(caller: Mapping[str, str]) -> dict[str, str]:
    """The caller's settings that package installers need, and shared package caches."""
    kept = {
        name: value
        for name, value in caller.items()
        if name in _INSTALLER_NAMES or name.startswith(_INSTALLER_PREFIXES)
    }
    home = Path(caller.get("HOME", "/"))
    kept.setdefault("UV_CACHE_DIR", str(home / ".cache" / "uv"))
    kept.setdefault("npm_config_cache", str(home / ".npm"))
    jsii_cache = home / ".cache" / "aws" / "jsii" / "package-cache"
    kept.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(jsii_cache))
    for name, file in (
        ("UV_CONFIG_FILE", home / ".config" / "uv" / "uv.toml"),
        ("npm_config_userconfig", home / ".npmrc"),
    ):
        if file.is_file():
            kept.setdefault(name, str(file))
    return kept


def server_environment(root: Path, home: Path) -> dict[str, str]:
    """Environment of the local AWS and the local GitHub."""
    return {
        **installer_settings(os.environ),
        "PATH": os.pathsep.join(tool_folders(root)),
        "HOME": str(home),
        "PYTHONPATH": str(root),
        "PYTHONUNBUFFERED": "1",
    }


def runner_environment(endpoint_url: str, byte_code: Path) -> dict[str, str]:
    """What a self-hosted runner in this world would give to every job.

    Args:
        endpoint_url: of the local AWS.
        byte_code: where Python keeps what it compiled, for the jobs that follow.
    """
    return {
        **installer_settings(os.environ),
        **_NO_AWS_PROFILES,
        "AWS_ENDPOINT_URL": endpoint_url,
        "CI": "true",
        "PYTHONPYCACHEPREFIX": str(byte_code),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        "JSII_NODE": str(Path(sys.executable).parent / "node"),
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
    }


def person_environment(root: Path, home: Path, region: str) -> dict[str, str]:
    """Environment of a person at the command line, without credentials."""
    return {
        **server_environment(root, home),
        **_NO_AWS_PROFILES,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "JSII_NODE": str(Path(sys.executable).parent / "node"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }


def run(
    argv: list[str], *, cwd: Path, env: Mapping[str, str], log: Path, stdin: str | None = None
) -> str:
    """Run a program to its end and return its standard output; both streams go to `log`.

    Raises:
        subprocess.CalledProcessError: the program failed; `log` says why.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        argv, cwd=cwd, env=dict(env), input=stdin, capture_output=True, text=True, check=False
    )
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(argv)}\n{done.stdout}{done.stderr}")
    done.check_returncode()
    return done.stdout
