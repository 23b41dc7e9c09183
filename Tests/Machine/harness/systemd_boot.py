"""A disk from which OVMF starts Debian's systemd-boot, which counts the boots of entries in the names of their files."""

import glob
import os
import re
import shutil

from . import packages, parted

# With what systemd-bless-boot is linked with.
PACKAGES = [
    "ovmf", "systemd-boot", "systemd-boot-efi", "libsystemd-shared", "libacl1", "libapparmor1", "libaudit1", "libblkid1",
    "libcap-ng0", "libcap2", "libcrypt1", "libgcrypt20", "libgpg-error0", "libip4tc2", "libkmod2", "liblz4-1", "liblzma5",
    "libmount1", "libpam0g", "libpcre2-8-0", "libseccomp2", "libselinux1", "libssl3", "libzstd1",
]
DISK = "/dev/vda1"  # in the box
SIZE = 128 << 20

# init of the box makes `later` of `first`: there is nothing in an entry that could change by itself.
# Of those with the same key the newest comes first.
ENTRY = """title old
sort-key box
version 1
linux /vmlinuz
initrd /initrd
options APPEND machine=first slot=old
"""


def prepare(cache):
    packages.one_folder(cache, "fat", parted.PACKAGES)
    return packages.one_folder(cache, "systemd-boot", PACKAGES)


def make(cache, folder, first_files, append):
    """Makes the disk in this folder. Returns QEMU's words for it."""
    unpacked = prepare(cache)
    tree, image, memory = (os.path.join(folder, name) for name in ("boot.tree", "boot", "efi-variables"))
    for name in ["EFI/BOOT", "loader/entries", "tools"]:
        os.makedirs(f"{tree}/{name}")
    shutil.copy(packages.kernel_image(f"{cache}/unpacked/linux"), f"{tree}/vmlinuz")
    shutil.copy(f"{unpacked}/usr/lib/systemd/boot/efi/systemd-bootx64.efi", f"{tree}/EFI/BOOT/BOOTX64.EFI")
    for name, data in {"initrd": first_files, "loader/loader.conf": b"timeout 0\n",
                       "loader/entries/old.conf": ENTRY.replace("APPEND", append).encode()}.items():
        with open(f"{tree}/{name}", "wb") as file:
            file.write(data)
    # What accepts a boot, with its libraries: the box has no packages of its own.
    shutil.copy(f"{unpacked}/lib/systemd/systemd-bless-boot", f"{tree}/tools")
    for path in glob.glob(f"{unpacked}/**/x86_64-linux-gnu/**/lib*.so*", recursive=True):
        if re.search(r"\.so\.\d+$|shared", path):
            shutil.copy(os.path.realpath(path), f"{tree}/tools/{os.path.basename(path)}")
    parted.make(image, SIZE, tree, cache)
    shutil.rmtree(tree)
    shutil.copy(f"{unpacked}/usr/share/OVMF/OVMF_VARS_4M.fd", memory)
    return ["-drive", f"file={unpacked}/usr/share/OVMF/OVMF_CODE_4M.fd,format=raw,if=pflash,readonly=on",
            "-drive", f"file={memory},format=raw,if=pflash,cache=unsafe",
            "-drive", f"file={image},format=raw,if=none,id=boot,cache=unsafe",
            "-device", "virtio-blk-pci,drive=boot,bootindex=0"]
