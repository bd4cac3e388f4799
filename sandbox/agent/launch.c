/* launch UID GID CGROUP... -- PROGRAM ARG...
 * Joins the control groups (by writing 0 to <CGROUP>/cgroup.procs), gives up root for UID and GID when it is root, and
 * becomes PROGRAM. In C because forking Python with a preexec function is not safe in a program with threads. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int fail(const char *what) {
  fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
  return 71;
}

static int join(const char *group) {
  char path[4096];
  snprintf(path, sizeof path, "%s/cgroup.procs", group);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t n = write(fd, "0", 1);
  close(fd);
  return n == 1 ? 0 : -1;
}

int main(int argc, char **argv) {
  int i = 3;
  if (argc < 5) return 64;
  for (; i < argc && strcmp(argv[i], "--"); i++)
    if (join(argv[i])) return fail(argv[i]);
  if (i + 1 >= argc) return 64;
  uid_t uid = atoi(argv[1]);
  gid_t gid = atoi(argv[2]);
  if (geteuid() == 0) {
    if (uid == 0 || gid == 0) return 64; /* a box is never started as root */
    if (setgroups(0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid)) return fail("giving up root");
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return fail("no new privileges");
  char *const empty[] = {NULL};
  execve(argv[i + 1], argv + i + 1, empty);
  return fail(argv[i + 1]);
}
