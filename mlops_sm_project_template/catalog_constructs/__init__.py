"""Parts of the registration stack."""
