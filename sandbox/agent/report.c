/* The payload of a report, after the nonce:
 *   reason u32, status u32 (of wait), exec_error u32, flags u32 (1 out of memory, 2 disk was full, 4 collected is not
 *   whole, 8 the build's files were too much); wall_us, cpu_us, peak_kb, out_total, err_total u64;
 *   stdout, stderr: u32 size, bytes; collected: u32 count, then mode u32, path, size u32, bytes each. */
#include "agent.h"
#include <stdlib.h>
#include <string.h>

static void put_blob(struct buffer *b, const void *data, size_t size) {
  put32(b, size);
  put(b, data, size);
}

void report(const struct outcome *o) {
  struct buffer b = {0};
  put32(&b, o->reason);
  put32(&b, o->status);
  put32(&b, o->exec_error);
  put32(&b, (!!o->oom) | !!o->disk_full << 1 | !!o->collect_truncated << 2 | !!o->snapshot_failed << 3);
  put64(&b, o->wall_us);
  put64(&b, o->cpu_us);
  put64(&b, o->peak_kb);
  put64(&b, o->out_total);
  put64(&b, o->err_total);
  put_blob(&b, o->out.data, o->out.size);
  put_blob(&b, o->err.data, o->err.size);
  put32(&b, o->collected.count);
  for (const struct file *f = o->collected.first; f; f = f->next) {
    put32(&b, f->mode);
    put_blob(&b, f->path, strlen(f->path) + 1);
    put_blob(&b, f->data, f->size);
  }
  send_frame('D', &b);
  free(b.data);
  free(o->out.data);
  free(o->err.data);
  struct files collected = o->collected;
  files_clear(&collected);
}
