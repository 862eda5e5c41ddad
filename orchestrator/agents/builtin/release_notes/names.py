"""Names of releases, as tags give them."""

import re

_VERSION = re.compile(
    r"(?:^|(?<=[vV/@_-]))(\d{1,6}(?:\.\d{1,6}){1,4}[A-Za-z0-9]{0,20}(?:[-.+][A-Za-z0-9]{1,20}){0,5}|(?<=v)\d{1,6})$"
)
_NO_RELEASE = re.compile(
    r"(?i)head|main|master|trunk|develop|dev|default|tip|stable|next|[0-9a-f]{7,64}|@|.*(?:[~^]|@\{).*"
)


def release_named(name: str | None) -> str | None:
    """Return the release that a name stands for: `1.2.0` for `v1.2.0` and `core-v1.2.0`; None where it stands for none.

    A branch or a hash is no release; a tag of another form is called as it is.
    """
    if name is None or _NO_RELEASE.fullmatch(name[:200]):
        return None
    found = _VERSION.search(name[-80:])
    return found[1] if found else name[:60]
