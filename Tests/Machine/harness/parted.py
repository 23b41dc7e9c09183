"""Disks with a FAT of one partition, as firmware and boot loaders of boards read them. GPT, the partition is EFI's own."""

import os
import struct
import uuid
import zlib

from . import packages

PACKAGES = ["dosfstools", "mtools"]
SECTOR = 512
START = 1 << 20  # of the partition
SYSTEM_PARTITION = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")


def table(size):
    """The first and the last sectors of a disk of this size: the table of partitions is there twice."""
    last = size // SECTOR - 1
    first_usable, last_usable = 34, last - 33
    ends = last_usable - last_usable % 2048 - 1
    entry = (SYSTEM_PARTITION.bytes_le + uuid.UUID(int=1).bytes_le
             + struct.pack("<QQQ", START // SECTOR, ends, 0) + "boot".encode("utf-16-le").ljust(72, b"\0"))
    entries = entry.ljust(128 * 128, b"\0")

    def header(here, other, entries_at):
        def packed(check):
            return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, check, 0, here, other, first_usable,
                               last_usable, uuid.UUID(int=2).bytes_le, entries_at, 128, 128, zlib.crc32(entries))
        return packed(zlib.crc32(packed(0))).ljust(SECTOR, b"\0")

    protective = bytes(446) + struct.pack("<B3sB3sII", 0, b"\0\x02\0", 0xEE, b"\xff\xff\xff", 1, last)
    return (protective.ljust(510, b"\0") + b"\x55\xaa" + header(1, last, 2) + entries,
            entries + header(last, 1, last - 32), (ends + 1) * SECTOR - START)


def make(image, size, tree, cache):
    """A disk of which the only partition holds what is in this folder."""
    tools = packages.one_folder(cache, "fat", PACKAGES)
    first, last, room = table(size)
    with open(image, "wb") as disk:
        disk.truncate(size)
        disk.write(first)
        disk.seek(size - len(last))
        disk.write(last)
    packages.run([f"{tools}/sbin/mkfs.vfat", "-F", "32", "-n", "BOOT", "--offset", str(START // SECTOR), image,
                  str(room >> 10)], 60)
    packages.run([f"{tools}/usr/bin/mcopy", "-s", "-i", f"{image}@@{START}"]
                 + [os.path.join(tree, name) for name in sorted(os.listdir(tree))] + ["::"], 120)
