"""The `directory` publisher: a folder for each job, as a small static site. A place that shows the latest.

A job's folder tells by its receipt which delivery it holds, so that a lost answer can be looked up.
"""

import errno
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from orchestrator.errors import EffectError, Place, UnknownEffect, WorkspaceError
from orchestrator.model import settings as model
from orchestrator.model.names import job_id_fault, path_fault, shown
from orchestrator.publishers import folder as store
from orchestrator.publishers.changelog import MOST_BYTES, SECTION, Section, compose, make_safe
from orchestrator.publishers.interface import Delivery, Idempotency
from orchestrator.publishers.page import ordered, read_card, read_page
from orchestrator.publishers.receipt import (
    PAGE,
    RECEIPT,
    Card,
    Receipt,
    SafeSection,
    encode,
    make_receipt,
    regular_file,
    standing,
)
from orchestrator.publishers.site import Site, index_page, job_page

_SETTINGS = Place("orchestrator.yaml")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class DirectorySettings(BaseModel):
    """The keys of `{kind: directory}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    requires: str | None = None
    path: str = Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")
    site: StrictBool = True
    title: str = Field(default="Published", min_length=1, max_length=100)
    changelog: str | None = Field(
        default=None,
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.md$",
        description="the name of a file, such as `CHANGELOG.md`, that gathers the `changelog.md` of every job there",
    )
    lang: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")


@dataclass(frozen=True, slots=True)
class Directory:
    """A folder to publish into. `said` is its path as the settings name it, for messages and receipts."""

    path: Path
    said: str
    site: Site | None
    """None: the files alone, no pages."""
    changelog: str | None = None
    """The name of the file that gathers every job's section."""
    idempotency: Idempotency = Idempotency.LOOKUP
    is_event: bool = False

    def send(self, delivery: Delivery) -> str:
        """Put the delivery in its job's folder, whole, and return where it can be seen.

        Raises EffectError with nothing changed that anybody can see; UnknownEffect where the new folder is in its place
        but may not be durable, or the site's own files do not show it yet.
        """
        files, card = self._made(delivery)
        receipt = make_receipt(delivery.key, card, files, _section(files, card))
        with self._located(delivery.job):
            store.claim(self.path, self.said)
            with store.held(self.path):
                store.heal(self.path)
                store.refuse_strangers(self.path, delivery.job, self.said)
                self._bring(delivery.job, files, receipt)
        return f"{self.said}/{delivery.job}/" + (PAGE if self.site else "")

    def look_up(self, key: str, job: str) -> bool:
        """Say whether the job's folder holds the delivery of that key, every file as it was sent.

        Mends what a crash left half done. Raises EffectError where the folder cannot be read or mended.
        """
        with self._located(job):
            if job_id_fault(job) or not store.is_ours(self.path):
                return False
            with store.held(self.path):
                store.heal(self.path)
                receipt = standing(self.path / job)
                if receipt is None or receipt.key != key:
                    return False
                self._refresh()
                return True

    def _made(self, delivery: Delivery) -> tuple[Mapping[str, bytes], Card]:
        """Return the files of the job's folder, their page among them, and what the index shows of it.

        A payload that brings its own `index.html` keeps it. Raises EffectError where the payload is not fit to publish.
        """
        fault = job_id_fault(delivery.job) or (None if delivery.files else "there is nothing to publish")
        if fault:
            hint = "name at least one file of the job under `files` of the publish step"
            if delivery.files:
                hint = f"publish from a job with another name: orchestrator fork {delivery.job} NEW"
            raise EffectError(fault, place=Place(f"{self.said}/{delivery.job}"), hint=hint)
        files, title = _by_name(delivery.files), delivery.title or delivery.job
        self._refuse_long_section(files)
        if self.site is None:
            return files, read_card(files, named=title)
        page = read_page(files, named=title)
        return {PAGE: job_page(page, self.site), **files}, page.card

    def _refuse_long_section(self, files: Mapping[str, bytes]) -> None:
        size = len(files.get(SECTION, b""))
        if self.changelog is not None and size > MOST_BYTES:
            raise EffectError(
                f"{size} bytes are too many for a section of at most {MOST_BYTES} in {self.changelog}",
                place=Place(SECTION),
                hint="shorten it, or leave out `changelog` for this publisher in orchestrator.yaml",
            )

    def _bring(self, job: str, files: Mapping[str, bytes], receipt: Receipt) -> None:
        if standing(self.path / job) == receipt:
            self._refresh()
            return
        self._prepare(job, receipt, files)
        store.swap(self.path, job)
        with self._unknown(job):
            store.sync(self.path)
            for name in self._own_names:
                store.show(self.path, name)
            store.remove(self.path / f"{store.OLD}{job}")

    def _prepare(self, job: str, receipt: Receipt, files: Mapping[str, bytes]) -> None:
        """Write all that the swap will show; a failure on the way leaves nothing behind."""
        try:
            store.build(self.path, job, {**files, RECEIPT: encode(receipt)})
            for name, content in self._own_files(job, receipt):
                store.stage(self.path, name, content)
        except OSError:
            store.heal(self.path)
            raise

    def _refresh(self) -> None:
        """Write the site's own files anew where they do not tell of what stands in the folder."""
        for name, content in self._own_files():
            if regular_file(self.path, name) != content:
                store.stage(self.path, name, content)
                store.show(self.path, name)

    @property
    def _own_names(self) -> tuple[str, ...]:
        return (*((self.changelog,) if self.changelog else ()), *((PAGE,) if self.site else ()))

    def _own_files(self, coming: str = "", receipt: Receipt | None = None) -> Iterator[tuple[str, bytes]]:
        """Yield the site's own files as they tell of what stands there, and of a job that is built beside its place."""
        if not self._own_names:
            return
        jobs = store.receipts(self.path)
        if receipt is not None:
            jobs[coming] = receipt
        if self.changelog is not None:
            told = (job for job in jobs if self._has_section(f"{store.NEW if job == coming else ''}{job}"))
            yield (
                self.changelog,
                compose(Section(job, jobs[job].card, safe) for job in told if (safe := jobs[job].section)),
            )
        if self.site is not None:
            yield PAGE, index_page(jobs, self.site)

    def _has_section(self, folder: str) -> bool:
        """Say whether the file still stands there; a section is told as it was delivered, and gone with its file."""
        return regular_file(self.path / folder, SECTION, most=MOST_BYTES) is not None

    @contextmanager
    def _located(self, job: str) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise EffectError(
                f"cannot publish here: {_cause(problem)}", place=Place(f"{self.said}/{job}"), hint=_hint(problem)
            ) from problem

    @contextmanager
    def _unknown(self, job: str) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise UnknownEffect(
                f"the delivery is in its place, but the work could not be finished: {_cause(problem)}",
                place=Place(f"{self.said}/{job}"),
                hint=_hint(problem),
            ) from problem


def open_directory(settings: model.Publisher, root: Path | None) -> Directory:
    """Return the publisher; a relative `path` is relative to `root`, the main worktree.

    Raises WorkspaceError for keys that are off, and for a relative path in a bare repository (`root` None).
    """
    said = _settings(settings)
    path = Path(said.path)
    if not path.is_absolute() and root is None:
        raise WorkspaceError(
            f"the publisher's path {shown(said.path)} is relative, and a bare repository has no worktree to begin at",
            place=_SETTINGS,
            hint="give an absolute `path`",
        )
    site = Site(title=said.title, lang=said.lang, changelog=said.changelog) if said.site else None
    named = said.path.rstrip("/") or "/"
    return Directory(path=(root or path) / path, said=named, site=site, changelog=said.changelog)


def _settings(settings: model.Publisher) -> DirectorySettings:
    try:
        return DirectorySettings.model_validate(settings.model_dump())
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise WorkspaceError(
            f"a publisher of the kind directory: {key}: {first['msg']}",
            place=_SETTINGS,
            hint="it takes path (a folder), site (true or false), title, lang, changelog (a name), requires",
        ) from problem


def _section(files: Mapping[str, bytes], card: Card) -> SafeSection | None:
    """Return the delivery's part of a changelog, whether or not the folder has one yet; None where there is none."""
    content = files.get(SECTION, b"")
    if not content or len(content) > MOST_BYTES:
        return None
    return make_safe(content.decode("utf-8", errors="replace"), card)


def _by_name(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the files by their paths in the folder. Raises EffectError for one that cannot stand there."""
    named: dict[str, bytes] = {}
    taken = {_key(RECEIPT)}
    for said in ordered(files):
        name = said.removeprefix("/")
        fault = path_fault(said) or _clash(name, taken)
        if fault:
            raise EffectError(f"the file cannot be published: its name {fault}", place=Place(said), hint="rename it")
        taken.add(_key(name))
        named[name] = files[said]
    return named


def _clash(name: str, taken: Collection[str]) -> str | None:
    """Return why a name cannot stand beside those taken; the outermost come first, so that a folder's file is seen."""
    key = _key(name)
    if key == PAGE != name:
        return f"differs from {PAGE} in case alone"
    parts = key.split("/")
    if any("/".join(parts[:count]) in taken for count in range(1, len(parts) + 1)):
        return "is the receipt's, or another file's up to case, or lies below a file"
    return None


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _cause(problem: OSError) -> str:
    return problem.strerror or str(problem)


def _hint(problem: OSError) -> str:
    if problem.errno in _FULL:
        return "make room on the disk, then run the job again"
    if problem.errno in _CLOSED:
        return "let the user who runs the orchestrator write there, or name another `path` in orchestrator.yaml"
    return "see to it that `path` in orchestrator.yaml is a folder, or can become one, then run the job again"
