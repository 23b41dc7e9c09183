"""The loop of the talk (PyCon 2012), one pass: which hearts have not beaten in time."""
import os
import time

config = os.path.join(os.environ["WATCHDOG_CONFIG"], "hearts")
beats = os.path.join(os.environ["WATCHDOG_STATE"], "beats")
now = time.time()
for name in os.listdir(config):
    with open(os.path.join(config, name)) as file:
        limit = float(file.read().split()[0])
    try:
        last = os.stat(os.path.join(beats, name)).st_mtime
    except FileNotFoundError:
        last = 0
    if now - last > limit:
        with open(os.path.join(os.environ["WATCHDOG_STATE"], "problems", name), "a") as file:
            file.write("mark-problems\n")
