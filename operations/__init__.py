"""Commands for the platform engineers who run the template in an account."""
