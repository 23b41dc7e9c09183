"""A disk from which Debian's GRUB boots the box, and chooses between two slots as Fedora's counts (08_fallback_counting)."""

import os
import shutil
import struct

from . import packages

PACKAGES = ["grub-pc-bin", "grub-common", "liblzma5"]
DISK = "/dev/vda1"  # in the box
SIZE = 64 << 20
START = 1 << 20  # of its only partition

# GRUB has no arithmetic, and Debian's no `decrement`.
CONFIGURATION = """serial
terminal_output serial
load_env
set now=$machine
set machine=later
save_env machine
set default=0
set timeout=0
if [ -n "$boot_counter" -a "$boot_success" = 0 ]; then
  if [ "$boot_counter" = 0 -o "$boot_counter" = -1 ]; then set default=1; set boot_counter=-1
  elif [ "$boot_counter" = 1 ]; then set boot_counter=0
  else set boot_counter=1
  fi
  save_env boot_counter
fi
export now newest
menuentry newest { linux /vmlinuz APPEND machine=$now slot=$newest; initrd /initrd }
menuentry old { linux /vmlinuz APPEND machine=$now slot=old; initrd /initrd }
"""


def prepare(cache):
    return packages.one_folder(cache, "grub", PACKAGES)


def make(cache, folder, first_files, append):
    """Makes the disk in this folder. Returns QEMU's words for it."""
    grub = prepare(cache)
    tree, image = os.path.join(folder, "boot.tree"), os.path.join(folder, "boot")
    os.makedirs(f"{tree}/grub")
    shutil.copy(packages.kernel_image(f"{cache}/unpacked/linux"), f"{tree}/vmlinuz")
    for path in ["usr/bin/grub-editenv", "lib/x86_64-linux-gnu/liblzma.so.5"]:
        shutil.copy(f"{grub}/{path}", tree)
    with open(f"{tree}/initrd", "wb") as file:
        file.write(first_files)
    with open(f"{tree}/grub/grub.cfg", "w") as file:
        file.write(CONFIGURATION.replace("APPEND", append))
    environment = dict(os.environ, LD_LIBRARY_PATH=f"{cache}/unpacked/libdevmapper1.02.1/lib/x86_64-linux-gnu")

    def run(*command):
        packages.run(list(command), 120, env=environment)

    run(f"{grub}/usr/bin/grub-editenv", f"{tree}/grub/grubenv", "create")
    run(f"{grub}/usr/bin/grub-editenv", f"{tree}/grub/grubenv", "set", "machine=first", "newest=old")
    run("mke2fs", "-q", "-t", "ext2", "-m", "0", "-E", f"offset={START},root_owner=0:0", "-d", tree, image,
        f"{(SIZE - START) >> 10}k")
    shutil.rmtree(tree)
    core = os.path.join(folder, "core.img")
    run(f"{grub}/usr/bin/grub-mkimage", "-O", "i386-pc", "-d", f"{grub}/usr/lib/grub/i386-pc", "-o", core,
        "-p", "(hd0,msdos1)/grub", "biosdisk", "part_msdos", "ext2", "normal", "linux", "loadenv", "test", "configfile",
        "serial", "terminal")
    # As grub-bios-setup does: the first sector, and what it loads right behind it.
    with open(image, "r+b") as disk, open(core, "rb") as rest, open(
            f"{grub}/usr/lib/grub/i386-pc/boot.img", "rb") as first:
        disk.truncate(SIZE)
        disk.write(first.read(440))
        disk.seek(446)
        disk.write(struct.pack("<B3sB3sII", 0x80, b"\0\x02\0", 0x83, b"\xfe\xff\xff", START >> 9, (SIZE - START) >> 9))
        disk.seek(510)
        disk.write(b"\x55\xaa" + rest.read())
    os.remove(core)
    return ["-drive", f"file={image},format=raw,if=none,id=boot,cache=unsafe",
            "-device", "virtio-blk-pci,drive=boot,bootindex=0"]
