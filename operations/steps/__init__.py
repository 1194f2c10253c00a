"""Rows of steps that look before they do: what they would do, then what they did."""
