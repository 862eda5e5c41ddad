"""Where a file stands for a program that runs in a scratch checkout. Pure text."""


def place(path: str) -> str:
    """Return a job path as the program sees it from where it stands; a leading `/` is the workspace's root."""
    return f"../workspace{path}" if path.startswith("/") else path
