/* Starts one program: own session, own limits, first in line for the out-of-memory killer, filtered. */
#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STACK_MB 64

extern char **environ;

static int limit(int what, rlim_t value) {
  struct rlimit l = {value, value};
  struct rlimit old;
  if (getrlimit(what, &old) == 0 && old.rlim_max < value) l.rlim_cur = l.rlim_max = old.rlim_max;
  return setrlimit(what, &l);
}

/* No RLIMIT_CPU: it would turn the process's clock into 4 ms steps. CPU time is watched from run.c. */
static int limits(const struct request *q) {
  int failed = limit(RLIMIT_CORE, 0) || limit(RLIMIT_NOFILE, 1024) || limit(RLIMIT_MSGQUEUE, 0);
  failed = failed || limit(RLIMIT_MEMLOCK, 1 << 20) || limit(RLIMIT_RTPRIO, 0) || limit(RLIMIT_NICE, 0);
  failed = failed || limit(RLIMIT_FSIZE, (rlim_t)q->file_mb << 20);
  failed = failed || limit(RLIMIT_STACK, (rlim_t)STACK_MB << 20);
  /* Per user over the whole machine before Linux 5.14, so only where there is no pids control group. */
  if (q->flags & COUNT_PROCESSES) failed = failed || limit(RLIMIT_NPROC, q->processes + 1);
  return failed;
}

static int first_victim(void) {
  /* Files in /proc/self belong to root while the process is not dumpable, as the agent is; exec would reset it anyway. */
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t n = write(fd, "1000", 4);
  close(fd);
  return n == 4 ? 0 : -1;
}

static void place(const int ends[4]) {
  int high[4];
  for (int i = 0; i < 4; i++) high[i] = ends[i] < 0 ? -1 : fcntl(ends[i], F_DUPFD_CLOEXEC, 20);
  for (int i = 0; i < 4; i++)
    if (high[i] >= 0) dup2(high[i], i);
}

static void child(const struct request *q, const int ends[4], int tell) {
  sigset_t none;
  for (int s = 1; s < 65; s++) signal(s, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  umask(022);
  tell = fcntl(tell, F_DUPFD_CLOEXEC, 30);
  place(ends);
  environ = q->env;
  if (!first_victim() && !limits(q) && !chdir(WORK) && !filter_child()) execvp(q->argv[0], q->argv);
  int error = errno;
  (void)!write(tell, &error, sizeof error);
  _exit(127);
}

/* `ends` become the program's descriptors 0 to 3 (3 may be -1). Sets exec_error to an errno when it could not start. */
pid_t spawn(const struct request *q, const int ends[4], int *exec_error) {
  int told[2];
  *exec_error = 0;
  if (pipe2(told, O_CLOEXEC)) give_up("no pipe");
  pid_t pid = fork();
  if (pid < 0) give_up("no process");
  if (!pid) child(q, ends, told[1]);
  close(told[1]);
  if (read(told[0], exec_error, sizeof *exec_error) != sizeof *exec_error) *exec_error = 0;
  close(told[0]);
  return pid;
}
