import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/pay":
            with urllib.request.urlopen("http://127.0.0.1:9000/charge", data=body, timeout=5) as answer:
                body = answer.read()
            with open("ledger", "a") as ledger:
                ledger.write(body.decode() + "\n")
        elif self.path == "/crash":
            os._exit(9)
        elif self.path == "/ledger":
            with open("ledger") as ledger:
                body = json.dumps(ledger.read().split()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


print("this goes to stderr's log, not to the driver's frames", flush=True)
ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
