"""Trials: many projects in one world, launched, updated and deleted while GitHub fails.

Used by the tests and by the benchmarks; `ground` makes the world, `matrix`, `storm` and
`approvals` are the trials.
"""
