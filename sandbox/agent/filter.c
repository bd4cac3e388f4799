/* The inner system call filter, for the programs only (the box has an outer one, for the agent as well).
 * It guards the agent, which runs as the same user, and the box's state between two tests. */
#include "agent.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "the filter knows x86-64 and aarch64"
#endif

#define FORBIDDEN SECCOMP_RET_ERRNO | EPERM
#define UNKNOWN SECCOMP_RET_ERRNO | ENOSYS
/* Said to have worked: some runtimes give up when these fail, but on the agent they would spoil measuring. */
#define PRETENDED SECCOMP_RET_ERRNO | 0
#define NAMESPACES                                                                                                      \
  (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

static struct sock_filter program[256];
static unsigned short length;

static void emit(uint16_t code, uint32_t value, uint8_t yes, uint8_t no) {
  if (length == sizeof program / sizeof *program) give_up("the filter is too long");
  program[length++] = (struct sock_filter){code, yes, no, value};
}

static void load(size_t offset) { emit(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
static void answer(uint32_t value) { emit(BPF_RET | BPF_K, value, 0, 0); }
static void skip_unless(uint32_t value, uint8_t count) { emit(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count); }
static void rule(uint32_t number, uint32_t value) { skip_unless(number, 1); answer(value); }
static size_t argument(int i) { return offsetof(struct seccomp_data, args) + 8 * i; } /* low half: both are little-endian */

static void rules(const int *numbers, size_t count, uint32_t value) {
  for (size_t i = 0; i < count; i++) rule(numbers[i], value);
}
#define RULES(value, ...)                                                                                               \
  do {                                                                                                                  \
    static const int numbers[] = {__VA_ARGS__};                                                                         \
    rules(numbers, sizeof numbers / sizeof *numbers, value);                                                            \
  } while (0)

static void socket_families(void) { /* vsock and others are not covered by network namespaces */
  skip_unless(SYS_socket, 7);
  load(argument(0));
  emit(BPF_JMP | BPF_JEQ | BPF_K, 1, 3, 0);  /* AF_UNIX */
  emit(BPF_JMP | BPF_JEQ | BPF_K, 2, 2, 0);  /* AF_INET */
  emit(BPF_JMP | BPF_JEQ | BPF_K, 10, 1, 0); /* AF_INET6 */
  emit(BPF_JMP | BPF_JEQ | BPF_K, 16, 0, 1); /* AF_NETLINK */
  answer(SECCOMP_RET_ALLOW);
  answer(SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

static void only_own_limits(void) { /* prlimit64 of another process, the agent above all */
  skip_unless(SYS_prlimit64, 4);
  load(argument(0));
  emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
  answer(SECCOMP_RET_ALLOW);
  answer(FORBIDDEN);
}

static void no_new_namespaces(void) {
  skip_unless(SYS_clone, 4);
  load(argument(0));
  emit(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 1, 0);
  answer(SECCOMP_RET_ALLOW);
  answer(FORBIDDEN);
}

/* Built once, before the first program. */
void filter_build(void) {
  load(offsetof(struct seccomp_data, arch));
  skip_unless(ARCH, 1);
  emit(BPF_JMP | BPF_JA, 1, 0, 0);
  answer(SECCOMP_RET_KILL_PROCESS);
  load(offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
  emit(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1); /* the x32 numbers would walk past every rule below */
  answer(UNKNOWN);
#endif
  RULES(UNKNOWN, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_userfaultfd, SYS_clone3);
  RULES(FORBIDDEN, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd, SYS_perf_event_open,
        SYS_bpf, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root,
        SYS_chroot, SYS_seccomp, SYS_process_madvise);
  /* System V objects and message queues outlive the program that made them. */
  RULES(FORBIDDEN, SYS_shmget, SYS_msgget, SYS_semget, SYS_mq_open);
  RULES(PRETENDED, SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setaffinity, SYS_sched_setattr, SYS_setpriority,
        SYS_ioprio_set);
  socket_families();
  only_own_limits();
  no_new_namespaces();
  answer(SECCOMP_RET_ALLOW);
}

/* Called in the child right before exec. 0 when it holds. */
int filter_child(void) {
  struct sock_fprog p = {length, program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
}
