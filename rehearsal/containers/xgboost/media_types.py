"""The media types that the container speaks here."""

CSV = "text/csv"
JSON = "application/json"
