"""Processes and files, as /proc and the folders tell of them."""

import collections
import os
import signal
import time

Process = collections.namedtuple("Process", "pid start state parent session exe words")
Seen = collections.namedtuple("Seen", "name process family")


def now():
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def read(path):
    """What a file holds; None when there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def names_in(path):
    try:
        return sorted(os.listdir(path))
    except FileNotFoundError:
        return []


def status_of(pid):
    """Start time, state, parent and session as /proc tells them; None when there is no such process."""
    try:
        fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    except (AttributeError, ProcessLookupError):
        return None
    return int(fields[19]), fields[0].decode(), int(fields[1]), int(fields[3])


def is_alive(pid, start):
    status = status_of(pid)
    return status is not None and status[0] == start and status[1] not in "ZX"


def send(process, number):
    """Sends a signal to exactly this process. Returns whether it was alive."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        if not is_alive(process.pid, process.start):
            return False
        signal.pidfd_send_signal(descriptor, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
