"""How long each kind of thing may stand still before a play gives it up, in seconds.

Not how long it may take: whatever moves begins the count anew.
"""

# One step of a job: it may install packages, or wait for a stack, on a machine under load.
RUN_STILL_SECONDS = 300.0
# A pipeline step tells nothing while it trains, on data of whatever size.
PIPELINE_STILL_SECONDS = 900.0
# One resource of a stack, such as an endpoint that loads its containers.
STACK_STILL_SECONDS = 300.0
# `make register` and its like: one line, or one resource of a stack of theirs.
COMMAND_STILL_SECONDS = 600.0
# An event reaches a function, which starts a run or asks people.
EVENT_STILL_SECONDS = 60.0
# A run that is there waits for a runner, or for people.
BEGIN_STILL_SECONDS = 120.0
# A function writes into the registry or to GitHub how something ended.
RECORD_STILL_SECONDS = 60.0
# A server that starts and writes nothing to its log.
SERVER_STILL_SECONDS = 40.0
