"""The kinds of faults that trials inject; `github/core/faults.py` tells what each does."""

ANSWERS = ("500", "502", "503", "404", "429", "403")
CONNECTIONS = ("502-after", "reset", "reset-after", "cut", "timeout", "lost")
KILLS = ("kill", "kill-after")
FAULTS = (*ANSWERS, *CONNECTIONS, *KILLS)
# What cannot be shown without real processes and connections.
PROCESS_FAULTS = (*CONNECTIONS, *KILLS)
# The request does its work first; one that only reads has none, so the function sees the same as
# with `502`, `reset`, `timeout` and `kill`.
APPLIED = frozenset({"502-after", "reset-after", "lost", "kill-after"})
