"""Service Quotas: how much of what an account may have."""
