"""How a small file is read where many are: three calls of the system, and no object of Python's around them."""

import os


def content_of(path: str, most: int) -> bytes:
    """Return a file's bytes, at most so many of them. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = os.read(descriptor, most)
        while part := os.read(descriptor, most - len(found)) if found and len(found) < most else b"":
            found += part
        return found
    finally:
        os.close(descriptor)
