"""One fault, from a new world to the verdict on it."""

import os
import signal
import subprocess
import time

from box import Box, NotSet, TICK
from calls import parse
from judge_faults import FaultJudge
from processes import now, read

# How long a tool hangs: longer than each-second lets it.
HANG = 4.0
WELL_WITHIN = 60


def list_calls(executables, scene):
    """The calls of an undisturbed run, and whether all was well with it."""
    box = Box(executables)
    try:
        box.begin()
        scene.prepare(box)
        wait_for(inject(box, scene, ["list"]), None, box, scene)
        judge = FaultJudge(box, scene)
        settle(box, scene, judge, 0)
        wrong = {check: [words for words, _ in found] for check, found in judge.wrong.items() if found}
        return parse((read(f"{box.path}/log") or b"").decode(errors="replace")), wrong
    finally:
        box.clear(False)


def try_fault(executables, scene, fault):
    """Returns what is wrong afterwards, by check; None where the call did not come, or all was too slow for the scene."""
    box = Box(executables)
    try:
        box.begin()
        scene.prepare(box)
        judge = FaultJudge(box, scene)
        call = fault.call
        process = inject(
            box, scene, [fault.kind, str(fault.value), str(call.process), str(call.call), str(call.number)])
        hit = wait_for(process, fault, box, scene)
        if hit is None:
            return None
        if fault.kind == "hang":
            hang(box, scene, judge, call.process == 0, hit)
        code = finish(process, judge)
        look_at_code(code, fault, judge)
        offset = os.path.getsize(f"{box.path}/said")
        settle(box, scene, judge, offset)
        found = {check: [words for words, _ in found] for check, found in judge.wrong.items() if found}
        if found:
            found["told"] = said_since(box, 0).splitlines()[-12:]
        return found
    except NotSet:
        return None
    finally:
        box.clear(False)


def inject(box, scene, how):
    command = [f"{box.path}/bin/injector", f"{box.path}/log", *how, f"{box.path}/bin/{scene.words[0]}"]
    return subprocess.Popen(
        command + list(scene.words[1:]), env=box.environment, stdin=subprocess.DEVNULL, stdout=box.said,
        stderr=box.said, cwd="/")


def wait_for(process, fault, box, scene):
    """Waits for the fault, or for the end. Returns the process that was hit."""
    end = now() + scene.patience
    while now() < end:
        log = read(f"{box.path}/log") or b""
        if fault and log.startswith(b"hit "):
            return int(log.split()[1])
        if process.poll() is not None:
            return None
        scene.meanwhile(box)
        time.sleep(0.03)
    process.kill()
    raise RuntimeError(f"{box.path}: the run has no end")


def hang(box, scene, judge, is_first, pid):
    end = now() + HANG
    while now() < end:
        box.tick(without=scene.tool)
        judge.look()
        time.sleep(TICK)
    try:
        if is_first and scene.tool:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


def finish(process, judge):
    try:
        return process.wait(20)
    except subprocess.TimeoutExpired:
        judge.fault("hang", "the run that was disturbed has no end")
        process.kill()
        return process.wait()


def look_at_code(code, fault, judge):
    wasKilled = code == 137 and fault.kind in ("before", "after", "hang")
    # What has no memory for its own heap cannot say so.
    isMemory = fault.kind == "error" and fault.call.number in (9, 12)
    if code > 128 and not wasKilled and not isMemory:
        judge.fault("crash", f"it was ended by signal {code - 128}")


def settle(box, scene, judge, offset):
    """Ticks without any fault until all is well, for a minute at most."""
    scene.afterwards(box, judge)
    begun, since, unwell = now(), None, []
    while now() - begun < WELL_WITHIN:
        for tool in box.tick():
            judge.fault("hang", f"{tool} has no end")
        judge.look()
        unwell = judge.unwell() + scene.unwell(box, said_since(box, 0))
        if unwell:
            since = None
        elif since is None:
            since = now()
        elif now() - since > 3 * TICK:
            break
        time.sleep(TICK)
    else:
        judge.fault("well", f"not well: {', '.join(unwell)}")
    judge.look_at_the_end(said_since(box, offset))


def said_since(box, offset):
    return (read(f"{box.path}/said") or b"")[offset:].decode(errors="replace")
