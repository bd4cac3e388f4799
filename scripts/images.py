"""`make images`: build the sandbox images now, instead of in the background of `make run`. Images that exist are kept:
each is named by a hash of what it is made of."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from sandbox.engines import docker
from sandbox.engines.base import EngineError
from sandbox.languages import LANGUAGES


def main() -> int:
    """0 when every language has its image; needs a Docker engine that answers (DOCKER_HOST)."""
    try:
        api = docker.find()
        with tempfile.TemporaryDirectory(prefix="proofroom-images-") as folder:
            engine = docker.DockerEngine(api, "images", Path(folder))
            for language in LANGUAGES.values():
                begun = time.monotonic()
                engine.prepare(language, lambda percent, step: None)
                print(f"images     | {language.name} is there ({time.monotonic() - begun:.1f} s)", flush=True)
    except EngineError as error:
        print(f"images     | {error.reason}. {error.cure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
