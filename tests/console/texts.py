"""Texts as somebody might give them who means ill, and what a page must make of them."""

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
# Of a terminal, of what turns writing around, and what no eye sees.
CONTROLS = "\x1b[31m\x07\r\u202e\u2066\u200b\x00\ufeff"
UNBROKEN = "W" * 90
HOSTILE = f"{MARKUP} \"quoted\" 'once' & {{{{ 7 * 7 }}}} {CONTROLS} {UNBROKEN}"
