"""Languages of a pack joined with their starter files."""

from core.problems.rules.kinds import Kind
from core.problems.rules.layout import Layout
from core.problems.rules.manifest import Manifest
from core.problems.rules.pack import Language
from core.problems.rules.problem import Problems

MAX_STARTER_FILES = 300


def build_languages(manifest: Manifest, layout: Layout, problems: Problems) -> tuple[Language, ...]:
    """One Language a declared language; missing, unused and oversized starters are problems."""
    found = []
    used = set()
    for spec in manifest.languages:
        folder = spec.starter.removeprefix("starter/")
        used.add(folder)
        files = layout.starter.get(folder, {})
        if not files:
            spec.fields.fault("starter", f"names the folder {spec.starter}/, which holds no files; add them")
        if len(files) > MAX_STARTER_FILES:
            problems.add(spec.starter, 0, f"holds more than {MAX_STARTER_FILES} files; make the task smaller")
        if manifest.kind is Kind.IO and files and spec.entry not in files:
            problems.add(spec.starter, 0, f"holds no {spec.entry}; add the file the candidate begins with")
        found.append(
            Language(
                name=spec.name,
                starter=spec.starter,
                entry=spec.entry,
                build=spec.build,
                argv=spec.argv,
                limits=spec.limits,
                build_limits=spec.build_limits,
                starter_files=files,
            )
        )
    for folder in sorted(set(layout.starter) - used):
        problems.add(f"starter/{folder}", 0, "belongs to no declared language; declare it or remove it")
    return tuple(found)
