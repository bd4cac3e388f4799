"""`python -m scripts.picture`: draw docs/architecture.svg from the real imports. A test compares the file with them."""

from __future__ import annotations

import sys
import tomllib
from html import escape

import grimp

from scripts.steps import ROOT

TARGET = ROOT / "docs" / "architecture.svg"
PACKAGES = ("portal", "interviewer", "jobs", "server", "core", "evidence", "sandbox", "runtime")
DUTIES = {
    "portal": "candidates: invitation, workspace, receipt; sign-in",
    "interviewer": "the team: assessments, packs, ranked table, decisions",
    "jobs": "workers and timetable",
    "server": "Flask and Socket.IO: gate, errors, pages, units of work",
    "core": "one folder a feature, no web framework; a feature imports lower rows only",
    "evidence": "the format of the record, alone: kinds, canonical text, leaves, verification",
    "sandbox": "sandboxd: engines, agent, limits, measuring",
    "runtime": "supervisor, embedded services",
}
WIDTH, HEIGHT = 1120, 812
STYLE = """
  text{font:14px system-ui,sans-serif;fill:#1b2430}.name{font-weight:650;font-size:17px}.duty{font-size:12.5px;fill:#4a5666}
  .imports{font:12px ui-monospace,monospace;fill:#2f5fb3}.box{fill:#fff;stroke:#8fa0b5;stroke-width:1.4}.core{fill:#f3f7fd;stroke:#2f5fb3}
  .feature{fill:#fff;stroke:#b9c6d8}.outside{fill:#f4f1ea;stroke:#b3a78d}.arrow{stroke:#4a5666;stroke-width:1.6;fill:none;marker-end:url(#tip)}
  .wire{stroke:#9a6a12;stroke-width:1.6;stroke-dasharray:5 4;fill:none;marker-end:url(#tip)}.small{font-size:12px;fill:#4a5666}
""".strip()


def imports() -> dict[str, list[str]]:
    """Which of our packages each one imports directly, and for core which module of it reaches the sandbox."""
    graph = grimp.build_graph(*PACKAGES, include_external_packages=False)
    found: dict[str, list[str]] = {}
    for package in PACKAGES:
        reached = {
            target.split(".")[0]
            for module in {package} | graph.find_descendants(package)
            for target in graph.find_modules_directly_imported_by(module)
        }
        found[package] = [name for name in PACKAGES if name in reached - {package}]
    return found


def features() -> list[list[str]]:
    """The layers of core, high to low, without those that are not there yet."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in config["contracts"] if c["id"] == "core-layers")
    rows = [[name.strip() for name in layer.split("|")] for layer in layers]
    return [kept for row in rows if (kept := [name for name in row if not name.startswith("(")])]


def box(x: int, y: int, width: int, height: int, name: str, reached: list[str], kind: str = "box") -> str:
    """One package: its name, its duty, and what it imports."""
    told = " · ".join(reached) if reached else "nothing of ours"
    return (
        f'<rect class="box {kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'
        f'<text class="name" x="{x + 14}" y="{y + 25}">{name}/</text>'
        f'<text class="duty" x="{x + 14}" y="{y + 45}">{escape(DUTIES[name])}</text>'
        f'<text class="imports" x="{x + 14}" y="{y + 64}">imports {escape(told)}</text>'
    )


def outside(x: int, y: int, width: int, name: str, about: str) -> str:
    """Something that is not a package of ours."""
    return (
        f'<rect class="box outside" x="{x}" y="{y}" width="{width}" height="52" rx="10"/>'
        f'<text x="{x + 14}" y="{y + 22}" font-weight="600">{escape(name)}</text>'
        f'<text class="small" x="{x + 14}" y="{y + 41}">{escape(about)}</text>'
    )


def arrow(path: str, kind: str = "arrow", label: str = "", at: tuple[int, int] = (0, 0)) -> str:
    """A line with a tip, and a word beside it."""
    word = f'<text class="small" x="{at[0]}" y="{at[1]}">{escape(label)}</text>' if label else ""
    return f'<path class="{kind}" d="{path}"/>{word}'


def layers(x: int, y: int, width: int) -> str:
    """The features of core, one row a layer; each imports lower rows only."""
    out = []
    for number, row in enumerate(features()):
        each, top = (width - 8 * (len(row) - 1)) // len(row), y + number * 29
        for place, name in enumerate(row):
            left = x + place * (each + 8)
            out.append(f'<rect class="feature box" x="{left}" y="{top}" width="{each}" height="24" rx="6"/>')
            out.append(f'<text class="small" x="{left + each // 2}" y="{top + 16}" text-anchor="middle">{name}</text>')
    return "".join(out)


def draw(reached: dict[str, list[str]]) -> str:
    """The whole picture."""
    low = 336 + 29 * len(features()) + 14
    parts = [
        outside(30, 16, 480, "Browser", "pages, frontend/ (TypeScript), Socket.IO"),
        outside(800, 16, 290, "Redis", "wake-ups, hints, counters; nothing only here"),
        box(20, 112, 375, 78, "portal", reached["portal"]),
        box(410, 112, 375, 78, "interviewer", reached["interviewer"]),
        box(800, 112, 300, 78, "jobs", reached["jobs"]),
        box(20, 214, 765, 60, "server", reached["server"]).replace('y="278"', 'y="259" dx="420"'),
        f'<rect class="box core" x="20" y="298" width="765" height="{low - 298}" rx="12"/>',
        '<text class="name" x="34" y="322">core/</text>',
        f'<text class="duty" x="90" y="322">{escape(DUTIES["core"])}</text>',
        f'<text class="imports" x="580" y="322">imports {" · ".join(reached["core"])}</text>',
        layers(34, 336, 737),
        box(20, low + 22, 765, 74, "evidence", reached["evidence"]),
        outside(800, 330, 300, "PostgreSQL", "the truth: rows, logs, leases, outbox"),
        box(800, 490, 300, 78, "sandbox", reached["sandbox"]),
        outside(800, 602, 300, "Boxes", "one for each job; a driver in a second one"),
        box(800, low + 22, 300, 74, "runtime", reached["runtime"]),
        arrow("M150 68 V110"), arrow("M450 68 V110"), arrow("M930 68 V110", "wire"),
        arrow("M200 190 V212"), arrow("M600 190 V212"), arrow("M400 274 V296"),
        arrow("M850 190 V312 H787"), arrow("M785 356 H798"), arrow(f"M400 {low} V{low + 20}"),
        arrow("M785 528 H798", "wire"), arrow("M950 568 V600", "wire"),
        '<text class="small" x="806" y="415">core.gateways.runner alone speaks to it,</text>',
        '<text class="small" x="806" y="432">by sandbox.protocol and sandbox.client,</text>',
        '<text class="small" x="806" y="449">over a unix socket. No database, no secret,</text>',
        '<text class="small" x="806" y="466">no network in it.</text>',
    ]  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">'
        f'<title id="t">The packages of Proofroom and what each one imports</title><style>{STYLE}</style>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#4a5666"/></marker></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fbfcfe"/>' + "\n".join(parts) + "</svg>\n"
    )


def main() -> int:
    """Write the file."""
    TARGET.write_text(draw(imports()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
