from proofroom_driver import Candidate, Suite

suite, candidate = Suite("doubler"), Candidate()


def ask(line):
    candidate.write(line.encode() + b"\n")
    return candidate.read_line().decode()


with suite.case("doubles"):
    candidate.start()
    assert candidate.read_line() == b"fresh"
    for number in range(50):
        assert ask(str(number)) == str(number * 2)
with suite.case("a fresh process knows nothing"):
    assert ask("save") == "saved"
    candidate.start()
    assert candidate.read_line() == b"fresh"
    assert ask("save") == "saved"
with suite.case("kept files come back"):
    candidate.start(keep_files=True)
    assert candidate.read_line() == b"before"
with suite.case("wiped files do not"):
    candidate.start()
    assert candidate.read_line() == b"fresh"
with suite.case("exit code"):
    candidate.write(b"exit\n")
    end = candidate.wait(5)
    assert (end["status"], end["exit_code"]) == ("runtime_error", 3), end
with suite.case("killed"):
    candidate.start()
    candidate.kill()
    assert candidate.wait(5)["status"] == "signal"
with suite.case("time-out"):
    candidate.start()
    candidate.write(b"hang\n")
    assert candidate.wait(20)["status"] == "time"
with suite.case("a wrong answer fails"):
    candidate.start()
    candidate.read_line()
    answer = ask("3")
    assert answer == "7", answer
suite.write("results.xml")
