"""The rehearsal: the product's whole lifecycle on one machine, without an account."""
