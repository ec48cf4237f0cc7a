"""Fuzzes reading and judging with atheris, guided by coverage: `make fuzz`, or SECONDS=600 for longer.

Whatever breaks is kept as a file `crash-…` in the folder of the corpus; atheris prints its bytes as well.
"""

import os
import shutil
import sys
from pathlib import Path

from tests.samples import FOLDER

HOUSE = Path(__file__).parents[2]
CORPUS = HOUSE / "var" / "fuzz"
NO_ATHERIS = "make fuzz needs atheris, which is no requirement of ours: .venv/bin/pip install atheris"
MOST_BYTES = 65_536


def main() -> None:
    try:
        import atheris
    except ImportError:
        sys.exit(NO_ATHERIS)
    with atheris.instrument_imports(include=["app.oioubl", "app.dialects", "app.documents"]):
        from tests.fuzz.trying import try_document
    CORPUS.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.xml"):
        shutil.copy(file, CORPUS / file.name)
    bounds = [f"-max_total_time={os.environ.get('SECONDS', '60')}", f"-max_len={MOST_BYTES}", "-rss_limit_mb=1024"]
    atheris.Setup([sys.argv[0], str(CORPUS), f"-artifact_prefix={CORPUS}/", *bounds, *sys.argv[1:]], try_document)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
