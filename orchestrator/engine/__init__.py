"""The only sequence of I/O: read → decide → perform → record → commit. What to do is decided below, in the machine."""
