/* The files of the box: written from the agent's memory, read back after a build or for the caller.
 * Every step goes through folder descriptors with O_NOFOLLOW, so links left by a program lead nowhere. */
#include "agent.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 32

/* A program may have locked its own folder (chmod 0); it is opened to us again wherever we need it. */
static int open_work(void) {
  (void)chmod(WORK, 0755);
  return open_folder(WORK);
}

int open_folder(const char *path) { return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }

void files_add(struct files *f, const char *path, uint32_t mode, int folder, const uint8_t *data, size_t size) {
  struct file *n = need(calloc(1, sizeof *n));
  n->path = need(strdup(path));
  n->mode = mode & 0777;
  n->folder = folder;
  n->size = size;
  n->data = need(malloc(size + 1));
  if (size) memcpy(n->data, data, size);
  if (!f->last) f->last = &f->first;
  *f->last = n;
  f->last = &n->next;
  f->bytes += size;
  f->count++;
}

void files_clear(struct files *f) {
  while (f->first) {
    struct file *next = f->first->next;
    free(f->first->path);
    free(f->first->data);
    free(f->first);
    f->first = next;
  }
  *f = (struct files){0};
}

/* sandboxd checks paths too; a path that climbs out of the box is refused here once more. */
static void check_path(const char *path) {
  if (!*path || *path == '/' || strlen(path) > 512) give_up("a path is not allowed");
  for (const char *p = path; *p;) {
    size_t n = strchrnul(p, '/') - p;
    if (!n || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.')) give_up("a path is not allowed");
    p += n;
    if (*p && !*++p) give_up("a path is not allowed");
  }
}

/* The descriptor of the folder that holds `path`, its missing parts made; `name` becomes the last part. */
static int parent_of(int root, char *path, char **name) {
  int folder = dup(root);
  char *p = path, *slash;
  while (folder >= 0 && (slash = strchr(p, '/'))) {
    *slash = 0;
    if (mkdirat(folder, p, 0755) < 0 && errno != EEXIST) { close(folder); return -1; }
    int next = openat(folder, p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close(folder);
    folder = next;
    p = slash + 1;
  }
  *name = p;
  return folder;
}

static int write_file(int folder, const char *name, const struct file *f) {
  if (f->folder) return mkdirat(folder, name, 0755) == 0 || errno == EEXIST;
  unlinkat(folder, name, 0);
  int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return 0;
  size_t done = 0;
  while (done < f->size) {
    ssize_t n = write(fd, f->data + done, f->size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) { close(fd); return 0; }
    done += n;
  }
  fchmod(fd, f->mode);
  close(fd);
  return 1;
}

void files_write(const struct files *f) {
  int root = open_work();
  if (root < 0) give_up("the box's folder cannot be opened");
  for (const struct file *n = f->first; n; n = n->next) {
    check_path(n->path);
    char *path = need(strdup(n->path)), *name;
    int folder = parent_of(root, path, &name);
    if (folder < 0 || !write_file(folder, name, n)) give_up("the files do not fit into the box (disk_mb too small?)");
    close(folder);
    free(path);
  }
  close(root);
}

struct walk { struct files *into; char **globs; size_t most_bytes, most_count; int truncated; };

static int wanted(const struct walk *w, const char *path) {
  if (!w->globs) return 1;
  for (char **g = w->globs; *g; g++)
    if (fnmatch(*g, path, FNM_PATHNAME | FNM_PERIOD) == 0) return 1;
  return 0;
}

static void take_file(struct walk *w, int folder, const char *name, const char *path, const struct stat *st) {
  size_t size = st->st_size;
  if (!wanted(w, path)) return;
  if (size > w->most_bytes - w->into->bytes || w->into->count >= w->most_count) { w->truncated = 1; return; }
  int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) { w->truncated = 1; return; }
  uint8_t *data = need(malloc(size + 1));
  size_t done = 0;
  ssize_t n;
  while (done < size && (n = read(fd, data + done, size - done)) > 0) done += n;
  close(fd);
  files_add(w->into, path, st->st_mode, 0, data, done);
  free(data);
}

static void walk(struct walk *w, int folder, const char *prefix, int depth) {
  DIR *d = fdopendir(folder);
  struct dirent *e;
  if (!d) { close(folder); return; }
  while ((e = readdir(d))) {
    char path[1024];
    struct stat st;
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    if ((size_t)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "/" : "", e->d_name) > 512) { w->truncated = 1; continue; }
    if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) continue;
    if (S_ISREG(st.st_mode)) take_file(w, dirfd(d), e->d_name, path, &st);
    if (!S_ISDIR(st.st_mode)) continue;
    int next = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0 || depth >= MAX_DEPTH || w->into->count >= w->most_count) { if (next >= 0) close(next); w->truncated = 1; continue; }
    if (!w->globs) files_add(w->into, path, 0755, 1, NULL, 0);
    walk(w, next, path, depth + 1);
  }
  closedir(d);
}

/* Everything in the box's folder, as the new set of files. 0 when it is too much to keep. */
int files_take(struct files *f, size_t most_bytes, size_t most_count) {
  struct walk w = {f, NULL, most_bytes, most_count, 0};
  int root = open_work();
  if (root < 0) return 0;
  walk(&w, root, "", 0);
  return !w.truncated;
}

/* The files that match a glob. 0 when some were left behind. */
int files_collect(struct files *f, char **globs, size_t most_bytes) {
  struct walk w = {f, globs, most_bytes, 200, 0};
  int root = open_work();
  if (root < 0) return 0;
  walk(&w, root, "", 0);
  return !w.truncated;
}
