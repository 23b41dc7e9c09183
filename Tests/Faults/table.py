"""The table of what was tried."""

import collections
import sys
import time

from calls import name, words


def write_results(path, tried, missed, wrong, seconds):
    bad = collections.Counter(scene for scene, _, _ in wrong)
    lines = [
        "# A fault at each system call", "",
        f"Made by `{' '.join(sys.argv)}` on {time.strftime('%Y-%m-%d')} in {seconds / 60:.0f} minutes; "
        f"{missed} calls that were listed did not come again.", "",
        "| run | calls | faults | violations |", "|---|---:|---:|---:|"]
    for scene, faults in sorted(tried.items()):
        calls = {fault.call for fault in faults}
        lines.append(f"| {scene} | {len(calls)} | {len(faults)} | {bad[scene]} |")
    total = sum(map(len, tried.values()))
    calls = sum(len({fault.call for fault in faults}) for faults in tried.values())
    lines += [f"| **all** | {calls} | {total} | {len(wrong)} |", "", "| call | faults |", "|---|---:|"]
    by_call = collections.Counter(name(fault.call) for faults in tried.values() for fault in faults)
    lines += [f"| {call} | {count} |" for call, count in sorted(by_call.items())]
    if wrong:
        lines += ["", "## Violations", ""]
    for scene, fault, found in wrong:
        what = fault if isinstance(fault, str) else words(fault)
        lines.append(f"- {scene}: {what}: " + "; ".join(f"{check}: {text[0]}" for check, text in found.items() if text))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
