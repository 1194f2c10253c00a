"""GitHub tokens that are stored once for an owner."""
