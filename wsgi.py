"""The web process: settings → application → doors (decision 16). gunicorn serves ``wsgi:app`` with its gevent worker."""

# The patch comes before every other import, or sockets and locks made by them would block the whole process.
from gevent import monkey

monkey.patch_all()

import interviewer  # noqa: E402
import portal  # noqa: E402
from core.base.log import set_up_logs  # noqa: E402
from core.settings import read_settings  # noqa: E402
from core.wiring import socket_manager, wire  # noqa: E402
from server.app import create_app  # noqa: E402
from server.pulse import Pulse  # noqa: E402
from server.sockets import make_sockets  # noqa: E402

settings = read_settings()
set_up_logs(settings.log_level, settings.log_format)
wiring = wire(settings)
app = create_app(wiring)
app.extensions["pulse"] = Pulse(wiring.database)  # started by server/worker_hooks.py
sockets = make_sockets(
    app, wiring, async_mode="gevent", client_manager=socket_manager(settings, write_only=False)
)
portal.mount(app, sockets)
interviewer.mount(app, sockets)
