"""The permissions of fine-grained tokens, as GitHub's headers and its forms name them."""

from collections.abc import Iterable

# Of the header -> of the form in which a token is made, where it is not the same word.
_TITLES = {
    "actions_variables": "Variables",
    "statuses": "Commit statuses",
}


def describe_permissions(accepted: str) -> str:
    """Return the permissions that a header names, as a person finds them in GitHub's form.

    An alternative that asks for more than another one is left out.

    Args:
        accepted: such as `contents=write; contents=write,workflows=write`.
    """
    choices = [frozenset(_split(choice, ",")) for choice in _split(accepted, ";")]
    least = [one for one in choices if not any(other < one for other in choices)]
    return " or ".join(
        " and ".join(map(_title, sorted(choice))) for choice in dict.fromkeys(least) if choice
    )


def _split(text: str, separator: str) -> Iterable[str]:
    return (part.strip() for part in text.split(separator) if part.strip())


def _title(permission: str) -> str:
    name, _, level = permission.partition("=")
    title = _TITLES.get(name, name.replace("_", " ").capitalize())
    return f"{title}: {level}" if level else title
