"""What things cost that stay when nobody uses them."""

PRICES_USD = {
    "S3 storage, GB-month": 0.023,
    "KMS key, month": 1.00,
    "secret, month": 0.40,
    "log storage, GB-month": 0.03,
    "alarm, month": 0.10,
    "table storage with recovery, GB-month": 0.51,
}
"""List prices of eu-west-1 as AWS's price pages gave them in November 2026."""
