"""Addresses that pages may lead to, whoever wrote them."""

from urllib.parse import urlsplit


def link(address: str) -> str:
    """The address if it is one of the console's own pages or of the web; else an empty text.

    What AWS and GitHub tell, such as the address of a run, could be `javascript:…` if somebody
    wrote that into it. A browser leaves out blanks and controls, and reads a backslash as `/`.
    """
    if not isinstance(address, str) or not address.isprintable() or set(address) & {" ", "\\"}:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return address if parts.hostname else ""
    # A browser takes any number of slashes at the beginning for two, before a name.
    is_own = not parts.scheme and address[:1] in ("/", "#", "?") and address[:2] != "//"
    return address if is_own else ""
