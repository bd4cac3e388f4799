/* Empties every place a program can write to. Works flat: a folder inside a folder is moved to the top first, so depth
 * costs neither stack nor descriptors, and modes that lock their owner out are put right on the way. */
#include "agent.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned moved;

static int is_dots(const char *name) { return !strcmp(name, ".") || !strcmp(name, ".."); }

/* A folder left unreadable by its program is made readable first; nothing else lives in the box at this time. */
static int open_child(int folder, const char *name) {
  int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == EACCES && fchmodat(folder, name, 0700, 0) == 0)
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) fchmod(fd, 0700);
  return fd;
}

static int lift(int top, int folder, const char *name) {
  int child = open_child(folder, name); /* a folder can be moved only while it is writable */
  if (child >= 0) close(child);
  for (int i = 0; i < 1000; i++) {
    char to[32];
    snprintf(to, sizeof to, "~%u", moved++);
    if (renameat2(folder, name, top, to, RENAME_NOREPLACE) == 0) return 1;
    if (errno != EEXIST) return 0;
  }
  return 0;
}

/* Empties one folder into the top: its files go, its folders move up. */
static int flatten(int top, const char *name) {
  int fd = open_child(top, name);
  DIR *d = fd < 0 ? NULL : fdopendir(fd);
  struct dirent *e;
  if (!d) { if (fd >= 0) close(fd); return 0; }
  while ((e = readdir(d))) {
    if (is_dots(e->d_name) || unlinkat(dirfd(d), e->d_name, 0) == 0) continue;
    if (!lift(top, dirfd(d), e->d_name)) { closedir(d); return 0; }
  }
  closedir(d);
  return unlinkat(top, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY;
}

static void wipe(const char *path, mode_t mode) {
  (void)chmod(path, 0700); /* where it is ours, a program may have locked it; where it is root's, none can */
  int top = open_folder(path);
  if (top < 0 && errno == ENOENT) return; /* not there in this engine */
  if (top < 0) give_up("the box cannot be opened");
  for (int again = 1, rounds = 0; again; rounds++) {
    again = 0;
    if (rounds > 200000) give_up("the box cannot be emptied");
    DIR *d = fdopendir(dup(top));
    struct dirent *e;
    if (!d) give_up("the box cannot be read");
    rewinddir(d);
    while ((e = readdir(d))) {
      if (is_dots(e->d_name)) continue;
      again = 1;
      if (unlinkat(top, e->d_name, 0) == 0) continue;
      if (!flatten(top, e->d_name)) give_up("the box cannot be emptied");
    }
    closedir(d);
  }
  (void)fchmod(top, mode);
  close(top);
}

void wipe_box(void) {
  moved = 0;
  wipe("/tmp", 01777);
  wipe("/dev/shm", 01777);
  wipe("/dev/mqueue", 01777);
  wipe(WORK, 0755);
}
