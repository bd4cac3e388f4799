/* bridge [--listen PORT]... -- PROGRAM ARG...
 * Runs in the candidate's box, as the candidate, and is trusted by nobody: it carries TCP connections over its stdin and
 * stdout, so that a driver in another box can talk to a server that has no network. Frames, both ways, numbers big-endian:
 *   type u8, connection u32, size u32, payload
 *   o  open: port u16. From the driver: connect to 127.0.0.1:port here. To the driver: somebody connected to PORT here.
 *   d  data      e  no more data this way      x  the connection is gone (or could not be made)
 *   k  to the driver: the connection it asked for stands
 * The driver numbers its connections from 1 up, the bridge from 0x80000000 up.
 * PROGRAM reads nothing and writes to our stderr; when it ends, the bridge ends with its exit code. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 128
#define CHUNK 32768
#define MAX_QUEUE (8u << 20)

struct connection { uint32_t id; int fd, ended_in, ended_out, connecting; uint8_t *queue; size_t size; };
static struct connection connections[MOST];
static struct { int fd, port; } listeners[8];
static int listener_count;
static uint32_t next_id = 0x80000000u;

static void write_all(const void *data, size_t size) {
  const uint8_t *p = data;
  while (size) {
    ssize_t n = write(1, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(0);
    p += n;
    size -= n;
  }
}

static void read_all(void *data, size_t size) {
  uint8_t *p = data;
  while (size) {
    ssize_t n = read(0, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(0);
    p += n;
    size -= n;
  }
}

static void tell(uint8_t type, uint32_t id, const void *data, uint32_t size) {
  uint8_t head[9] = {type};
  uint32_t values[2] = {htonl(id), htonl(size)};
  memcpy(head + 1, values, 8);
  write_all(head, sizeof head);
  write_all(data, size);
}

static struct connection *find(uint32_t id) {
  for (int i = 0; i < MOST; i++)
    if (connections[i].fd >= 0 && connections[i].id == id) return &connections[i];
  return NULL;
}

static struct connection *add(uint32_t id, int fd) {
  for (int i = 0; i < MOST; i++)
    if (connections[i].fd < 0) {
      connections[i] = (struct connection){.id = id, .fd = fd};
      int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return &connections[i];
    }
  close(fd);
  return NULL;
}

static void drop(struct connection *c, int say) {
  if (say) tell('x', c->id, NULL, 0);
  close(c->fd);
  free(c->queue);
  *c = (struct connection){.fd = -1};
}

static struct sockaddr_in local(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

static void open_to(uint32_t id, int port) {
  struct sockaddr_in a = local(port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int failed = fd < 0 || (connect(fd, (struct sockaddr *)&a, sizeof a) < 0 && errno != EINPROGRESS);
  if (failed && fd >= 0) close(fd);
  struct connection *c = failed ? NULL : add(id, fd);
  if (c) c->connecting = 1;
  else tell('x', id, NULL, 0);
}

static void listen_on(int port) {
  struct sockaddr_in a = local(port);
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || listener_count == 8 || bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 64)) {
    fprintf(stderr, "bridge: cannot listen on port %d\n", port);
    _exit(72);
  }
  listeners[listener_count].fd = fd;
  listeners[listener_count++].port = port;
}

static void accept_from(int i) {
  int fd = accept4(listeners[i].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  struct connection *c = fd < 0 ? NULL : add(next_id, fd);
  uint16_t port = htons(listeners[i].port);
  if (c) tell('o', next_id++, &port, sizeof port);
}

static void flush(struct connection *c) {
  while (c->size) {
    ssize_t n = send(c->fd, c->queue, c->size, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) { drop(c, 1); return; }
    memmove(c->queue, c->queue + n, c->size -= n);
  }
  if (c->ended_out == 1) { shutdown(c->fd, SHUT_WR); c->ended_out = 2; }
  if (c->ended_out && c->ended_in) drop(c, 0);
}

static void from_driver(void) {
  uint8_t type, payload[CHUNK];
  uint32_t id, size;
  read_all(&type, 1);
  read_all(&id, 4);
  read_all(&size, 4);
  id = ntohl(id), size = ntohl(size);
  if (size > sizeof payload) _exit(73);
  read_all(payload, size);
  struct connection *c = find(id);
  if (type == 'o' && size == 2 && !c) open_to(id, payload[0] << 8 | payload[1]);
  if (!c) return;
  if (type == 'x') { drop(c, 0); return; }
  if (type == 'e') c->ended_out = 1;
  if (type == 'd') {
    if (c->size + size > MAX_QUEUE) { drop(c, 1); return; }
    c->queue = realloc(c->queue, c->size + size + 1);
    if (!c->queue) _exit(74);
    memcpy(c->queue + c->size, payload, size);
    c->size += size;
  }
  if (!c->connecting) flush(c);
}

static void from_connection(struct connection *c, short events) {
  uint8_t data[CHUNK];
  if (c->connecting) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) { drop(c, 1); return; }
    c->connecting = 0;
    tell('k', c->id, NULL, 0);
    flush(c);
    return;
  }
  if (events & POLLOUT) flush(c);
  if (c->fd < 0 || c->ended_in || !(events & (POLLIN | POLLHUP | POLLERR))) return;
  ssize_t n = recv(c->fd, data, sizeof data, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n < 0) { drop(c, 1); return; }
  if (n) { tell('d', c->id, data, n); return; }
  c->ended_in = 1;
  tell('e', c->id, NULL, 0);
  flush(c);
}

static pid_t start(char **argv) {
  pid_t pid = fork();
  if (pid) return pid;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  int null = open("/dev/null", O_RDONLY);
  dup2(null, 0);
  dup2(2, 1);
  execvp(argv[0], argv);
  fprintf(stderr, "bridge: %s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

/* What the program sent right before its end still stands in the sockets. */
static void last_words(void) {
  for (int i = 0; i < MOST; i++)
    for (int k = 0; k < 64 && connections[i].fd >= 0 && !connections[i].connecting && !connections[i].ended_in; k++)
      from_connection(&connections[i], POLLIN);
}

static void ended(pid_t program) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
    if (pid == program) last_words(), _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv) {
  int i = 1;
  for (int k = 0; k < MOST; k++) connections[k].fd = -1;
  for (; i + 1 < argc && !strcmp(argv[i], "--listen"); i += 2) listen_on(atoi(argv[i + 1]));
  if (i + 1 >= argc || strcmp(argv[i], "--")) return 64;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  signal(SIGPIPE, SIG_IGN);
  int children = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  pid_t program = start(argv + i + 1);
  for (;;) {
    struct pollfd p[2 + 8 + MOST] = {{0, POLLIN, 0}, {children, POLLIN, 0}};
    for (int k = 0; k < 8; k++) p[2 + k] = (struct pollfd){k < listener_count ? listeners[k].fd : -1, POLLIN, 0};
    for (int k = 0; k < MOST; k++) {
      struct connection *c = &connections[k];
      short out = c->connecting || c->size ? POLLOUT : 0;
      p[10 + k] = (struct pollfd){c->ended_in && !out ? -1 : c->fd, (c->ended_in ? 0 : POLLIN) | out, 0};
    }
    if (poll(p, 10 + MOST, -1) < 0 && errno != EINTR) return 75;
    for (int k = 0; k < MOST; k++)
      if (p[10 + k].revents && connections[k].fd == p[10 + k].fd) from_connection(&connections[k], p[10 + k].revents);
    for (int k = 0; k < listener_count; k++)
      if (p[2 + k].revents) accept_from(k);
    if (p[1].revents) ended(program);
    if (p[0].revents) from_driver();
  }
}
