"""One scenario on one device."""

import calendar
import contextlib
import os
import queue
import subprocess
import tempfile
import threading
import time

from . import calls, loader
from .image import HERE, TREE
from .packages import kernel_image, kernel_of
from .qemu import RAMOOPS, Qemu
from .timeline import Timeline
from .verdict import Verdict

# Until the chain is complete: two generations of helpers, the device armed, and past minimum-uptime.
SETTLED = 150
# A guest that computes for so long (in seconds of the processor) and says nothing will not say anything any more: beside
# other work on the host that may be many real ones.
SILENCE = 480
# Nor one that says nothing for so many real seconds.
PATIENCE = 1800
# In S3, of real time: longer than the hearts' limit.
SLEEP = 40


class Result:
    def __init__(self, scenario, device):
        self.name, self.device = scenario.name, device
        self.outcome, self.expected, self.seconds, self.bound = "FAILED", "", None, None
        self.why, self.log, self.took = "", [], 0.0

    @property
    def has_passed(self):
        return self.outcome == "passed"


def files(scenario, device):
    """What the guest finds in /scenario."""
    box, clock = scenario.box, start_of_clock(scenario)
    header = {
        "device": "none" if "no-device" in box else " ".join([device] + scenario.also),
        "mapped_disk": "yes" if "mapped-disk" in box else "",
        "loader": loader.of(box), "loader_disk": loader.LOADERS[loader.of(box)].DISK if loader.of(box) else "",
        "has_swap": "yes" if "swap" in box else "",
        "ramoops": RAMOOPS if "ramoops" in box else "",
        "settled": SETTLED, "rtc_base": clock, "programs": " ".join(scenario.programs),
        "heart": scenario.heart, "program": scenario.program, "module_options": scenario.module, "driver": device,
    }
    found = {"scenario/header": "".join(f"{key}='{value}'\n" for key, value in header.items())}
    for name in ("observer", "program", "port-holder", "waiter", "daemon", "functions"):
        with open(f"{HERE}/guest/{name}") as file:
            found[f"scenario/{name}"] = file.read()
    if "attacker" in scenario.body:
        found["scenario/attacker"] = attacker()
    found["scenario/lease"] = calls.program(calls.LEASE)
    found["scenario/leap"] = calls.program(calls.LEAP)
    start = ". /run/machine/scenario/header\n. /run/machine/scenario/functions\n"
    found["scenario/run"] = start + scenario.body
    if scenario.prepare:
        found["scenario/prepare"] = scenario.prepare
    if scenario.later:
        found["scenario/later"] = start + scenario.later
    for name, value in scenario.settings.items():
        found[f"scenario/etc/watchdog/{name}"] = value.replace(",", "\n") + "\n"
    return found


def attacker():
    """That of Tests/hostile, for a guest that has no libraries for it."""
    with tempfile.TemporaryDirectory() as folder:
        source = f"{TREE}/Tests/Hostile/attacker.c"
        subprocess.run(["cc", "-static", "-O1", "-o", f"{folder}/attacker", source], check=True)
        with open(f"{folder}/attacker", "rb") as file:
            return file.read()


def crash_kernel(machine, release):
    """The kernel once more, and what loads it for a panic."""
    with open(kernel_image(kernel_of(machine.cache, release or "bookworm")), "rb") as file:
        return {"scenario/vmlinuz": file.read(), "scenario/crash-kernel": calls.program(calls.CRASH_KERNEL)}


def start_of_clock(scenario):
    year = 1970 if "clock-1970" in scenario.box else 2026
    return calendar.timegm((year, 1, 1 if year > 1970 else 2, 0, 0, 0))


def run(machine, scenario, device, is_real_time=False):
    result, begun = Result(scenario, device), time.monotonic()
    clock = start_of_clock(scenario)
    box = machine.box_for(scenario.release, "package" in scenario.box)
    extra = files(scenario, device)
    if "kdump" in scenario.box:
        extra.update(crash_kernel(machine, scenario.release))
    qemu = Qemu(
        machine.cache, box, box.first_files(extra), device, is_real_time, clock,
        5 if "slow-processor" in scenario.box else 3, scenario.box)
    timeline = Timeline(clock, device)
    verdicts = [Verdict(expectation, scenario, timeline) for expectation in scenario.expectations]
    try:
        result.why = follow(qemu, timeline, verdicts, result.log)
    except (OSError, ValueError, KeyError, queue.Empty) as error:
        result.why = f"the harness could not go on: {error!r}"
    finally:
        qemu.close()
    judge(verdicts, timeline, result)
    result.took = time.monotonic() - begun
    return result


def follow(qemu, timeline, verdicts, log):
    """Until everything is decided. Returns why it is not, if so."""
    decided_at = None
    while True:
        said = next_word(qemu)
        if said is None:
            return "the box was silent for too long"
        if said[0] == "end" and said[1] is not qemu.process:
            continue
        if said[0] == "end":
            open_ones(verdicts, False)
            return "" if timeline.shutdown else "qemu ended"
        if said[0] == "event":
            log.append(f"--- QMP {said[1]} {said[2] or ''}")
            timeline.take_event(said[1], said[2])
            if said[1] == "SUSPEND":
                # Neither the guest's time nor its devices' goes on meanwhile, only the clock chip's.
                time.sleep(SLEEP)
                qemu.execute("system_wakeup")
            if said[1] == "SHUTDOWN" and said[2].get("reason") == "guest-reset":
                qemu.boot_again(timeline.rtc_base + timeline.now)
            if not timeline.shutdown:
                continue
            said = ("line", "")
        log.append(said[1])
        event = timeline.take_line(said[1])
        if timeline.shutdown:
            open_ones(verdicts, True)
            return ""
        if event is None or event.kind == "LOG":
            continue
        if event.kind == "HOST":
            act(qemu, event.words.split())
        if event.kind == "NOW" and timeline.now > 600 and not timeline.first("FAULT"):
            return "the scenario did not come to its fault"
        left = open_ones(verdicts, False)
        if any(verdict.answer is False for verdict in verdicts):
            return ""
        # What is told is told a little later, and what must not be told might be.
        if all("told" in verdict.kind for verdict in left):
            decided_at = decided_at or timeline.now
            if not left or timeline.now - decided_at > 30:
                return ""


def next_word(qemu):
    """What the box says next; None where it is silent for too long."""
    begun, computed = time.monotonic(), qemu.computed()
    while True:
        with contextlib.suppress(queue.Empty):
            return qemu.queue.get(timeout=20)
        if qemu.computed() - computed > SILENCE or time.monotonic() - begun > PATIENCE:
            return None


def open_ones(verdicts, is_over):
    for verdict in verdicts:
        verdict.answer = verdict.look(is_over)
    return [verdict for verdict in verdicts if verdict.answer is None]


def act(qemu, words):
    """What a scenario asks for from outside."""
    if words[0] == "hang":
        qemu.hang()
    elif words[0] == "type":
        qemu.type(" ".join(words[1:]))
    elif words[0] == "wake":
        threading.Thread(target=wake, args=[qemu], daemon=True).start()
    elif words[0] == "stop":
        qemu.execute("stop")
        time.sleep(float(words[1]))
        qemu.execute("cont")


def wake(qemu):
    """Presses a key now and then: while the box sleeps nothing is heard of it, and its time flies."""
    for _ in range(10):
        time.sleep(20)
        with contextlib.suppress(OSError):
            qemu.type("")


def judge(verdicts, timeline, result):
    open_ones(verdicts, False)
    for verdict in verdicts:
        if verdict.kind == "untold" and verdict.answer is None and not result.why:
            verdict.answer = True
    wrong = [verdict for verdict in verdicts if verdict.answer is not True]
    shown = (wrong or verdicts)[0]
    result.expected = shown.expectation.text
    result.seconds, result.bound = shown.seconds, shown.bound
    problems = [f"not so: {verdict.expectation.text}" for verdict in wrong]
    if timeline.all("TWICE"):
        problems.append("a program ran twice: " + timeline.first("TWICE").words)
    # The two witnesses must agree.
    if timeline.resets < timeline.boot - 1:
        problems.append(f"{timeline.boot} boots, but {timeline.resets} resets")
    if result.why or problems:
        result.why = "; ".join(([result.why] if result.why else []) + problems)
    else:
        result.outcome = "passed"
