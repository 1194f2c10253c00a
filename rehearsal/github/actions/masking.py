"""Hides secrets in logs, also in the forms in which they most often leak."""

import base64
import json
from urllib.parse import quote

_SHORTEST_ENCODED = 6
_MASK = "***"


class Masking:
    """Replaces every registered value, each of its lines and its common encodings by ``***``."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def add(self, value: str) -> None:
        """Hide a value from now on."""
        forms = {value, *value.splitlines()}
        for text in [text for text in forms if len(text) >= _SHORTEST_ENCODED]:
            forms |= {json.dumps(text)[1:-1], quote(text, safe=""), *_base64_forms(text)}
        fresh = {form.strip() for form in forms} - {""} - set(self._values)
        self._values = sorted([*self._values, *fresh], key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text without the registered values."""
        for value in self._values:
            if value in text:
                text = text.replace(value, _MASK)
        return text


def _base64_forms(value: str) -> set[str]:
    """Base64 of the value at each of the three places it can have inside a longer text."""
    data = value.encode()
    forms = {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}
    for shift in (0, 1, 2):
        encoded = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        first = (shift * 8 + 5) // 6
        inner = encoded[first : len(encoded) - 1]
        if len(inner) >= _SHORTEST_ENCODED:
            forms.add(inner)
    return forms
