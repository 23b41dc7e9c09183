"""What looking costs on a box where very much happened: time and memory of watchdog-chain's commands.

usage: scale.py FOLDER-OF-EXECUTABLES [PROBLEMS [MEGABYTES]] [--judge]

Makes a world of its own with so many hearts that are problems (100000) and so large an incidents.jsonl (500 MB), and a
quarter of both; prints a line for each command and size: seconds of processor time, and the largest memory in MB. What is linear takes four
times as long with four times as much; what is bounded takes the same. With --judge the last line is "N passed, N failed,
N skipped": a command that takes more than eight times as long fails, and so does one that takes more memory than a few
kilobytes for each problem, and what holds the part of the incidents that it reads.
"""
import argparse, datetime, os, shutil, subprocess, sys, tempfile, time

COMMANDS = [["status"], ["report", "--since", "30d"], ["metrics"], ["metrics"], ["nagios"], ["explain", "heart-7"]]


def name(number):
    return f"heart-{number}"


def make_problems(root, count):
    for folder in ["etc/hearts", "etc/chain", "run/problems", "run/beats", "run/vigils", "run/alive", "run/drafts", "data"]:
        os.makedirs(f"{root}/{folder}", 0o755)
    for tool in ["mark-problems", "check-solutions"]:
        with open(f"{root}/etc/chain/{tool}", "w") as file:
            file.write("10\n")
    for number in range(count):
        with open(f"{root}/etc/hearts/{name(number)}", "w") as file:
            file.write("30\n")
        with open(f"{root}/run/problems/{name(number)}", "w") as file:
            file.write("mark-problems\nno beat for 31.0 s: the limit is 30 s\nbeat 1700000000.000000000\n")
        open(f"{root}/run/beats/{name(number)}", "w").close()


def make_incidents(root, count, megabytes):
    """Lines as the tools write them, of the last thirty days: each heart is noticed, tried and solved in turn."""
    now = time.time()
    events = [
        '"event": "noticed", "reason": "last-beat", "limit": 30',
        '"event": "tried", "how": "program"',
        '"event": "solved", "how": "beats"',
    ]
    size, number, lines = megabytes << 20, 0, []
    total = size // 240
    with open(f"{root}/data/incidents.jsonl", "w") as file:
        while file.tell() < size:
            lines.clear()
            for _ in range(20000):
                uptime = 2592000 * number / total
                date = datetime.datetime.fromtimestamp(now - 2592000 + uptime, datetime.timezone.utc)
                lines.append(
                    f'{{"time": "{date:%Y-%m-%dT%H:%M:%S}.{number % 1000:03}Z", "uptime": {uptime:.3f}, '
                    f'"boot": "de383360", {events[number % 3]}, "name": "{name(number // 3 % count)}", '
                    f'"by": "mark-problems", "why": "no beat for 31.0 s: the limit is 30 s", "attempt": 1, '
                    f'"doing": "a futex: a lock or a condition of its own"}}\n')
                number += 1
            file.write("".join(lines))


def measure(tools, root, words):
    environment = dict(
        os.environ, WATCHDOG_CONFIG=f"{root}/etc", WATCHDOG_STATE=f"{root}/run", WATCHDOG_DATA=f"{root}/data",
        WATCHDOG_LOGS=f"{root}/logs")
    with open(f"{root}/output", "w") as output:
        before = os.times()
        begun = time.monotonic()
        process = subprocess.Popen([f"{tools}/watchdog-chain", *words], env=environment, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        # Not ru_maxrss, which begins with what we had when we forked.
        memory = 0
        while process.poll() is None:
            try:
                with open(f"/proc/{process.pid}/status") as status:
                    memory = max([memory] + [int(line.split()[1]) for line in status if line.startswith("VmHWM")])
            except OSError:
                pass
            if time.monotonic() - begun > 300:
                process.kill()
            time.sleep(0.005)
        after = os.times()
        seconds = after.children_user + after.children_system - before.children_user - before.children_system
        return seconds, memory / 1024, process.returncode


def judge(words, problems, little, much):
    """What is wrong with a command that took so much for a quarter and for all: seconds, memory and exit code of each."""
    if much[2] not in (0, 2) or little[2] != much[2]:
        yield f"it ended with {little[2]} and {much[2]}"
    # Below that a process's start is most of it.
    if much[0] > 8 * max(little[0], 0.05):
        yield f"{much[0]:.2f} s, and a quarter took {little[0]:.2f} s"
    # report holds the newest 16 MB of the incidents, as entries.
    most = 16 + 4 * problems / 1024 + (96 if words[0] == "report" else 0)
    if much[1] > most:
        yield f"{much[1]:.0f} MB of memory: more than {most:.0f}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n", 1)[0])
    parser.add_argument("tools")
    parser.add_argument("problems", nargs="?", type=int, default=100000)
    parser.add_argument("megabytes", nargs="?", type=int, default=500)
    parser.add_argument("--judge", action="store_true")
    arguments = parser.parse_args()
    tools, took = os.path.abspath(arguments.tools), {}
    print(f"{'problems':>8} {'MB':>5}  {'command':<18} {'seconds':>8} {'memory MB':>9} {'exit':>5}")
    for share in [4, 1]:
        problems, megabytes = arguments.problems // share, arguments.megabytes // share
        root = tempfile.mkdtemp(prefix="watchdog-scale-")
        try:
            os.chmod(root, 0o755)
            make_problems(root, problems)
            make_incidents(root, problems, megabytes)
            for number, words in enumerate(COMMANDS):
                seconds, memory, code = took[share, number] = measure(tools, root, words)
                print(f"{problems:8} {megabytes:5}  {' '.join(words):<18} {seconds:8.2f} {memory:9.0f} {code:5}", flush=True)
        finally:
            shutil.rmtree(root)
    if not arguments.judge:
        return 0
    failed = 0
    for number, words in enumerate(COMMANDS):
        wrong = list(judge(words, arguments.problems, took[4, number], took[1, number]))
        failed += bool(wrong)
        for sentence in wrong:
            print(f"FAILED: {' '.join(words)}: {sentence}")
    print(f"{len(COMMANDS) - failed} passed, {failed} failed, 0 skipped")
    return bool(failed)


sys.exit(main())
