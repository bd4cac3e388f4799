/* CPU time, memory and disk of everything that runs in the box. Uses the box's control group where it can be read
 * (v1 or v2, as the engine mounts it below /sys/fs/cgroup), else the processes' own figures from /proc. */
#include "agent.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAX_INODES 16000

static int cpu_v1 = -1, cpu_v2 = -1, oom_fd = -1;
static const char *const places[] = {WORK, "/tmp", "/dev/shm"};

void measure_open(void) {
  cpu_v1 = open("/sys/fs/cgroup/cpuacct/cpuacct.usage", O_RDONLY | O_CLOEXEC);
  if (cpu_v1 < 0) cpu_v1 = open("/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage", O_RDONLY | O_CLOEXEC);
  if (cpu_v1 < 0) cpu_v2 = open("/sys/fs/cgroup/cpu.stat", O_RDONLY | O_CLOEXEC);
  oom_fd = open("/sys/fs/cgroup/memory/memory.oom_control", O_RDONLY | O_CLOEXEC);
  if (oom_fd < 0) oom_fd = open("/sys/fs/cgroup/memory.events", O_RDONLY | O_CLOEXEC);
}

/* The number after `key` in a small file, or the first number when key is empty. */
static uint64_t number(int fd, const char *key) {
  char text[1024];
  ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, 0);
  if (n <= 0) return 0;
  text[n] = 0;
  char *at = strstr(text, key);
  return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

int cgroup_has_cpu(void) { return cpu_v1 >= 0 || cpu_v2 >= 0; }
uint64_t cgroup_cpu_us(void) { return cpu_v1 >= 0 ? number(cpu_v1, "") / 1000 : number(cpu_v2, "usage_usec "); }
uint64_t oom_kills(void) { return number(oom_fd, "oom_kill "); }

static uint64_t used_us(int who) {
  struct rusage u;
  getrusage(who, &u);
  return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000ull + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

uint64_t own_cpu_us(void) { return used_us(RUSAGE_SELF); }
uint64_t children_cpu_us(void) { return used_us(RUSAGE_CHILDREN); }

static int read_small(int proc, const char *pid, const char *name, char *text, size_t room) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s", pid, name);
  int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, room - 1);
  close(fd);
  if (n <= 0) return 0;
  text[n] = 0;
  return 1;
}

static void add_process(struct usage *u, int proc, const char *pid) {
  char text[1024];
  unsigned long size, resident, shared, user, system;
  if (read_small(proc, pid, "statm", text, sizeof text) && sscanf(text, "%lu %lu %lu", &size, &resident, &shared) == 3)
    u->memory_kb += (resident > shared ? resident - shared : 0) * (sysconf(_SC_PAGESIZE) / 1024);
  if (cgroup_has_cpu() || !read_small(proc, pid, "stat", text, sizeof text)) return;
  /* The name may hold spaces and brackets, so fields are counted from the last bracket: 14 and 15 are the times. */
  char *rest = strrchr(text, ')');
  if (rest && sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2)
    u->cpu_us += (user + system) * (1000000ull / sysconf(_SC_CLK_TCK));
}

static void add_disk(struct usage *u) {
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    struct statvfs s;
    if (statvfs(places[i], &s) || !s.f_blocks || s.f_flag & ST_RDONLY) continue;
    if (s.f_bfree < 4 || (s.f_files && s.f_ffree < 2)) u->disk_full = 1;
    if (s.f_files && s.f_files - s.f_ffree > MAX_INODES) u->disk_full = u->too_many_files = 1;
  }
}

/* What lives now: memory of all processes but the agent; CPU of live processes only without a control group. */
void sample(struct usage *u) {
  *u = (struct usage){0};
  DIR *d = opendir("/proc");
  struct dirent *e;
  if (!d) give_up("/proc cannot be read");
  while ((e = readdir(d)))
    if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && strcmp(e->d_name, "1")) add_process(u, dirfd(d), e->d_name);
  closedir(d);
  add_disk(u);
}
