"""REST: what the server is.

Imitated: https://docs.github.com/en/enterprise-server@latest/rest/meta/meta. A GitHub Enterprise
Server tells its version there, GitHub.com its addresses.
"""

from rehearsal.github.http.call import ApiRoute, Call, Reply

INSTALLED_VERSION = "3.20.0"


def get_meta(_call: Call) -> Reply:
    """The version of the server whose addresses are imitated."""
    body = {"verifiable_password_authentication": True, "installed_version": INSTALLED_VERSION}
    return Reply(200, body)


ROUTES = (ApiRoute("GET", "/meta", get_meta),)
