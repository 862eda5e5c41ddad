"""What admission and the observed diff refuse that no program can bring about on every file system. Pure."""

import pytest

from orchestrator.agents.admission import admit
from orchestrator.agents.command.changes import Handed, observed
from orchestrator.agents.command.discretion import Discretion
from orchestrator.model.outside import ScratchEnd
from orchestrator.model.patterns import matches


@pytest.mark.parametrize(
    "name", ["half\ud800.md", "a\x85.md", "a\u061c.md", "a\u3164.md", "a\U000e0041.md", "a\ufff9.md"]
)
def test_a_name_with_what_nobody_sees_or_half_a_character_is_refused_in_plain_words(name: str) -> None:
    result = admit({name: b"x"}, ("*",), matches)
    assert (result.files, len(result.refused)) == ({}, 1)
    assert result.refused[0].message == f"{ascii(name)[1:-1]!a}: the path has a character that nobody sees"


@pytest.mark.parametrize(
    ("path", "is_fine"),
    [
        ("x" * 255, True),
        ("x" * 256, False),
        ("é" * 128, False),
        ("/".join(["x" * 142] * 7), True),
        ("/".join(["x" * 142] * 7) + "y", False),
    ],
)
def test_a_name_that_no_checkout_can_hold_is_refused(path: str, is_fine: bool) -> None:
    assert bool(admit({path: b"x"}, ("**",), matches).files) is is_fine


def test_a_folder_in_the_place_of_a_file_that_stands_and_a_file_in_that_of_a_folder_are_refused() -> None:
    files = dict.fromkeys(("brief.md/index.md", "sources", "sources/new.md", "/memory/a.md/x"), b"x")
    result = admit(files, ("**", "/**"), matches, standing=("brief.md", "sources/one.md", "/memory/a.md"))
    assert list(result.files) == ["sources/new.md"]
    assert [finding.message for finding in result.refused] == [
        "/memory/a.md/x: '/memory/a.md' is a file, and no folder",
        "brief.md/index.md: 'brief.md' is a file, and no folder",
        "sources: it is a file and a folder at once",
    ]


@pytest.mark.parametrize(("files", "letters", "is_fine"), [(1_000, 90, True), (1_001, 1, False), (1_000, 97, False)])
def test_more_files_or_longer_names_than_a_state_has_room_for_are_refused_as_a_whole(
    files: int, letters: int, is_fine: bool
) -> None:
    result = admit({f"{number:04}{'x' * letters}": b"x" for number in range(files)}, ("*",), matches)
    refused = ["the step has more than 1,000 files, or names of more than 100,000 characters in all"]
    assert (len(result.files), [finding.message for finding in result.refused]) == (
        (files, []) if is_fine else (0, refused)
    )


def test_of_work_that_was_not_read_to_its_end_nothing_is_taken_and_that_is_said_first() -> None:
    why = "all files have more than 50 MB"
    end = ScratchEnd(0, b"", b"", {"a.md": b"a", "other.md": b"o"}, {"z.md": why, "b.md": "a FIFO"})
    changes = observed(end, Handed({}, ("*.md",)), Discretion({}))
    assert changes.files == {}
    assert [finding.message for finding in changes.refused] == [why, "a FIFO"]
