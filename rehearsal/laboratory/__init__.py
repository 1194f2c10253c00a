"""Trials with faults, permissions taken away, and benchmarks."""
