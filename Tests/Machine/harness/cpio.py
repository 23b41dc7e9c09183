"""Archives that the kernel unpacks as its first file system (format: "newc")."""

import os
import stat


class Archive:
    """Everything in it belongs to root."""

    def __init__(self):
        self.parts = []
        self.number = 0
        self.folders = set()

    def _add(self, path, mode, data=b"", device=(0, 0)):
        self.number += 1
        name = path.encode() + b"\0"
        fields = [self.number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0]
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        self.parts += [head, b"\0" * (-len(head) % 4), data, b"\0" * (-len(data) % 4)]

    def folder(self, path):
        parent = os.path.dirname(path)
        if parent:
            self.folder(parent)
        if path not in self.folders:
            self.folders.add(path)
            self._add(path, stat.S_IFDIR | 0o755)

    def file(self, path, data, mode=0o644):
        self.folder(os.path.dirname(path))
        self._add(path, stat.S_IFREG | mode, data if isinstance(data, bytes) else data.encode())

    def copy(self, source, path, mode=0o755):
        with open(source, "rb") as file:
            self.file(path, file.read(), mode)

    def link(self, target, path):
        self.folder(os.path.dirname(path))
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def node(self, path, major, minor):
        self.folder(os.path.dirname(path))
        self._add(path, stat.S_IFCHR | 0o600, device=(major, minor))

    def bytes(self):
        self._add("TRAILER!!!", 0)
        data = b"".join(self.parts)
        return data + b"\0" * (-len(data) % 512)
