"""What a file's SQL was found to mean, so that an unchanged file is built without sqlglot.

It is kept under `.builder/plans/`, by all that it depends on: the file's SQL, parameters and
target, both dialects, the columns' types where it was translated, and the programs at work.
Whatever could have come from elsewhere is not believed: an entry is signed with a key of this
user's, which stands outside of the project. In any doubt there is no memory, and it is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from builder.query.guard import Select
from builder.query.plan import Plan
from builder.query.text import Rendered, is_blank
from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.summary import Check, Summary
    from builder.summary.text import Text

logger = logging.getLogger(__name__)

_MOST = 1000  # entries kept
_SIGNATURE = 32  # bytes


class _Piece(msgspec.Struct, array_like=True):
    """One SQL text of the file: as it is sent, and as it was written where that differs."""

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    end: int
    sources: tuple[tuple[str, str], ...]
    written: _Piece | None = None


class _Kept(msgspec.Struct, array_like=True):
    dialect: str
    named: tuple[tuple[str, str], ...]
    pieces: tuple[_Piece, ...]


class Memory:
    """The memory of one project, in `folder`; raises nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secret: bytes | None = None

    def recall(
        self,
        summary: Summary,
        dialect: str,
        columns: Mapping[Relation, Mapping[str, str]] | None = None,
    ) -> Plan | None:
        """The plan that was kept of the same file under the same circumstances."""
        try:
            file = self._file(summary, dialect, columns)
            signed = _read(file)
            signature, content = signed[:_SIGNATURE], signed[_SIGNATURE:]
            if not secrets.compare_digest(signature, self._signature(file, content)):
                return None
            kept = msgspec.msgpack.decode(content, type=_Kept)
            return _plan(summary, dialect, kept)
        except (OSError, ValueError, RuntimeError):
            return None

    def keep(
        self,
        summary: Summary,
        plan: Plan,
        columns: Mapping[Relation, Mapping[str, str]] | None = None,
    ) -> None:
        """Keep a plan; where that cannot be, the next build works it out again."""
        named = tuple((one.schema, one.name) for one in plan.named)
        kept = _Kept(plan.dialect, named, tuple(_piece(one) for one in _pieces(plan)))
        content = msgspec.msgpack.encode(kept)
        try:
            file = self._file(summary, plan.engine, columns)
            _make_private(self._folder)
            draft = file.with_suffix(f".{secrets.token_hex(4)}")
            try:
                draft.write_bytes(self._signature(file, content) + content)
                draft.replace(file)
            finally:
                draft.unlink(missing_ok=True)
            self._forget()
        except (OSError, RuntimeError) as error:
            logger.debug("the plan of %s could not be kept: %s", summary.target, error)

    def _file(
        self,
        summary: Summary,
        dialect: str,
        columns: Mapping[Relation, Mapping[str, str]] | None,
    ) -> Path:
        """Where the plan is, by all that it depends on."""
        checks = (*summary.input_checks, None, *summary.output_checks)
        parts = (
            _programs(),
            summary.dialect,
            dialect,
            summary.target,
            summary.query.value,
            [(one.label, one.on, one.text.value) if one and one.text else one for one in checks],
            [text.value for text in summary.before],
            [text.value for text in summary.after],
            sorted((name, type(v).__name__, repr(v)) for name, v in summary.params.items()),
            sorted((r, [*c.items()]) for r, c in columns.items()) if columns is not None else None,
        )
        name = hashlib.blake2b(repr(parts).encode(errors="surrogatepass"), digest_size=20)
        return self._folder / name.hexdigest()

    def _signature(self, file: Path, content: bytes) -> bytes:
        """What only this user could have written under this name."""
        if self._secret is None:
            self._secret = _secret()
        whole = file.name.encode() + content
        return hashlib.blake2b(whole, key=self._secret, digest_size=_SIGNATURE).digest()

    def _forget(self) -> None:
        """Drop the oldest entries beyond the most that are kept."""
        files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)
        for file in files[:-_MOST]:
            file.unlink(missing_ok=True)


def _pieces(plan: Plan) -> list[Select | Rendered]:
    checks = (*plan.inputs, *plan.outputs)
    return [plan.main, *(one for _, one in checks), *plan.before, *plan.after]


def _piece(one: Select | Rendered) -> _Piece:
    sql = one.sql if isinstance(one, Select) else one
    end = len(one.text) if isinstance(one, Select) else 0
    sources = one.sources if isinstance(one, Select) else ()
    names = tuple((source.schema, source.name) for source in sources)
    written = _piece(sql.written) if sql.written is not None else None
    return _Piece(sql.text, sql.pieces, end, names, written)


def _plan(summary: Summary, engine: str, kept: _Kept) -> Plan:
    """The plan of the pieces, in the order of `_pieces`."""
    rest = [*kept.pieces]

    def rendered(text: Text, piece: _Piece) -> Rendered:
        written = rendered(text, piece.written) if piece.written is not None else None
        return Rendered(piece.text, text, piece.pieces, written)

    def query(text: Text) -> Select:
        piece = rest.pop(0)
        sources = tuple(Relation(schema, name) for schema, name in piece.sources)
        return Select(rendered(text, piece), piece.text[: piece.end], sources)

    def checks(of: Sequence[Check]) -> tuple[tuple[Check, Select], ...]:
        return tuple((check, query(check.text)) for check in of if check.text)

    def script(of: Sequence[Text]) -> tuple[Rendered, ...]:
        return tuple(rendered(text, rest.pop(0)) for text in of if not is_blank(text.value))

    if not rest:
        raise ValueError("a plan has a query")
    main, inputs = query(summary.query), checks(summary.input_checks)
    outputs = checks(summary.output_checks)
    before, after = script(summary.before), script(summary.after)
    named = tuple(Relation(schema, name) for schema, name in kept.named)
    checked = summary.checked_sources
    return Plan(main, inputs, outputs, before, after, kept.dialect, engine, named, checked)


def _programs() -> list[object]:
    """What the meaning was worked out by: this package's own files, sqlglot's, and Python."""
    found = find_spec("sqlglot")
    version = Path(found.origin).with_name("_version.py") if found and found.origin else None
    ours = sorted(Path(__file__).parent.rglob("*.py"))
    stats = [file.stat() for file in (*ours, *([version] if version else []))]
    return [sys.version, *((stat.st_size, stat.st_mtime_ns) for stat in stats)]


def _secret() -> bytes:
    """This user's key, made on first use; raises OSError or RuntimeError where there is none."""
    # https://specifications.freedesktop.org/basedir-spec: a path that is not absolute is none.
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    folder = (state if state.is_absolute() else Path.home() / ".local/state") / "summary-builder"
    file = folder / "key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Of two builds at once one makes the key, and both use it.
        with suppress(FileExistsError):
            _write_once(file, secrets.token_bytes(_SIGNATURE))
    key, about = _read(file), file.stat()
    # Windows has no owners to compare.
    user = os.getuid() if hasattr(os, "getuid") else about.st_uid
    is_ours = about.st_uid == user and not about.st_mode & 0o077
    if len(key) != _SIGNATURE or not is_ours:
        raise RuntimeError(f"{file} is no key of this user's alone")
    return key


def _write_once(file: Path, content: bytes) -> None:
    """A new file that only we may read; raises FileExistsError if it was there."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _read(file: Path) -> bytes:
    """What a plain file holds; raises OSError for what is none, which could be waited for."""
    if not file.is_file():
        raise FileNotFoundError(file)
    return file.read_bytes()


def _make_private(folder: Path) -> None:
    """The folder, kept out of version control."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
