"""The worker: does what waits, as a process of its own or as a thread of the server."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

log = logging.getLogger("prokura.worker")

PAUSE_SECONDS = 0.25

Step = Callable[[], bool]
"""Does one piece of waiting work and tells whether there was any."""


class Worker:
    """Does its steps in turn until it is stopped. A step that has work goes on at once; the others look again after a
    quarter of a second, for a look costs a transaction, which requests would feel.

    Long steps have a thread of their own, so that nothing waits for them; they look at `stopping` themselves.
    """

    def __init__(
        self, steps: Sequence[Step], long_steps: Sequence[Step] = (), stopping: threading.Event | None = None
    ) -> None:
        self._steps = steps
        self._long_steps = long_steps
        self._stopping = stopping or threading.Event()
        self._thread = threading.Thread(target=self.run, name="prokura-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the present piece of work finish."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def stop_soon(self) -> None:
        """Ask the worker to end after the present piece of work, without waiting for it."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped. A fault outside the work itself, such as a lost database, is logged and tried again; it
        keeps no other step from its work.
        """
        beside = threading.Thread(target=self._loop, args=(self._long_steps,), name="prokura-long-jobs", daemon=True)
        beside.start()
        self._loop(self._steps)
        beside.join()

    def _loop(self, steps: Sequence[Step]) -> None:
        while steps and not self._stopping.is_set():
            next_look = time.monotonic() + PAUSE_SECONDS
            busy = self._with_work(steps)
            while busy and time.monotonic() < next_look:
                busy = self._with_work(busy)
            self._stopping.wait(max(0, next_look - time.monotonic()))

    def _with_work(self, steps: Sequence[Step]) -> list[Step]:
        return [step for step in steps if not self._stopping.is_set() and self._tried(step)]

    def _tried(self, step: Step) -> bool:
        try:
            return step()
        except Exception:
            log.exception("the worker stumbles; it goes on")
            return False

    def work_once(self) -> bool:
        """Run each step once, long ones last; tells whether any of them had work."""
        had_work = [step() for step in (*self._steps, *self._long_steps)]
        return any(had_work)

    def work_until_idle(self) -> None:
        """Run the steps until nothing waits."""
        while self.work_once():
            pass
