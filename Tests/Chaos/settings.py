"""What the world of Tests/chaos is like."""

TOOLS = ["mark-problems", "solve-problems", "check-solutions"]
OTHERS = ["run-stamped", "kill-stamped", "each-second"]
# The programs a-1 to a-4 are one script by four names; c is mended by a script in solutions/.
HEARTS = ["a-1", "a-2", "a-3", "a-4", "b", "c"]

# Seconds. As short as may be, so that much happens in little time.
LIMIT, START_LIMIT = 2, 3
SETTINGS = {
    "solve-time": 3, "grace": 1, "solve-within": 5, "restart-within": 10, "minimum-uptime": 1,
    # The ladder must not come to its end here: neither a reboot nor standing down.
    "restarts-before-reboot": 1_000_000, "restarts-window": 31_536_000,
}
# How long a program may be unwell without a problem, a solver or a restart of the system.
LOST_AFTER = START_LIMIT + 4
# Within how many seconds an incident that was noted in memory is on the disk, on a busy machine.
CARRIED_WITHIN = 10
# How long it may take until all is well when the faults are over: the longest pause between two attempts, and
# some for the attempt.
WELL_WITHIN = 75
ROUND = 0.1
