"""Mutants that no test can tell from the code, each with the reason: module → mutation as the run tells it → why."""

from collections.abc import Mapping

EQUIVALENT: Mapping[str, Mapping[str, str]] = {}
