"""Images: one a language, built from images/<name>.Dockerfile with the classic builder, named by a hash of what it is made of."""

import hashlib
import io
import json
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from sandbox import binaries
from sandbox.engines.base import EngineError, Progress
from sandbox.engines.docker_api import DockerApi, DockerError
from sandbox.languages.base import Language

BASE = "debian:bookworm-slim"
FOLDER = Path(__file__).parent.parent / "images"
BASE_SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "base-image.sh"
BUILD_SECONDS = 1800.0
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Image:
    """Name and build context of a language's image."""

    tag: str
    context: bytes


def image_of(language: Language, helpers: dict[str, Path]) -> Image:
    """The image that this checkout and these binaries (agent, bridge) make of a language."""
    parts = {"Dockerfile": (FOLDER / f"{language.image}.Dockerfile").read_bytes()}
    for extra in FOLDER.iterdir():
        if extra.suffix != ".Dockerfile" and extra.name.encode() in parts["Dockerfile"]:
            parts[extra.name] = extra.read_bytes()
    parts |= {name: path.read_bytes() for name, path in helpers.items()}
    return _named(language.image, parts)


def _named(name: str, parts: dict[str, bytes]) -> Image:
    digest = hashlib.sha256()
    for part, content in sorted(parts.items()):
        digest.update(f"{part} {len(content)}\n".encode() + content)
    return Image(f"proofroom-sandbox-{name}:{digest.hexdigest()[:16]}", _tar(parts))


def _tar(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in sorted(parts.items()):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o555 if name in ("agent", "bridge") else 0o444
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def present(api: DockerApi, tag: str) -> bool:
    try:
        api.call("GET", f"/images/{quote(tag)}/json")
    except DockerError as error:
        if error.status == 404:
            return False
        raise
    return True


def ensure_base(api: DockerApi, progress: Progress) -> None:
    """Make the base image be there: pulled, or made on this machine. Raises EngineError."""
    if present(api, BASE):
        return
    progress(1, "fetching the base image")
    script = subprocess.run([str(BASE_SCRIPT)], env=os.environ | {"DOCKER_HOST": api.address}, capture_output=True,
                            text=True, timeout=BUILD_SECONDS, check=False)
    if script.returncode:
        raise EngineError(f"no base image: {script.stderr.strip()[-300:]}", f"run: docker pull {BASE}")


def programs(api: DockerApi, folder: Path, progress: Progress) -> dict[str, Path]:
    """The agent and the bridge: compiled here, or inside an image where this machine has no compiler."""
    try:
        found = binaries.build(folder)
    except binaries.NoCompiler:
        found = _compile_inside(api, folder, progress)
    return {name: found[name] for name in ("agent", "bridge")}


def _compile_inside(api: DockerApi, folder: Path, progress: Progress) -> dict[str, Path]:
    parts = {"Dockerfile": (FOLDER / "agent.Dockerfile").read_bytes()} | binaries.sources()
    image = _named("agent", parts)
    ensure(api, image, progress)
    container = api.call("POST", "/containers/create", {"Image": image.tag, "Cmd": ["/sbx/agent"]})["Id"]
    try:
        packed = api.download(f"/containers/{container}/archive?path=/sbx")
    finally:
        api.call("DELETE", f"/containers/{container}?force=1&v=1")
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        content = {name: tar.extractfile(f"sbx/{name}") for name in binaries.PROGRAMS}
        return binaries.install(folder, {name: file.read() for name, file in content.items() if file})


def ensure(api: DockerApi, image: Image, progress: Progress) -> None:
    """Build the image unless it is there. Raises EngineError with the last lines of a failed build."""
    if present(api, image.tag):
        return
    ensure_base(api, progress)
    arguments = {name: os.environ[name] for name in PROXIES if name in os.environ}
    query = urlencode({"t": image.tag, "networkmode": "host", "rm": "1", "forcerm": "1", "version": "1",
                       "buildargs": json.dumps(arguments)})
    last = ""
    for line in api.stream(f"/build?{query}", image.context, "application/x-tar", BUILD_SECONDS):
        text = str(line.get("stream", "")).strip()
        last = text or last
        if text.startswith("Step "):
            done, total = text.split()[1].split("/")
            progress(int(100 * (int(done) - 1) / int(total)), text.split(":", 1)[1].strip()[:80])
        if "error" in line:
            raise EngineError(f"building {image.tag} failed: {str(line['error'])[:200]}; {last[-200:]}",
                              "see that this machine reaches its Debian mirror, then restart")
