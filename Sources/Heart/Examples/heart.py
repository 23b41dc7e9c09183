"""A beat after each round of work. usage: heart.py [ROUNDS]"""
import os
import sys
import time

beat = os.environ.get("WATCHDOG_STATE", "/run/watchdog") + "/beats/web"
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1000000):
    time.sleep(0.1)  # the work
    try:
        os.utime(beat)
    except OSError as error:
        print(f"unable to beat: {error}", file=sys.stderr)
