"""From a fault to its notice and to the program's next beat, over many faults at random phases of the second."""
import json
import os
import random
import signal
import subprocess
import time

from bench import TICKED, table

PROGRAMS, ROUNDS, LIMIT = 20, 10, 2


def beat(world, name):
    return os.stat(f"{world.path}/run/beats/{name}").st_mtime


def process(world, name):
    with open(f"{world.path}/run/pids/{name}") as file:
        return int(file.read().split()[0])


def noticed(world, since):
    """When mark-problems noticed each program, as it wrote down itself."""
    times = {}
    with open(f"{world.path}/data/incidents.jsonl") as file:
        for line in file:
            incident = json.loads(line)
            if incident["event"] == "noticed" and incident["uptime"] >= since:
                times.setdefault(incident["name"], incident["uptime"])
    return times


def wait(condition, seconds, words):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"benchmark: {words} within {seconds} s")
        time.sleep(0.005)


def one_round(world, kind, chance):
    """Breaks every program at a time of its own within a second; answers notices and recoveries in seconds."""
    names = [f"p{index}" for index in range(PROGRAMS)]
    begun = time.monotonic()
    due = {}
    for name, at in sorted(((name, chance.random()) for name in names), key=lambda pair: pair[1]):
        time.sleep(max(begun + at - time.monotonic(), 0))
        os.kill(process(world, name), signal.SIGSTOP if kind == "hangs" else signal.SIGKILL)
        now = time.monotonic()
        # A hung one is late from its last beat on, a dead one from its death.
        due[name] = now - (time.time() - beat(world, name)) + LIMIT if kind == "hangs" else now
    broken = {name: time.time() - (time.monotonic() - due[name]) for name in names}
    recovered = {}

    def all_beat():
        for name in names:
            if name not in recovered and beat(world, name) > broken[name]:
                recovered[name] = beat(world, name)
        return len(recovered) == PROGRAMS

    wait(all_beat, 30, f"not every program that {kind} was back")
    wait(lambda: not os.listdir(f"{world.path}/run/problems"), 10, "problems were left")
    seen = noticed(world, begun)
    return [seen[name] - due[name] for name in names], [recovered[name] - broken[name] for name in names]


def run(bench):
    world = bench.world()
    chance = random.Random(1)
    for index in range(PROGRAMS):
        world.write(f"etc/hearts/p{index}", f"{LIMIT} 10\n")
        program = f"{world.path}/etc/programs/p{index}"
        world.write(f"etc/programs/p{index}", f"#!/bin/sh\nexec {bench.own('pulse')} {world.path}/run/beats/p{index}\n")
        os.chmod(program, 0o755)
    subprocess.run([bench.tool("mark-problems")], env=world.environment, check=True)
    for index in range(PROGRAMS):
        command = [bench.tool("run-stamped"), "--background", f"p{index}"]
        subprocess.run(command, env=world.environment, check=True)
    tools = [bench.tool(name) for name in TICKED]
    ticking = subprocess.Popen(
        [bench.tool("each-second"), "--lifetime", "3600", *tools], env=world.environment, stderr=subprocess.DEVNULL)
    rows = []
    try:
        for kind in ["hangs", "dies"]:
            notices, recoveries = [], []
            for _ in range(ROUNDS):
                # So long a run is calm: what is measured is the first attempt, without a pause.
                time.sleep(13)
                some = one_round(world, kind, chance)
                notices += some[0]
                recoveries += some[1]
            for words, times in [("until it is noticed", notices), ("until it beats again", recoveries)]:
                times.sort()
                rows.append([
                    f"{kind}, {words}", len(times), *(f"{times[int(len(times) * part)]:.2f}" for part in (0.5, 0.9, 0.99)),
                    f"{times[-1]:.2f}"])
    finally:
        ticking.kill()
        ticking.wait()
        subprocess.run([bench.tool("kill-stamped")], env=world.environment)
    return table(
        "From a fault to its notice and to the next beat",
        f"In seconds: for a program that hangs from its deadline ({LIMIT} s after its last beat), for one that dies from "
        f"its death. {PROGRAMS} programs are broken within each second.",
        ["a program", "faults", "median", "90 %", "99 %", "worst"], rows)
