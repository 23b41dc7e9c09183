"""What may be there after a power cut, by what was begun and what had returned by then."""
import collections

Write = collections.namedtuple("Write", "begin end version")


class History:
    """Reads the lines of workers, in the order in which they were written: "TIME SEED STEP KIND KEY NUMBER", and
    "killed SEED" for a worker that is no more. Positions are those of the lines."""

    def __init__(self, lines):
        self.writes = collections.defaultdict(list)
        self.counted = {"count": [], "update": []}
        self.begun = collections.Counter()
        self.garbage = []
        pending = {}
        for position, line in enumerate(lines):
            words = line.split()
            if words[0] == "killed":
                # What it had begun happened before this, or never.
                for write in pending.pop(words[1], {}).values():
                    write[1] = position
                continue
            _, seed, step, kind, key, number = words
            if step == "X":
                self.garbage.append(line)
            elif kind in self.counted:
                if step == "B":
                    self.begun[kind] += 1
                else:
                    self.counted[kind].append(int(number))
            elif kind in ("set", "remove"):
                self.read_write(pending.setdefault(seed, {}), position, step, key, kind, number)

    def read_write(self, pending, position, step, key, kind, number):
        if step == "B":
            version = int(number) if kind == "set" else 0
            # Begin, end, whether it has returned, version.
            pending[key] = [position, None, False, version]
            self.writes[key].append(pending[key])
        else:
            write = pending.pop(key)
            write[1:3] = position, True

    def allowed(self, key):
        """The versions that a key may have, where 0 is none."""
        last = max((write[0] for write in self.writes[key] if write[2]), default=-1)
        allowed = {write[3] for write in self.writes[key] if write[1] is None or write[1] > last}
        if last < 0:
            allowed.add(0)
        return allowed

    def mistakes(self, dump):
        """What is wrong with what was found."""
        mistakes = list(self.garbage)
        for line in dump.splitlines():
            words = line.split()
            if words[0] == "key":
                if int(words[2]) not in self.allowed(words[1]):
                    mistakes.append(f"lost: {line}, allowed are {sorted(self.allowed(words[1]))}")
            elif words[0] in ("count", "shared"):
                kind = "count" if words[0] == "count" else "update"
                if not max(self.counted[kind], default=0) <= int(words[1]) <= self.begun[kind]:
                    mistakes.append(f"lost: {line}, counted was {max(self.counted[kind], default=0)}")
            else:
                mistakes.append(f"wrong: {line}")
        for kind, numbers in self.counted.items():
            if len(set(numbers)) != len(numbers):
                mistakes.append(f"twice: {kind}")
        return mistakes
