/* One run: clean the box, start the program, feed and drain it, watch its limits, end everything it left, report. */
#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_SECONDS 0.02
#define QUEUE_BYTES (1u << 20)  /* for descriptor 3: beyond this sandboxd has to wait */
#define UNREAD_BYTES (4u << 20) /* for stdin of a streaming run: beyond this the run ends, as K must still get through */
#define STDERR_GRACE 4 /* stderr is kept to the limit too, but only a flood of this many times the limit ends the run */

struct state {
  const struct request *q;
  struct outcome *o;
  pid_t pid;
  int in, out, err, channel, children; /* our ends; children: signalfd of SIGCHLD */
  struct buffer queue;                 /* what the program has not read yet */
  size_t queued_from;
  int close_in, done;
  double start, next_tick;
  uint64_t cpu_group, cpu_own, cpu_children, oom;
};

static void shut(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

/* The descriptor that the queue flows into. */
static int *sink(struct state *s) { return s->q->flags & CHANNEL ? &s->channel : &s->in; }
static size_t waiting(const struct state *s) { return s->queue.size - s->queued_from; }

static uint64_t cpu_used(const struct state *s, uint64_t live_us) {
  uint64_t group = cgroup_cpu_us() - s->cpu_group, own = own_cpu_us() - s->cpu_own;
  uint64_t reaped = children_cpu_us() - s->cpu_children + live_us;
  /* A program that ignores SIGCHLD hides its children's time from us, never from the control group. */
  if (!cgroup_has_cpu() || group < own) return reaped;
  return group - own > reaped ? group - own : reaped;
}

static void end_run(struct state *s, enum reason why) {
  if (s->o->reason == EXITED) s->o->reason = why;
  kill(-1, SIGKILL);
}

static void tick(struct state *s) {
  struct usage u;
  sample(&u);
  if (u.memory_kb > s->o->peak_kb) s->o->peak_kb = u.memory_kb;
  s->o->disk_full |= u.disk_full;
  if (u.memory_kb > s->q->memory_kb) end_run(s, MEMORY);
  if (u.too_many_files) end_run(s, DISK);
  if (cpu_used(s, u.cpu_us) > s->q->cpu_ms * 1000ull) end_run(s, CPU);
  s->next_tick = now() + TICK_SECONDS;
}

static void reap(struct state *s) {
  uint8_t drop[4096];
  struct rusage u;
  int status;
  pid_t pid;
  while (read(s->children, drop, sizeof drop) > 0) {}
  while ((pid = wait4(-1, &status, WNOHANG, &u)) > 0) {
    if ((uint64_t)u.ru_maxrss > s->o->peak_kb) s->o->peak_kb = u.ru_maxrss;
    if (pid != s->pid) continue;
    s->done = 1;
    s->o->status = status;
    s->o->wall_us = (now() - s->start) * 1e6;
  }
}

/* Everything in the box but the agent. A program that forks on is outrun: a process with a kill pending cannot fork. */
static void kill_all(struct state *s) {
  for (int i = 0;; i++) {
    kill(-1, SIGKILL);
    reap(s);
    if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD) return;
    if (i > 5000) give_up("processes of the program cannot be ended");
    usleep(i < 20 ? 100 : 2000);
  }
}

static void keep(struct state *s, int is_err, const uint8_t *data, size_t size) {
  struct buffer *b = is_err ? &s->o->err : &s->o->out;
  uint64_t *total = is_err ? &s->o->err_total : &s->o->out_total;
  *total += size;
  if (s->q->flags & STREAM) {
    send_bytes(is_err ? 'S' : 'O', data, size);
  } else if (b->size < s->q->output_bytes) {
    size_t space = s->q->output_bytes - b->size;
    put(b, data, size < space ? size : space);
  }
  if (*total > (uint64_t)s->q->output_bytes * (is_err ? STDERR_GRACE : 1)) end_run(s, OUTPUT);
}

/* One read. 0 when nothing came. */
static int drain(struct state *s, int *fd, int which) {
  static uint8_t data[CHUNK];
  if (*fd < 0) return 0;
  ssize_t n = read(*fd, data, sizeof data);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n <= 0) shut(fd);
  else if (which == 2) send_bytes('V', data, n);
  else keep(s, which, data, n);
  return n > 0;
}

static void feed(struct state *s) {
  int *fd = sink(s);
  if (*fd >= 0 && waiting(s)) {
    ssize_t n = write(*fd, s->queue.data + s->queued_from, waiting(s));
    if (n > 0) s->queued_from += n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR) {
      s->queued_from = s->queue.size; /* the program has closed it: that is its right */
      if (fd == &s->in) shut(fd);
    }
  }
  if (!waiting(s)) s->queue.size = s->queued_from = 0;
  if (!waiting(s) && s->close_in) shut(&s->in);
}

static void obey(struct state *s) {
  uint8_t type, *payload;
  uint32_t size;
  if (!read_frame(&type, &payload, &size)) _exit(0);
  if (type == 'I' && *sink(s) >= 0) {
    put(&s->queue, payload, size);
    if (s->q->flags & STREAM && waiting(s) > UNREAD_BYTES) end_run(s, OUTPUT);
  }
  else if (type == 'C') s->close_in = 1;
  else if (type == 'K') end_run(s, KILLED);
  else if (type == 'Q') _exit(0);
  else if (type != 'I') give_up("a frame that does not belong into a run");
  free(payload);
}

static void step(struct state *s) {
  double left = s->start + s->q->wall_ms / 1e3 - now(), until = s->next_tick - now();
  if (left <= 0) { end_run(s, WALL); left = 0; }
  if (until > left) until = left;
  struct pollfd p[6] = {
      {s->out, POLLIN, 0}, {s->err, POLLIN, 0}, {s->children, POLLIN, 0},
      {waiting(s) || s->close_in ? *sink(s) : -1, POLLOUT, 0}, {s->channel, POLLIN, 0},
      {channel_in, s->q->flags & CHANNEL && waiting(s) >= QUEUE_BYTES ? 0 : POLLIN, 0},
  };
  if (poll(p, 6, until > 0 ? (int)(until * 1000) + 1 : 0) < 0 && errno != EINTR) give_up("poll failed");
  if (p[0].revents) drain(s, &s->out, 0);
  if (p[1].revents) drain(s, &s->err, 1);
  if (p[3].revents) feed(s);
  if (p[4].revents) drain(s, &s->channel, 2);
  if (p[5].revents & (POLLHUP | POLLERR) && !(p[5].revents & POLLIN)) _exit(0);
  if (p[5].revents & POLLIN) obey(s);
  if (p[2].revents) reap(s);
  if (!s->done && now() >= s->next_tick) tick(s);
}

static void begin(struct state *s) {
  int in[2], out[2], err[2], channel[2] = {-1, -1};
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) give_up("no pipe");
  if (s->q->flags & CHANNEL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel)) give_up("no channel");
  const int ends[4] = {in[0], out[1], err[1], channel[1]};
  s->cpu_group = cgroup_cpu_us();
  s->cpu_own = own_cpu_us();
  s->cpu_children = children_cpu_us();
  s->oom = oom_kills();
  s->start = now();
  s->next_tick = s->start + TICK_SECONDS / 4;
  s->pid = spawn(s->q, ends, &s->o->exec_error);
  for (int i = 0; i < 4; i++)
    if (ends[i] >= 0) close(ends[i]);
  s->in = in[1], s->out = out[0], s->err = err[0], s->channel = channel[0];
  const int ours[4] = {s->in, s->out, s->err, s->channel};
  for (int i = 0; i < 4; i++)
    if (ours[i] >= 0) fcntl(ours[i], F_SETFL, O_NONBLOCK);
}

static void take_results(struct state *s, struct files *files) {
  struct usage u;
  sample(&u);
  s->o->disk_full |= u.disk_full;
  s->o->cpu_us = cpu_used(s, 0);
  s->o->oom = oom_kills() > s->oom;
  if (s->q->globs[0]) s->o->collect_truncated = !files_collect(&s->o->collected, s->q->globs, s->q->collect_bytes);
  int good = s->o->reason == EXITED && !s->o->exec_error && s->o->status == 0;
  if (s->q->flags & SNAPSHOT && good) {
    files_clear(files);
    s->o->snapshot_failed = !files_take(files, 96u << 20, 4000);
  }
}

void run(const struct request *q, struct files *files, int children) {
  struct outcome o = {0};
  struct state s = {.q = q, .o = &o, .children = children, .in = -1, .out = -1, .err = -1, .channel = -1};
  if (q->flags & CLEAN) {
    wipe_box();
    files_write(files);
  }
  files_write(&q->extra);
  begin(&s);
  if (q->flags & CHANNEL) {
    /* The queue flows into the channel, so stdin is written at once; sandboxd keeps it within a pipe's 64 KiB. */
    (void)!write(s.in, q->stdin_bytes.at, q->stdin_bytes.left);
    shut(&s.in);
  } else {
    put(&s.queue, q->stdin_bytes.at, q->stdin_bytes.left);
    s.close_in = !(q->flags & STREAM);
  }
  feed(&s);
  while (!s.done) step(&s);
  kill_all(&s);
  while (drain(&s, &s.out, 0) | drain(&s, &s.err, 1) | drain(&s, &s.channel, 2)) {}
  shut(&s.in), shut(&s.out), shut(&s.err), shut(&s.channel);
  if (o.exec_error) o.reason = EXEC_FAILED;
  take_results(&s, files);
  report(&o);
  free(s.queue.data);
}
