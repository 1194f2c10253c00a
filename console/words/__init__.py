"""How states, moments and names are written for people."""
