"""C++20 with g++. The image precompiles bits/stdc++.h for exactly these flags; others would not use it."""

from sandbox.languages.base import Argv, Language, Paths, SelfTest, sources

FLAGS = ("-O2", "-std=c++20")


def build(paths: Paths) -> Argv:
    return ("g++", *FLAGS, "-o", "main", *sources(paths, ".cpp"))


def run(_: Paths, __: int) -> Argv:
    return ("./main",)


CPP = Language(
    id="cpp",
    name="C++",
    image="cpp",
    build=build,
    run=run,
    self_test=SelfTest(
        {"main.cpp": "#include <bits/stdc++.h>\nint main() { long s = 0, x; while (std::cin >> x) s += x; "
                     "std::cout << s * 2 << '\\n'; }\n"},
        "20\n1\n", "42\n",
    ),
    versions={"g++": ("g++", "--version")},
    programs=("/usr/bin/g++", "/usr/bin/as", "/usr/bin/ld"),
    packages=("g++", "libc6-dev"),
)
