"""`make mutants`: small faults in the functions and in the template's policies, and who notices.

Stages: collect every mutant that the operators make (`python_mutants.py`, `policy_mutants.py`);
draw some by a seed (`draw.py`); find the tests that enter the changed line (`coverage_map.py`);
play them, fastest first, on a copy of the tree that holds the mutant (`play.py`); write down which
mutants no test noticed (`report.py`), of whom each needs a reason (`survivors.toml`).
"""
