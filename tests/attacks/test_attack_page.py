"""docs/security.md names each attack that is tried here, and no other."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "security.md"


def test_the_page_of_attacks_names_every_test_of_them_and_none_that_is_not_there() -> None:
    sources = [path.read_text() for path in HERE.glob("test_*.py") if path != Path(__file__)]
    there = {name for source in sources for name in re.findall(r"^def (test_\w+)", source, re.MULTILINE)}
    assert set(re.findall(r"`(test_\w+)`", PAGE.read_text())) == there
