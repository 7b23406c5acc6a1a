"""Keeps everything running until it is told to stop, then ends it in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from leadline.core.errors import LeadlineError
from leadline.embedded import readiness
from leadline.embedded.application import Application
from leadline.embedded.failures import last_error
from leadline.embedded.logs import Log
from leadline.embedded.processes import Command
from leadline.embedded.servers import Servers

_LOOK_SECONDS = 0.25


class Supervisor:
    """Watches `servers` and the product's own processes. `changed`: a process id has."""

    def __init__(
        self,
        servers: Servers,
        commands: Sequence[Command],
        log: Log,
        changed: Callable[[], None],
    ) -> None:
        """Nothing is started yet."""
        self._servers, self._log, self._changed = servers, log, changed
        self._applications = {command.name: Application(command) for command in commands}

    def start(self, url: str) -> LeadlineError | None:
        """Starts the processes and waits until the product at `url` is ready.

        Gives back what is wrong with the model, if that is all. Raises where a process ends meanwhile, with
        its last words, or where a part stays down.
        """
        for name, application in self._applications.items():
            application.start()
            self._log.info("process_started", process=name, pid=self.pids()[name])
        return readiness.wait(url, self._refuse_ended)

    def watch(self) -> None:
        """Looks after everything; ends only by an exception (a signal, a server that cannot be revived)."""
        while True:
            time.sleep(_LOOK_SECONDS)
            before = self.pids()
            for name in self._servers.revive():
                self._log.warning("server_revived", process=name)
            for name, application in self._applications.items():
                status = application.revive()
                if status is not None:
                    self._log.warning("process_ended", process=name, status=status, pause=application.pause)
            if self.pids() != before:
                self._changed()

    def stop(self) -> None:
        """Ends the product's processes all at once."""
        running = [a.process for a in self._applications.values() if a.process is not None]
        for process in running:
            process.ask()
        for process in running:
            process.end()
        self._log.info("stopped")

    def pids(self) -> dict[str, int]:
        """The process id of everything that runs."""
        own = {name: a.process.pid for name, a in self._applications.items() if a.process is not None}
        return {**self._servers.pids(), **own}

    def _refuse_ended(self) -> None:
        for name, application in self._applications.items():
            process = application.process
            if process is not None and process.status is not None:
                raise last_error(name, process.last_words(), process.command.log)
