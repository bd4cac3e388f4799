"""Java. The image carries class data archives of javac and of a small program; elsewhere the flags do no harm."""

from sandbox.languages.base import Argv, Language, NoProgram, Paths, SelfTest, sources

COMMON = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto")
# -XX:SharedArchiveFile of a missing file is passed over in silence with -Xshare:auto.
JAVAC = ("-XX:SharedArchiveFile=/opt/cds/javac.jsa", "-Xmx320m")
JAVA = ("-XX:SharedArchiveFile=/opt/cds/run.jsa", "-Xss64m")


def build(paths: Paths) -> Argv:
    flags = tuple(f"-J{flag}" for flag in (*COMMON, *JAVAC))
    return ("javac", *flags, "-proc:none", "-encoding", "UTF-8", "-d", ".", *sources(paths, ".java"))


def run(paths: Paths, memory_mb: int) -> Argv:
    names = [path.removesuffix(".java") for path in paths if path.endswith(".java")]
    main = next((name for name in names if name.split("/")[-1] == "Main"), names[0] if len(names) == 1 else None)
    if main is None:
        raise NoProgram("the files must hold Main.java or exactly one .java file, or the job an argv")
    return ("java", *COMMON, *JAVA, f"-Xmx{memory_mb}m", "-cp", ".", main.split("/")[-1])


JAVA_LANGUAGE = Language(
    id="java",
    name="Java",
    image="java",
    build=build,
    run=run,
    self_test=SelfTest(
        {"Main.java": "import java.util.*;\npublic class Main {\n  public static void main(String[] a) {\n"
                      "    Scanner in = new Scanner(System.in);\n    long s = 0;\n"
                      "    while (in.hasNextLong()) s += in.nextLong();\n    System.out.println(s * 2);\n  }\n}\n"},
        "20\n1\n", "42\n",
    ),
    versions={"java": ("java", "-version"), "javac": ("javac", "-version")},
    programs=("/usr/bin/java", "/usr/bin/javac"),
    packages=("default-jdk-headless",),
    overhead_mb=256,
)
