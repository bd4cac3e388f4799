/* The payload of a run, in this order:
 *   flags, wall_ms, cpu_ms, output_bytes, file_mb, processes, collect_bytes u32; memory_kb u64;
 *   argv, env, globs: each a u32 count, then texts; stdin: u32 size, bytes;
 *   extra files: u32 count, then mode u32, path, size u32, bytes each. */
#include "agent.h"
#include <stdlib.h>

static char **get_texts(struct reader *r) {
  uint32_t count = get32(r);
  if (count > 4096) give_up("too many texts");
  char **texts = need(calloc(count + 1, sizeof *texts));
  for (uint32_t i = 0; i < count; i++) texts[i] = get_text(r);
  return texts;
}

static struct reader get_blob(struct reader *r) {
  struct reader blob;
  blob.left = get32(r);
  blob.at = get_bytes(r, blob.left);
  return blob;
}

/* Texts and stdin point into the frame, which must outlive the request. */
void read_request(struct reader *r, struct request *q) {
  *q = (struct request){0};
  q->flags = get32(r);
  q->wall_ms = get32(r);
  q->cpu_ms = get32(r);
  q->output_bytes = get32(r);
  q->file_mb = get32(r);
  q->processes = get32(r);
  q->collect_bytes = get32(r);
  q->memory_kb = get64(r);
  q->argv = get_texts(r);
  q->env = get_texts(r);
  q->globs = get_texts(r);
  q->stdin_bytes = get_blob(r);
  for (uint32_t count = get32(r); count; count--) {
    uint32_t mode = get32(r);
    char *path = get_text(r);
    struct reader content = get_blob(r);
    files_add(&q->extra, path, mode, 0, content.at, content.left);
  }
  if (!q->argv[0]) give_up("a run without a program");
}

void free_request(struct request *q) {
  free(q->argv);
  free(q->env);
  free(q->globs);
  files_clear(&q->extra);
}
