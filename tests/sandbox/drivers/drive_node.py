import urllib.request

from proofroom_driver import Candidate, Suite

suite, candidate = Suite("node"), Candidate()
with suite.case("serves"):
    port = candidate.start(bridge=True).forward(8080)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", data=b"hello", timeout=10) as answer:
        assert answer.read() == b"HELLO"
suite.write("results.xml")
