"""Whether what happened is what must happen. Only what QEMU, the kernel, the observer and the programs say counts."""

# Those that begin with a number.
COUNTED = ("reboots", "restarts", "few_restarts", "few_reboots")
# Those that are over when their time is: what comes later is for others.
LASTING = ("quiet", "alone", "stays", "few_restarts", "few_reboots")


class Verdict:
    """Of one expectation: open, held or failed; with the seconds that it took and the bound."""

    def __init__(self, expectation, scenario, timeline):
        self.expectation, self.scenario, self.timeline = expectation, scenario, timeline
        self.kind, self.arguments = expectation.kind, expectation.arguments
        text = self.arguments[1] if self.kind in COUNTED else self.arguments[0]
        self.bound = None if "told" in self.kind else scenario.seconds(text)
        self.seconds = None
        self.answer = None

    def look(self, is_over=False):
        """Returns True when it holds, False when it does not, None while that is open."""
        fault = self.timeline.first("FAULT")
        if not fault:
            return None
        if self.answer and self.kind in LASTING:
            return True
        self.fault = fault.time
        self.passed = self.timeline.now - fault.time
        answer = getattr(self, "_" + self.kind)()
        if answer is None and (is_over or self._is_late()):
            return False
        return answer

    def _is_late(self):
        # A minute more, to be able to say when it came too late.
        return self.bound is not None and self.kind != "afterwards" and self.passed > self.bound + 90

    def _in_time(self, seconds):
        self.seconds = seconds
        return seconds <= self.bound

    # Programs.

    def _working(self, name, after):
        """When a program that was started after that time is found at work."""
        started = {}
        for event in self.timeline.events:
            if event.time < after:
                continue
            words = event.words.split()
            if event.kind == "START" and words[0] == name:
                started[words[1]] = True
            if event.kind == "WORKS" and words[0] == name and words[1] in started:
                return event
        return None

    def _back(self):
        names = [self.arguments[1]] if self.arguments[1] else self.scenario.programs
        found = [self._working(name, self.fault) for name in names]
        if self.timeline.all("RESET", self.fault):
            return False
        if not all(found):
            return None
        return self._in_time(max(event.time for event in found) - self.fault)

    def _signalled(self):
        signal = self.timeline.first("SIGNALLED", self.fault)
        return signal and self._in_time(signal.time - self.fault)

    # The box.

    def _resets(self, words):
        return [event for event in self.timeline.all("RESET", self.fault) if event.words == words]

    def _reboot_of(self, words, wrong):
        if self._resets(wrong):
            return False
        resets = self._resets(words)
        if not resets:
            return None
        reset = resets[0]
        if reset.time - self.fault > self.bound:
            return self._in_time(reset.time - self.fault)
        found = [self._working(name, reset.time) for name in self.scenario.programs]
        if not all(found):
            late = self.timeline.now - reset.time > self.scenario.seconds("boot") + 60
            return False if late else None
        self._in_time(reset.time - self.fault)
        return max(event.time for event in found) - reset.time <= self.scenario.seconds("boot")

    def _reboot(self):
        return self._reboot_of("by the device", "by somebody")

    def _orderly(self):
        return self._reboot_of("by somebody", "by the device")

    def _reboots(self):
        number, resets = int(self.arguments[0]), self._resets("by the device")
        if len(resets) < number:
            return None
        return len(resets) == number and self._in_time(resets[-1].time - self.fault)

    def _off(self):
        if not self.timeline.shutdown:
            return None
        return self.timeline.shutdown == "guest-shutdown" and self._in_time(self.passed)

    def _quiet(self):
        for kind in ["RESET", "START", "FAILS", "SHUTDOWN", "KERNEL"]:
            if self.timeline.all(kind, self.fault):
                return False
        return self._lasted()

    def _stays(self):
        if self.timeline.all("RESET", self.fault) or self.timeline.shutdown:
            return False
        return self._lasted()

    def _alone(self):
        started = [event for event in self.timeline.all("START", self.fault)
                   if self.arguments[1] in (None, event.words.split()[0])]
        if started or self.timeline.all("RESET", self.fault) or self.timeline.shutdown:
            return False
        return self._lasted()

    def _restarts(self):
        number, runs = int(self.arguments[0]), self.timeline.all("RESTART", self.fault)
        if len(runs) < number:
            return None
        return self._in_time(runs[number - 1].time - self.fault)

    def _few(self, kind):
        if len(self.timeline.all(kind, self.fault)) > int(self.arguments[0]) or self.timeline.shutdown:
            return False
        return self._lasted()

    def _few_restarts(self):
        return self._few("RESTART")

    def _few_reboots(self):
        return self._few("RESET")

    def _works(self):
        if self.passed < self.bound:
            return None
        self.seconds = self.bound
        for name in [self.arguments[1]] if self.arguments[1] else self.scenario.programs:
            last = [event.kind for event in self.timeline.events
                    if event.kind in ("WORKS", "FAILS", "BOOT")
                    and (event.kind == "BOOT" or event.words.split()[0] == name)]
            if last[-1] != "WORKS":
                return None
        return True

    def _lasted(self):
        if self.passed < self.bound:
            return None
        self.seconds = self.bound
        return True

    def _afterwards(self):
        resets = self.timeline.all("RESET", self.fault)
        wanted = sum(int(other.arguments[0]) for other in self.scenario.expectations
                     if other.kind == "reboots")
        if len(resets) > wanted:
            return False
        if len(resets) < wanted or self.timeline.now - resets[-1].time < self.bound:
            return None
        self.seconds = self.bound
        return True

    # The log.

    def _is_told(self):
        return any(
            self.arguments[0] in event.words
            for event in self.timeline.log + self.timeline.events if event.kind in ("LOG", "KERNEL"))

    def _told(self):
        return self._is_told() or None

    def _untold(self):
        return False if self._is_told() else None
