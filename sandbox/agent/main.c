/* agent [--channel FD]: frames come and go on FD, or on stdin and stdout. */
#include "agent.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

static struct files files;

static void add_file(struct reader *r) {
  uint32_t mode = get32(r);
  char *path = get_text(r);
  uint32_t size = get32(r);
  files_add(&files, path, mode, 0, get_bytes(r, size), size);
}

static void hello(struct reader *r) {
  struct buffer b = {0};
  memcpy(nonce, get_bytes(r, sizeof nonce), sizeof nonce);
  put32(&b, AGENT_VERSION);
  send_frame('H', &b);
  free(b.data);
}

static void start(struct reader *r, int children) {
  struct request q;
  read_request(r, &q);
  run(&q, &files, children);
  free_request(&q);
}

static void serve(int children) {
  uint8_t type, *payload;
  uint32_t size;
  while (read_frame(&type, &payload, &size)) {
    struct reader r = {payload, size};
    if (type == 'N') hello(&r);
    else if (type == 'F') add_file(&r);
    else if (type == 'R') start(&r, children);
    else if (type == 'Q') return;
    else if (type != 'I' && type != 'C' && type != 'K') give_up("an unknown frame"); /* those may come late, after a run */
    free(payload);
  }
}

/* Signals a program sends us must not end PID 1; the kernel drops SIGKILL and SIGSTOP itself. */
static int quiet(void) {
  sigset_t set;
  for (int s = 1; s < 65; s++)
    if (s != SIGCHLD && s != SIGSEGV && s != SIGBUS && s != SIGFPE && s != SIGILL && s != SIGABRT) signal(s, SIG_IGN);
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int main(int argc, char **argv) {
  /* kill(-1) is how a run ends. Outside a process namespace of its own that would be everybody's end. */
  if (getpid() != 1) return 64;
  /* Not dumpable: no ptrace, and /proc/1/mem, environ and fd belong to root, not to us. */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (argc == 3 && !strcmp(argv[1], "--channel")) channel_in = channel_out = atoi(argv[2]);
  /* No program inherits anything of ours: the channel, or what an engine left open. */
  fcntl(channel_in, F_SETFD, FD_CLOEXEC);
  fcntl(channel_out, F_SETFD, FD_CLOEXEC);
  for (int fd = 3; fd < 256; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  umask(022);
  filter_build();
  measure_open();
  serve(quiet());
  return 0;
}
