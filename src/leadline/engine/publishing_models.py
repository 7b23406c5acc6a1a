"""Publishes the model of a folder: what has been checked becomes the version that all nodes use."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import structlog

from leadline.engine.models import Models
from leadline.engine.origins import Folder, load_texts
from leadline.engine.published import Published
from leadline.sources.postgres import Source

log = structlog.get_logger("leadline.models")


class Publisher:
    """Watches one folder and publishes its model when it changes and can be used.

    Only a change that this process has seen is published: of several workers with different files, the one
    whose files were written or which was started last says what holds.
    """

    def __init__(self, path: Path, source: Source, published: Published) -> None:
        self._folder, self._published = Folder(path), published
        self._models = Models(self._folder, source)
        self._done: Hashable = None

    async def look(self) -> None:
        """Publishes what has changed since the last look. Raises `state_unavailable`."""
        stamp, texts = await self._folder.stamp(), await self._folder.texts()
        await self._models.poll()
        seen = (stamp, self._models.issues)
        if seen == self._done or not self._models.settled or await self._folder.stamp() != stamp:
            return  # nothing new; or the tables are not known yet, or a file is just being written
        wrong = [issue for issue in self._models.issues if issue.severity == "error"]
        if wrong:
            await self._published.tell(wrong)
        elif not await self._publish(texts):
            return
        self._done = seen

    async def _publish(self, texts: dict[str, str]) -> bool:
        """False where the texts are not those that were checked."""
        model, fingerprint = load_texts(texts).model, self._models.current.fingerprint
        if model is None or model.fingerprint != fingerprint:
            return False
        changed = await self._published.publish(fingerprint, texts)
        log.info("model_published", fingerprint=fingerprint, changed=changed)
        return True
