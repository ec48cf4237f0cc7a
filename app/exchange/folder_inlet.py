"""A folder that documents come in by: `{message_id}.xml`, and its envelope `{message_id}.json` last, as in `out`."""

import json
from pathlib import Path

from app.exchange.pulling import MESSAGE_ID, Arrival, Corrupted, NotGiven
from app.kit.archive import sha256


class FolderInlet:
    """Takes what is complete, and moves it to `done` when it is kept."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done = folder / "done"

    def waiting(self) -> list[str]:
        """Give the names of documents whose envelope is there."""
        return sorted(file.stem for file in self._folder.glob("*.json") if MESSAGE_ID.fullmatch(file.stem))

    def fetch(self, message_id: str) -> Arrival:
        """Give a document that waits.

        :raises NotGiven: when it is not there, or its envelope cannot be read.
        :raises Corrupted: when its bytes are not those of its envelope.
        """
        try:
            content = (self._folder / f"{message_id}.xml").read_bytes()
            told = json.loads((self._folder / f"{message_id}.json").read_bytes())["sha256"]
        except (OSError, ValueError, KeyError, TypeError) as reason:
            raise NotGiven(f"{message_id} cannot be read: {type(reason).__name__}") from reason
        came = sha256(content)
        if came != told:
            raise Corrupted(f"{message_id} has other bytes than its envelope says")
        return Arrival(message_id, came, content)

    def acknowledge(self, message_id: str) -> None:
        """Move a document away, its envelope first.

        :raises NotGiven: when it cannot be moved.
        """
        try:
            self._done.mkdir(exist_ok=True)
            for name in (f"{message_id}.json", f"{message_id}.xml"):
                if (self._folder / name).exists():
                    (self._folder / name).replace(self._done / name)
        except OSError as reason:
            raise NotGiven(f"{message_id} cannot be moved: {type(reason).__name__}") from reason
