"""The media types that AWS's toolkits speak."""

CSV = "text/csv"
JSON = "application/json"
NPY = "application/x-npy"
# Bodies of these, spelled exactly so, reach the user's functions as text.
TEXTS = (JSON, CSV)
