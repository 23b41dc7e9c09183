"""Single runs: start and end, hearts, problems, kill-stamped, sizes."""
import os
import statistics
import subprocess
import time

from bench import ALL_TOOLS, TICK_TOOLS, ratio, table


def start(bench):
    world = bench.world()
    world.hearts(1)
    programs = {
        "empty, static C": [bench.own("empty-static")], "empty, dynamic C": [bench.own("empty-dynamic")],
        "the job in C, static": [bench.own("C-static")], "the job in C, dynamic": [bench.own("C-dynamic")],
        "mark-problems": [bench.tool("mark-problems")], "solve-problems": [bench.tool("solve-problems")],
        "check-solutions": [bench.tool("check-solutions")], "beat": [bench.tool("beat"), "h0"]}
    for command in programs.values():
        subprocess.run(command, env=world.environment, capture_output=True)
    figures = bench.measure(world, 300, list(programs.values()))
    dynamic = figures[3]
    count = bench.instructions(world, programs["the job in C, dynamic"])
    rows = []
    for (name, command), (median, least, processor, memory) in zip(programs.items(), figures):
        instructions = bench.instructions(world, command)
        rows.append([
            name, f"{median:.0f}", ratio(median, dynamic[0]), f"{processor:.0f}", f"{instructions / 1000:.0f}",
            ratio(instructions, count), f"{memory:.0f}"])
    return table(
        "Start and end, with one heart and nothing to do",
        "The ratios are to the same job (mark-problems) in dynamic C. Times are in µs, instructions in thousands.",
        ["program", "wall", "ratio", "processor", "instructions", "ratio", "kB"], rows)


def hearts(bench):
    rows = []
    talk = ["python3", f"{bench.sources}/talk.py"]
    for count in [0, 10, 100, 1_000, 10_000, 100_000]:
        world = bench.world()
        world.hearts(count)
        # An ordinary second: the hearts are known, and nothing but their beats is to be looked at.
        time.sleep(1.5)
        world.watch_since(50)
        commands = [[bench.tool("mark-problems")], [bench.own("C-static")], [bench.own("C-dynamic")]]
        rounds = max(3, min(200, 200_000 // (count + 100)))
        ours, static, dynamic = bench.measure(world, rounds, commands)
        python = bench.measure(world, 3, [talk])[0]
        calls = bench.system_calls(world, commands[0]) if count <= 10_000 else 0
        rows.append([
            f"{count:,} healthy", f"{ours[0]:.0f}", ratio(ours[0], static[0]), ratio(ours[0], dynamic[0]),
            ratio(python[0], ours[0]), f"{ours[0] / count:.2f}" if count else "–", f"{calls:,}" if calls else "–",
            f"{ours[3]:.0f}"])
        world.remove()
    for count in [100, 1_000, 10_000]:
        times = {}
        for name, program in [("ours", bench.tool("mark-problems")), ("static", bench.own("C-static"))]:
            world = bench.world()
            world.hearts(count, limit="1\n", age=100)
            # A heart counts from when it was given, and the kernel alone dates that.
            time.sleep(1.5)
            world.watch_since(50)
            first = bench.measure(world, 1, [[program]])[0]
            if len(os.listdir(f"{world.path}/run/problems")) != count:
                raise SystemExit(f"benchmark: {program} did not mark {count} hearts")
            times[name] = first
            world.remove()
        ours, static = times["ours"], times["static"]
        rows.append([
            f"{count:,} late, to be marked", f"{ours[0]:.0f}", ratio(ours[0], static[0]), "–", "–",
            f"{ours[0] / count:.2f}", "–", f"{ours[3]:.0f}"])
    return table(
        "mark-problems as hearts become more",
        "Wall time in µs, with its ratio to the same job in C, and how many times as long the talk's loop takes in "
        "Python. (C notes a late heart in problems/ only, ours also in incidents.jsonl.)",
        ["hearts", "wall", "to static C", "to dynamic C", "Python takes", "µs each", "system calls", "kB"], rows)


def problems(bench):
    rows = []
    for count in [0, 1, 100, 10_000]:
        world = bench.world()
        failed = f"0 0 9 failed {time.clock_gettime(time.CLOCK_MONOTONIC):.9f} {0:.9f} - -\n"
        world.write("etc/solve-within", "1000\n")
        for index in range(count):
            world.write(f"run/problems/h{index}", "somebody\nsomething\n")
            # In the longest pause: it is looked at, and nothing is begun.
            world.write(f"run/attempts/h{index}", failed)
            world.write(f"etc/programs/h{index}", "")
        commands = [[bench.tool("check-solutions")], [bench.tool("solve-problems")], [bench.own("empty-dynamic")]]
        for command in commands:
            subprocess.run(command, env=world.environment, capture_output=True)
        check, solve, empty = bench.measure(world, max(5, min(200, 20_000 // (count + 100))), commands)
        for index in range(count):
            with open(f"{world.path}/run/attempts/h{index}") as file:
                if file.read() != failed:
                    raise SystemExit(f"benchmark: h{index} was not waited for")
        rows.append([
            f"{count:,}", f"{check[0]:.0f}", ratio(check[0], empty[0]), f"{solve[0]:.0f}", ratio(solve[0], empty[0]),
            f"{check[3]:.0f}", f"{solve[3]:.0f}"])
        world.remove()
    return table(
        "check-solutions and solve-problems as problems become more",
        "Wall time in µs, with its ratio to an empty program in dynamic C; memory in kB.",
        ["problems", "check", "ratio", "solve", "ratio", "check kB", "solve kB"], rows)


def kill(bench):
    rows = []
    for count in [1_000, 5_000]:
        world = bench.world()
        herd = subprocess.Popen([bench.own("herd"), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            if herd.stdout.readline() != b"ready\n":
                rows.append([f"{count:,}", "this machine does not let us have so many processes", *["–"] * 7])
                continue
            total = sum(1 for name in os.listdir("/proc") if name.isdigit())
            looks = [[bench.tool("kill-stamped")], [bench.own("pass")], [bench.own("pass"), "stat"]]
            nobody, least = bench.measure(world, 15, looks[:2])
            times = []
            for _ in range(15):
                run = [bench.tool("run-stamped"), "--background", "web", "--", "sleep", "1000"]
                subprocess.run(run, env=world.environment, check=True)
                ours, floor = bench.measure(world, 1, [[bench.tool("kill-stamped"), "web"], looks[2]])
                times.append((ours[0], ours[2], floor[2]))
            wall, processor, floor = (statistics.median(column) for column in zip(*times))
            rows.append([
                f"{total:,}", f"{nobody[0] / 1000:.1f}", f"{nobody[2] / 1000:.1f}", ratio(nobody[2], least[2]),
                f"{wall / 1000:.1f}", f"{processor / 1000:.1f}", ratio(processor, floor), f"{nobody[3]:.0f}"])
        finally:
            herd.stdin.close()
            herd.wait()
            world.remove()
    return table(
        "kill-stamped among many processes",
        "In ms, when nothing is stamped, and until one stamped process is gone. The ratios are of processor time to one "
        "pass in C: it lists the processes and reads the environment of each, and for one that is stamped also the stat "
        "file of each.",
        ["processes in /proc", "nobody", "processor", "ratio", "one", "processor", "ratio", "kB"], rows)


def sizes(bench):
    rows = [[name, f"{os.path.getsize(bench.tool(name)) / 1000:.0f}"] for name in ALL_TOOLS]
    for words, names in [("the tick path", TICK_TOOLS), ("all of them", ALL_TOOLS)]:
        total = sum(os.path.getsize(bench.tool(name)) for name in names)
        rows.append([words, f"{total / 1000:.0f}"])
    return table("Sizes", "In kB (1,000 bytes), of the executables as they are installed.", ["executable", "kB"], rows)
