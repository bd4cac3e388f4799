"""What gunicorn calls in its worker. It reads this file before the worker patches the standard library, so nothing may be
imported here: sockets and locks made too early would block the whole process.
"""


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """The application is loaded and about to serve: begin to beat."""
    worker.wsgi.extensions["pulse"].start()
