"""The calls of an ordinary run, and the faults that are tried at each."""

import collections
import errno
import re

from errors import ERRORS, SILENT, names_of_calls

# Executables that are ours to be disturbed at each call; of others it matters only when they are killed.
OURS = {
    "mark-problems", "solve-problems", "check-solutions", "kwatchdog-feeder", "each-second", "beat", "run-stamped",
    "kill-stamped", "watchdog-chain",
}
NAMES = names_of_calls()

Call = collections.namedtuple("Call", "process call number executable path")
Fault = collections.namedtuple("Fault", "call kind value")


def name(call):
    return NAMES.get(call.number, str(call.number))


def words(fault):
    """A fault, in words that can be handed back by --only."""
    call = fault.call
    what = errno.errorcode[fault.value] if fault.kind == "error" else fault.kind
    return f"{call.executable} {call.process}.{call.call} {name(call)}({call.path}) {what}"


def parse(text):
    calls = []
    for line in text.splitlines():
        fields = line.split(" ", 4)
        if len(fields) == 5 and fields[0].isdigit():
            calls.append(Call(int(fields[0]), int(fields[1]), int(fields[2]), fields[3], fields[4]))
    return calls


def worth(calls):
    """The calls that are tried. Of what is done again and again, as a wait in small steps or a look at every process of
    the machine, the first and the last two times stand for all."""
    by_kind = collections.defaultdict(list)
    for call in calls:
        path = re.sub(r"[0-9a-f-]{36}|\d+", "#", call.path)
        by_kind[call.process, call.executable, call.number, path].append(call)
    kept = set()
    for (_, executable, _, path), some in by_kind.items():
        # Descriptors tell no path: which of them it is shows only in what came before.
        most = 10 if path == "-" else 2
        if executable not in OURS:
            most = 2
        kept.update(some if len(some) <= most else some[:most // 2] + some[-most // 2:])
    return sorted(kept)


def faults(call, ours=OURS):
    """What is tried at a call."""
    if call.executable not in ours:
        return [Fault(call, "before", 0)]
    found = [Fault(call, "before", 0), Fault(call, "after", 0), Fault(call, "hang", 0)]
    if name(call) in SILENT:
        return found[:1]
    for word in ERRORS.get(name(call), "EINTR").split():
        # That nothing was told yet cannot be told from a lie that says so.
        if word == "ENOENT" and call.path == "told":
            continue
        found.append(Fault(call, "error", getattr(errno, word)))
    if name(call) == "write":
        found.append(Fault(call, "short", 0))
    # One that ends while its path is walked (proc_pid_permission in fs/proc/base.c); no manual says so.
    if name(call) == "openat" and re.search(r"(^|/)\d+/stat$", call.path):
        found.append(Fault(call, "error", errno.ESRCH))
    return found


def unknown(calls):
    """The calls that no table names."""
    return sorted({name(call) for call in calls if call.executable in OURS} - set(ERRORS) - SILENT)
