/* Frames, buffers and numbers. */
#include "agent.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int channel_in = 0, channel_out = 1;
uint8_t nonce[16];

double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* One negative answer for everything the agent cannot go on from. PID 1 ending takes the whole box with it. */
void give_up(const char *why) {
  static int again;
  if (!again++) send_bytes('E', why, strlen(why));
  _exit(70);
}

void *need(void *memory) {
  if (!memory) give_up("the agent is out of memory");
  return memory;
}

static int read_exactly(void *to, size_t size) {
  uint8_t *p = to;
  while (size) {
    ssize_t n = read(channel_in, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return 0;
    p += n;
    size -= n;
  }
  return 1;
}

static void write_exactly(const void *from, size_t size) {
  const uint8_t *p = from;
  while (size) {
    ssize_t n = write(channel_out, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      struct pollfd wait = {channel_out, POLLOUT, 0};
      poll(&wait, 1, -1);
      continue;
    }
    if (n <= 0) _exit(0); /* sandboxd is gone */
    p += n;
    size -= n;
  }
}

/* 0 when sandboxd has closed the channel. The payload belongs to the caller. */
int read_frame(uint8_t *type, uint8_t **payload, uint32_t *size) {
  if (!read_exactly(type, 1) || !read_exactly(size, 4)) return 0;
  if (*size > MAX_FRAME) give_up("a frame is too large");
  *payload = need(malloc(*size + 1));
  return read_exactly(*payload, *size);
}

void send_bytes(uint8_t type, const void *data, size_t size) {
  uint8_t head[21];
  uint32_t length = size + sizeof nonce;
  head[0] = type;
  memcpy(head + 1, &length, 4);
  memcpy(head + 5, nonce, sizeof nonce);
  write_exactly(head, sizeof head);
  write_exactly(data, size);
}

void send_frame(uint8_t type, const struct buffer *payload) { send_bytes(type, payload->data, payload->size); }

void put(struct buffer *b, const void *data, size_t size) {
  if (!size) return;
  if (b->size + size > b->room) {
    size_t room = b->room ? b->room : 4096;
    while (room < b->size + size) room *= 2;
    b->data = need(realloc(b->data, room));
    b->room = room;
  }
  memcpy(b->data + b->size, data, size);
  b->size += size;
}

void put32(struct buffer *b, uint32_t value) { put(b, &value, sizeof value); }
void put64(struct buffer *b, uint64_t value) { put(b, &value, sizeof value); }

const uint8_t *get_bytes(struct reader *r, size_t size) {
  if (size > r->left) give_up("a frame is too short");
  const uint8_t *at = r->at;
  r->at += size;
  r->left -= size;
  return at;
}

uint32_t get32(struct reader *r) {
  uint32_t value;
  memcpy(&value, get_bytes(r, sizeof value), sizeof value);
  return value;
}

uint64_t get64(struct reader *r) {
  uint64_t value;
  memcpy(&value, get_bytes(r, sizeof value), sizeof value);
  return value;
}

char *get_text(struct reader *r) {
  uint32_t size = get32(r);
  char *text = (char *)get_bytes(r, size);
  if (!size || text[size - 1] || strlen(text) != size - 1) give_up("a text is not one text");
  return text;
}
