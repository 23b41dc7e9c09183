"""The boot loaders by which a box can be booted. Each makes the disk that it boots from, which the box finds in /boot.

It is written without waiting for a real disk (cache=unsafe): while the guest waits for that, its time flies.
Both of its slots are the same box: the kernel's command line says which was booted (slot=old or slot=new).
"""

from . import grub, systemd_boot, u_boot

LOADERS = {"grub": grub, "systemd-boot": systemd_boot, "u-boot": u_boot}


def of(kinds):
    """The name of the loader among what is told of a box; nothing where QEMU boots it by itself."""
    return next((kind for kind in kinds if kind in LOADERS), "")


def prepare(cache, kinds):
    """Has all that its loader is made of in the cache."""
    if of(kinds):
        LOADERS[of(kinds)].prepare(cache)
