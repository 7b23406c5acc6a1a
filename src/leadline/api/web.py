"""The built web app: files known by name, pages for its own routes. No text of a client reaches the disk."""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.types import Scope

from leadline.api import failures
from leadline.api.answers import HTML, Answer, Headers
from leadline.api.middleware import CSP

PAGES = re.compile(r"/(explore|signin|status|dashboards(/[^/]+)*)?/?")
"""The routes of the page (`docs/reference/contract.md`); all are the one document."""

_FOREVER = "public, max-age=31536000, immutable"
_ASK = "no-cache"
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_TEXTS = re.compile(r"text/|application/(javascript|json|manifest\+json|xml)|image/svg")
_MISSING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Leadline</title>
<h1>The web app is not built</h1>
<p>This Leadline was started from a clone in which the web app has not been built yet.
Run <code>make setup</code> and start it again. The API works: <a href="/openapi.json">/openapi.json</a>.</p>
</html>"""
_NOT_FOUND = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Leadline</title>
<h1>There is nothing at this address</h1><p><a href="/">To the overview</a></p></html>"""

for suffix, media in ((".js", "text/javascript"), (".mjs", "text/javascript"), (".woff2", "font/woff2")):
    mimetypes.add_type(
        media, suffix
    )  # the system's table may say otherwise, and nosniff takes it at its word


@dataclass(frozen=True)
class File:
    """One file of the web app, with the forms in which it may be sent."""

    path: Path
    name: str

    @cached_property
    def plain(self) -> bytes:
        """Its bytes."""
        return self.path.read_bytes()

    @cached_property
    def etag(self) -> str:
        """Its hash."""
        return f'"{hashlib.sha256(self.plain).hexdigest()[:32]}"'

    @property
    def media(self) -> str:
        """Its type."""
        return mimetypes.guess_type(self.path.name)[0] or "application/octet-stream"

    @cached_property
    def packed(self) -> Mapping[str, bytes]:
        """Its compressed forms, best first: those lying beside it, else gzip for texts."""
        found = {
            coding: beside.read_bytes()
            for coding, ending in (("br", ".br"), ("gzip", ".gz"))
            if (beside := self.path.with_name(self.path.name + ending)).is_file()
        }
        if not found and _TEXTS.match(self.media) and len(self.plain) > 1000:
            found["gzip"] = gzip.compress(self.plain, 6, mtime=0)
        return found

    def answer(self, headers: Mapping[bytes, bytes], extra: Headers = ()) -> Answer:
        """The file in the best form that the client takes, or 304."""
        keep = _FOREVER if _HASHED.search(self.name) and self.name.startswith("/assets/") else _ASK
        named: Headers = (("etag", self.etag), ("cache-control", keep), ("vary", "accept-encoding"), *extra)
        if self.etag in headers.get(b"if-none-match", b"").decode("latin-1"):
            return Answer(b"", 304, self.media, named)
        accepted = headers.get(b"accept-encoding", b"").decode("latin-1").split(",")
        taken = {part.split(";")[0].strip() for part in accepted}
        for coding, body in self.packed.items():
            if coding in taken:
                return Answer(body, 200, self.media, (*named, ("content-encoding", coding)))
        return Answer(self.plain, 200, self.media, named)


def _found(folder: Path) -> Iterator[tuple[str, File]]:
    """The files of the folder by their address; links that lead out of it are none."""
    root = folder.resolve()
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix not in {".br", ".gz"} and path.resolve().is_relative_to(root):
            name = f"/{path.relative_to(root).as_posix()}"
            yield name, File(path, name)


class WebApp:
    """The web app in `folder`; without one a page that says so. Read again when it is built anew."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._built: int | None = None
        self._files: dict[str, File] = {}
        self._page_headers: Headers = ()

    def answer(self, scope: Scope) -> Answer:
        """The file or page at the address of a request."""
        path, headers = scope["path"], dict(scope["headers"])
        scope["leadline.route"] = "(web)"
        if scope["method"] not in {"GET", "HEAD"} or path.startswith("/api/"):
            return failures.of_error(failures.not_found())
        self._refresh()
        if path in self._files and path != "/index.html":
            return self._files[path].answer(headers)
        if not PAGES.fullmatch(path):
            return Answer(_NOT_FOUND, 404, HTML)
        page = self._files.get("/index.html")
        return page.answer(headers, self._page_headers) if page else Answer(_MISSING, 503, HTML)

    def _refresh(self) -> None:
        built = _changed(self._folder)
        if built != self._built and self._folder is not None:
            self._files = dict(_found(self._folder)) if built is not None else {}
            page = self._files.get("/index.html")
            self._page_headers = (("content-security-policy", policy(page.plain)),) if page else ()
        self._built = built


def _changed(folder: Path | None) -> int | None:
    try:
        return (folder / "index.html").stat().st_mtime_ns if folder else None
    except OSError:
        return None


_INLINE = re.compile(rb"<(script|style)(?:\s[^>]*)?>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)


def policy(page: bytes) -> str:
    """The page's content security policy: inline parts that were built into it are allowed by their hash."""
    hashes: dict[bytes, list[str]] = {b"script": [], b"style": []}
    for kind, text in _INLINE.findall(page):
        if text:
            digest = base64.b64encode(hashlib.sha256(text).digest()).decode("ascii")
            hashes[kind.lower()].append(f" 'sha256-{digest}'")
    return CSP.format(scripts="".join(hashes[b"script"]), styles="".join(hashes[b"style"]))
