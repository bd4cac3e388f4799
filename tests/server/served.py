"""What tests/server/test_served.py lets gunicorn serve: the real composition of wsgi.py, without a browser build."""

from gevent import monkey

monkey.patch_all()

from core.settings import read_settings  # noqa: E402
from core.wiring import socket_manager, wire  # noqa: E402
from server.app import create_app  # noqa: E402
from server.sockets import make_sockets  # noqa: E402

settings = read_settings()
wiring = wire(settings)
app = create_app(wiring, unbuilt_ok=True)
sockets = make_sockets(
    app, wiring, async_mode="gevent", client_manager=socket_manager(settings, write_only=False)
)
