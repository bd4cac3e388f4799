import contextlib
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from proofroom_driver import Candidate, Ended, Suite

calls = []


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        calls.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"paid:" + calls[-1])

    def log_message(self, *args):
        pass


provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=provider.serve_forever, daemon=True).start()
suite, candidate = Suite("service"), Candidate()


def start(**more):
    candidate.start(bridge=True, listen=[9000], **more)
    candidate.answer(9000, provider.server_port)
    return candidate.forward(8080)


def post(port, path, body=b"x"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", data=body, timeout=10) as answer:
        return answer.read()


with suite.case("serves"):
    port = start()
    assert post(port, "/echo", b"hello") == b"hello"
with suite.case("calls its provider"):
    assert post(port, "/pay", b"7") == b"paid:7"
    assert calls == [b"7"], calls
with suite.case("many at once"):
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda i: post(port, "/echo", b"%d" % i), range(60)))
    assert answers == [b"%d" % i for i in range(60)]
with suite.case("large bodies"):
    body = bytes(range(256)) * 8000
    assert post(port, "/echo", body) == body
with suite.case("comes back after a crash with its data"):
    with contextlib.suppress(urllib.error.URLError, OSError):
        post(port, "/crash")
    assert candidate.wait(5)["exit_code"] == 9
    port = start(keep_files=True)
    assert post(port, "/ledger") == b'["paid:7"]'
with suite.case("a dead service is noticed"):
    try:
        candidate.start(argv=["python3", "-c", "raise SystemExit(4)"], bridge=True)
        candidate.forward(8080)
    except Ended:
        assert candidate.wait(5)["exit_code"] == 4
    else:
        raise AssertionError("a program that ended was taken for a service")
suite.write("results.xml")
