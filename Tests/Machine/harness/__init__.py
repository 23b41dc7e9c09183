"""A real kernel in QEMU for the faults of Tests/Machine/scenarios."""
