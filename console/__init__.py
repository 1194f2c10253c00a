"""One page over what AWS and GitHub say of projects: it keeps nothing and may do what you may."""
