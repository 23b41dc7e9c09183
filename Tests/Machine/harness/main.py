"""The command line of Tests/machine."""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import threading
import time

from . import loader
from . import run as runner
from . import scenario as scenarios
from .image import TREE, Machine
from .packages import Lacking

RESULTS = os.path.join(TREE, "Tests/Machine/RESULTS.md")
RESULTS_REAL_TIME = os.path.join(TREE, "Tests/Machine/RESULTS-real-time.md")

DESCRIPTION = """Breaks a box in every way: a real Linux kernel with its real watchdog drivers, Debian's cron and the
installed chain, in QEMU. Idle seconds of the guest take no time. What is tried, and what must come of it, is in
Tests/Machine/scenarios."""


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/machine", description=DESCRIPTION)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these scenarios")
    parser.add_argument("--tools", default=os.path.join(TREE, ".build-tiny/release"), metavar="DIR",
                        help="the executables (.build-tiny/release)")
    parser.add_argument("--device", choices=["softdog", "i6300esb", "ib700", "ipmi", "itco"], help="only with this one")
    parser.add_argument("--release", choices=["bookworm", "trixie"], default="bookworm",
                        help="the Debian of the boxes with systemd (bookworm)")
    parser.add_argument("--subset", action="store_true", help="the five minutes of Tests/run")
    parser.add_argument("--long", action="store_true", help="also those that take half an hour")
    parser.add_argument("--real-time", action="store_true", help="not in virtual time: takes hours")
    parser.add_argument("--keep-log", action="store_true", help="keep what each guest said")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="each so often")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many boxes at the same time")
    parser.add_argument("--results", action="store_true",
                        help="keep what became of them in the table of Tests/Machine/RESULTS.md, or RESULTS-real-time.md")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--lacks", action="store_true",
                        help="prepare all that is needed; say what this machine lacks, or nothing")
    return parser.parse_args()


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("WATCHDOG_MACHINE_CACHE") or f"{home}/watchdog-chain/machine"


def number(value):
    return "" if value is None else f"{value:.0f}" if isinstance(value, int) else f"{value:.1f}"


def rows(results):
    """A row for each scenario and device, with what differs between its runs."""
    grouped = {}
    for result in results:
        grouped.setdefault((result.name, result.device), []).append(result)
    found = [("scenario", "device", "outcome", "seconds", "bound", "expected")]
    for (name, device), runs in sorted(grouped.items()):
        worst = next((run for run in runs if not run.has_passed), runs[0])
        seconds = list(dict.fromkeys(number(run.seconds) for run in runs))
        found.append((name, device, worst.outcome, " / ".join(seconds), number(worst.bound), worst.expected))
    return found


def table(results):
    lines = rows(results)
    widths = [max(len(row[column]) for row in lines) for column in range(5)]
    for row in lines:
        cells = [row[column].ljust(widths[column]) for column in range(3)]
        cells += [row[column].rjust(widths[column]) for column in (3, 4)]
        print("  ".join(cells + [row[5]]).rstrip())


def describe():
    """The commit that the executables are of, where they were made of the checkout; with a + where that was changed since."""
    def git(*words):
        command = ["git", "-C", TREE, *words]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain", "Sources", "etc", "cron") else "")


def kept(path):
    """The rows of a table that was kept, by scenario and device; without those of scenarios that are no more."""
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        found = [tuple(cell.strip() for cell in line.strip("| \n").split(" | ")) for line in file if line.startswith("| ")]
    known = scenarios.names()
    return {row[:2]: row for row in found if row[0] in known}


def keep(results, machine, commit, path):
    """Writes what became of these into the table where a reader of the repository finds it, beside the others."""
    head, *lines = rows(results)
    found = kept(path) | {line[:2]: (*line, commit) for line in lines}
    failed = sum(row[2] != "passed" for row in found.values())
    text = ["# What became of each fault", "", "Kept by `Tests/machine --results`, of which each run replaces what it tries.", "",
            "Seconds are from the fault to what is expected, in the guest's time; where runs differ there are several.",
            "The commit is that of the executables.", ""]
    text += [f"- {line}" for line in versions(machine)] + [""]
    text += [f"| {' | '.join(head)} | commit |", "|---|---|---|---:|---:|---|---|"]
    text += [f"| {' | '.join(found[case])} |" for case in sorted(found)]
    text += ["", f"{len(found) - failed} passed, {failed} failed"]
    with open(f"{path}.new", "w") as file:
        file.write("\n".join(text) + "\n")
    os.rename(f"{path}.new", path)


def choose(options):
    """The scenarios with their devices, and those that make no sense on a device that was asked for."""
    chosen, skipped = [], []
    for name in options.names or scenarios.names():
        scenario = scenarios.Scenario(name, options.release)
        if options.subset and not scenario.subset:
            continue
        if scenario.is_long and not (options.names or options.long):
            continue
        devices = scenario.subset if options.subset else scenario.devices
        devices = [device for device in devices if options.device in (None, device)]
        if not devices:
            skipped.append((name, f"not for {options.device}"))
        chosen += [(scenario, device) for device in devices]
    return chosen, skipped


def main():
    options = arguments()
    try:
        chosen, skipped = choose(options)
    except (OSError, scenarios.Mistake) as error:
        sys.exit(f"machine: {error}")
    if options.list:
        for scenario, device in chosen:
            mark = "*" if device in scenario.subset else " "
            print(f"{mark} {scenario.name:32} {device:9} {scenario.sentence}")
        return 0
    try:
        machine = Machine(cache(), os.path.abspath(options.tools))
    except Lacking as lack:
        print(f"machine: {lack}", file=sys.stdout if options.lacks else sys.stderr)
        return 0 if options.lacks else 69
    try:
        return 0 if options.lacks else run_all(machine, chosen, skipped, options)
    finally:
        machine.close()


def run_all(machine, chosen, skipped, options):
    begun, commit = time.monotonic(), describe()
    logs = os.path.join(machine.cache, "logs")
    os.makedirs(logs, exist_ok=True)
    chosen = without_lacking(machine, chosen, skipped)

    results, lock = [], threading.Lock()

    def run(case):
        scenario, device = case
        result = runner.run(machine, scenario, device, options.real_time)
        tell(result, logs, options.keep_log)
        with lock:
            results.append(result)
            # At once: a run of all takes an hour, and may be ended.
            if options.results:
                keep(results, machine, commit, RESULTS_REAL_TIME if options.real_time else RESULTS)

    with concurrent.futures.ThreadPoolExecutor(max_workers=max(options.jobs, 1)) as pool:
        list(pool.map(run, chosen * max(options.times, 1)))
    print()
    table(results)
    for name, why in skipped:
        print(f"skipped: {name}: {why}")
    failed = sum(not result.has_passed for result in results)
    summary = f"{len(results) - failed} passed, {failed} failed, {len(skipped)} skipped"
    print(f"\n{', '.join(versions(machine))}\n{time.monotonic() - begun:.0f} s")
    print(summary)
    return 1 if failed else 0


def without_lacking(machine, chosen, skipped):
    """Those that can be run here: a box with systemd, or with a boot loader, is made of more packages than the others."""
    lacking = {}

    def kind(scenario):
        return scenario.release, "package" in scenario.box, loader.of(scenario.box)

    for release, has_package, name in {kind(scenario) for scenario, _ in chosen}:
        try:
            machine.box_for(release, has_package)
            loader.prepare(machine.cache, [name])
        except Lacking as lack:
            lacking[release, has_package, name] = str(lack)
    skipped += [(f"{scenario.name} on {device}", lacking[kind(scenario)])
                for scenario, device in chosen if kind(scenario) in lacking]
    return [case for case in chosen if kind(case[0]) not in lacking]


def tell(result, logs, keeps_log):
    words = "passed" if result.has_passed else "FAILED"
    said = [f"{words}: {result.name} on {result.device} ({result.took:.0f} s)"]
    log = os.path.join(logs, f"{result.name}.{result.device}")
    if keeps_log or not result.has_passed:
        with open(log, "w") as file:
            file.write("\n".join(result.log) + "\n")
    if not result.has_passed:
        said += [f"    {result.why}", f"    {log}"] + [f"    | {line}" for line in result.log[-12:]]
    print("\n".join(said), flush=True)


def versions(machine):
    from .packages import run
    qemu = run(["qemu-system-x86_64", "--version"], 30).split("\n")[0].split("version ")[-1]
    wanted = ("linux ", "cron ", "busybox")
    return [line for line in machine.versions if line.startswith(wanted)] + [f"qemu {qemu}"]
