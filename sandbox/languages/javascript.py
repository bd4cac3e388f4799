"""JavaScript on Node."""

from sandbox.languages.base import Argv, Language, NoProgram, Paths, SelfTest, entry


def run(paths: Paths, _: int) -> Argv:
    if "main.mjs" in paths:
        return ("node", "main.mjs")
    try:
        return ("node", entry(paths, "main.js", ".js"))
    except NoProgram:
        return ("node", entry(paths, "main.mjs", ".mjs"))


JAVASCRIPT = Language(
    id="javascript",
    name="JavaScript (Node)",
    image="javascript",
    run=run,
    self_test=SelfTest(
        {"main.js": "const t = require('fs').readFileSync(0, 'utf8');\n"
                    "console.log(t.trim().split('\\n').map(Number).reduce((a, b) => a + b) * 2);\n"},
        "20\n1\n", "42\n",
    ),
    versions={"node": ("node", "--version")},
    programs=("/usr/bin/node",),
    packages=("nodejs",),
    env={"NODE_DISABLE_COLORS": "1"},
)
