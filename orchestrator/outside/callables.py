"""Callables that the base's settings name as `module:attribute`: found and loaded. It calls none of them."""

from collections.abc import Callable, Mapping
from functools import reduce
from importlib import import_module

from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.outside import CannotRun


def load(callables: Mapping[str, str], name: str) -> Callable[..., object]:
    """Return the callable that the settings know by that name. Raises CannotRun where there is none, or it is broken.

    Importing a module runs it, with all the rights of the user: the settings that name it are the base branch's.
    """
    said = callables.get(name)
    if said is None:
        hint = did_you_mean(name, callables, "callables") or "add it under callables in orchestrator.yaml"
        raise CannotRun(f"no callable {shown(name)} in orchestrator.yaml on the base; {hint}")
    module, colon, attribute = said.partition(":")
    if not (module and colon and attribute):
        raise CannotRun(f"{_key(name)} is {shown(said)}; write it as 'module:attribute'")
    found = _attribute(_module(module, name), attribute, name)
    if not callable(found):
        raise CannotRun(f"{_key(name)}: {shown(said)} is no callable, but a {type(found).__name__}")
    return found


def _module(module: str, name: str) -> object:
    try:
        return import_module(module)
    except (Exception, SystemExit) as exc:  # importing somebody's module may raise anything
        hint = "; install what holds it beside the orchestrator" if isinstance(exc, ModuleNotFoundError) else ""
        raise CannotRun(f"{_key(name)}: {shown(module)} does not load: {type(exc).__name__}: {exc}{hint}") from exc


def _attribute(module: object, attribute: str, name: str) -> object:
    try:
        return reduce(getattr, attribute.split("."), module)
    except AttributeError as exc:
        raise CannotRun(f"{_key(name)}: {exc}") from exc


def _key(name: str) -> str:
    return f"callables.{name} in orchestrator.yaml"
