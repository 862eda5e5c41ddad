"""Task prompts: a template and plain values in, text out, under limits. No file, no clock, no include.

Templates come from a job's pinned definitions; what agents and sources wrote comes in as values only. The language is
Jinja2's with what could run away taken out: macros, includes, method calls but a few, repetition and formatting.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from orchestrator.documents.text import decode, place_of, refuse_conflict_markers
from orchestrator.documents.words import did_you_mean
from orchestrator.errors import DocumentError, Place
from orchestrator.model.names import shown

CONTEXT = ("job", "title", "step", "attempt", "params", "files", "findings", "failed")
"""The names that a prompt may use."""

MOST_TEMPLATE = 200_000
MOST_INPUT = 20_000_000
MOST_OUTPUT = 1_000_000
MOST_LOOPS = 3
"""Loops within loops."""
