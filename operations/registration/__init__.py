"""Registers the template in an account: what is missing is made, what is there is left as it is."""
