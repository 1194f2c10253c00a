"""Resources as GitHub's REST API shows them."""
