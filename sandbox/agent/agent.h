/* The agent: PID 1 of a box. It obeys frames from sandboxd, runs one program at a time and measures it.
 *
 * A frame is one byte of type, four bytes of length (little-endian), then the payload. Numbers are little-endian; a text
 * is a u32 length that counts its final NUL, then the bytes. Every payload the agent sends begins with the job's nonce,
 * which no program in the box can know, so a forged frame is noticed.
 *
 *   to the agent                                    from the agent
 *   N nonce[16]                                     H version u32
 *   F mode u32, path, size u32, bytes               D the report of a run (see report.c)
 *   R a run (see request.c)                         O, S, V bytes of stdout, stderr, descriptor 3 (streaming runs)
 *   I bytes for stdin or descriptor 3               E text: the agent gives up, the box is finished
 *   C close stdin    K kill the run    Q quit
 */
#ifndef AGENT_H
#define AGENT_H
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define AGENT_VERSION 1
#define WORK "/box"
#define MAX_FRAME (128u << 20)
#define CHUNK 65536

enum reason { EXITED, WALL, OUTPUT, CPU, MEMORY, KILLED, EXEC_FAILED, DISK };
enum flags { CLEAN = 1, SNAPSHOT = 2, STREAM = 4, CHANNEL = 8, COUNT_PROCESSES = 16 };

struct reader { const uint8_t *at; size_t left; };
struct buffer { uint8_t *data; size_t size, room; };
struct file { char *path; uint32_t mode; int folder; uint8_t *data; size_t size; struct file *next; };
struct files { struct file *first, **last; size_t bytes, count; };

struct request {
  uint32_t flags, wall_ms, cpu_ms, output_bytes, file_mb, processes, collect_bytes;
  uint64_t memory_kb;
  char **argv, **env, **globs;
  struct reader stdin_bytes;
  struct files extra;
};

struct usage { uint64_t cpu_us, memory_kb; int disk_full, too_many_files; };

struct outcome {
  enum reason reason;
  int status, exec_error;          /* wait status; errno of a failed exec */
  uint64_t wall_us, cpu_us, peak_kb, out_total, err_total;
  int oom, disk_full, collect_truncated, snapshot_failed;
  struct buffer out, err;
  struct files collected;
};

/* io.c */
extern int channel_in, channel_out;
extern uint8_t nonce[16];
void give_up(const char *why) __attribute__((noreturn));
void *need(void *memory);
int read_frame(uint8_t *type, uint8_t **payload, uint32_t *size);
void send_frame(uint8_t type, const struct buffer *payload);
void send_bytes(uint8_t type, const void *data, size_t size);
void put(struct buffer *b, const void *data, size_t size);
void put32(struct buffer *b, uint32_t value);
void put64(struct buffer *b, uint64_t value);
uint32_t get32(struct reader *r);
uint64_t get64(struct reader *r);
const uint8_t *get_bytes(struct reader *r, size_t size);
char *get_text(struct reader *r);
double now(void);

/* tree.c: the box's files, and the agent's own copy of them */
void files_add(struct files *f, const char *path, uint32_t mode, int folder, const uint8_t *data, size_t size);
void files_clear(struct files *f);
void files_write(const struct files *f);
int files_take(struct files *f, size_t most_bytes, size_t most_count);
int files_collect(struct files *f, char **globs, size_t most_bytes);
int open_folder(const char *path);

/* wipe.c */
void wipe_box(void);

/* measure.c */
void measure_open(void);
uint64_t cgroup_cpu_us(void);
int cgroup_has_cpu(void);
uint64_t oom_kills(void);
void sample(struct usage *u);
uint64_t own_cpu_us(void);
uint64_t children_cpu_us(void);

/* filter.c */
void filter_build(void);
int filter_child(void);

/* request.c, spawn.c, run.c, report.c */
void read_request(struct reader *r, struct request *q);
void free_request(struct request *q);
pid_t spawn(const struct request *q, const int ends[4], int *exec_error);
void run(const struct request *q, struct files *files, int children);
void report(const struct outcome *o);
#endif
