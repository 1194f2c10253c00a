"""Which GitHub projects use, and what follows from its address: the API's, and the tokens' issuer.

There are three kinds: github.com, a tenant of GHE.com, whose API and issuer are hosts of their own,
and GitHub Enterprise Server, which has both below its own address.
Source: https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from mlops_sm_project_template.config import names

GITHUB_COM = "https://github.com"
# Without scheme, and without a slash at the end.
ISSUER_PATTERN = r"^([a-zA-Z0-9.-]+(:[0-9]+)?(/[a-zA-Z0-9._-]+)*)?$"
_TENANTS = ".ghe.com"
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class GithubServer:
    """One GitHub.

    Args:
        url: of its pages, as `server_address` gives it.
        enterprise_issuer: of an enterprise that has its own; empty for that of the server.
    """

    url: str = GITHUB_COM
    enterprise_issuer: str = ""

    @property
    def is_github_com(self) -> bool:
        """Whether it is github.com itself."""
        return self.url == GITHUB_COM

    @property
    def api_url(self) -> str:
        """Base of its REST API, without a slash at the end."""
        if self.is_github_com:
            return "https://api.github.com"
        return f"https://api.{self._host}" if self._is_tenant else f"{self.url}/api/v3"

    @property
    def issuer(self) -> str:
        """Issuer of the workflow tokens without scheme, as IAM writes it in ARNs and keys."""
        if self.enterprise_issuer:
            return self.enterprise_issuer
        if self.is_github_com:
            return names.GITHUB_COM_ISSUER
        return f"token.actions.{self._host}" if self._is_tenant else f"{self._host}/_services/token"

    @property
    def hands_over_all_claims(self) -> bool:
        """Whether STS makes conditions of the claims `ref` and `repository_id`."""
        return self.is_github_com and not self.enterprise_issuer

    @property
    def _host(self) -> str:
        return self.url.split("://", 1)[1]

    @property
    def _is_tenant(self) -> bool:
        return self._host.endswith(_TENANTS)


def server_address(url: str) -> str:
    """Scheme, host and port of an address, which may end in a slash.

    Raises:
        ValueError: it is not HTTPS, unless on this machine, or it is more than that.
    """
    parts = urlsplit(url.rstrip("/"))
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS
    if not (parts.scheme == "https" or plain) or not parts.hostname:
        raise ValueError("not https")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError("more than scheme, host and port")
    return f"{parts.scheme}://{parts.netloc.lower()}"
