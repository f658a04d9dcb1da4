/*
 * Watches one number and kills one process, and does nothing else: what the machine permits a program that attributes
 * nothing, records nothing and explains nothing.
 *
 * usage: bare GROUP THRESHOLD
 *
 * Reads memory.usage_in_bytes of the control group (v1) at GROUP twice in a millisecond. At THRESHOLD, the process of the
 * group with the most RSS gets SIGKILL through a pidfd, and its memory is given back by process_mrelease(2) on the same thread.
 * Runs as SCHED_FIFO where it may.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NANOS 500000L
#define SYS_PIDFD_SEND_SIGNAL 424 /* these have the same number on every architecture */
#define SYS_PIDFD_OPEN 434
#define SYS_PROCESS_MRELEASE 448

static long resident(long pid) {
  char path[64];
  long size = 0, pages = 0;
  snprintf(path, sizeof path, "/proc/%ld/statm", pid);
  FILE *file = fopen(path, "re");
  if (file) {
    if (fscanf(file, "%ld %ld", &size, &pages) != 2) {
      pages = 0;
    }
    fclose(file);
  }
  return pages;
}

static long heaviest(const char *members) {
  long pid, found = 0, most = 0;
  FILE *file = fopen(members, "re");
  while (file && fscanf(file, "%ld", &pid) == 1) {
    long pages = pid == getpid() ? 0 : resident(pid);
    if (pages > most) {
      most = pages;
      found = pid;
    }
  }
  if (file) {
    fclose(file);
  }
  return found;
}

static void kill_and_await(long pid) {
  int pidfd = (int)syscall(SYS_PIDFD_OPEN, pid, 0);
  if (pidfd < 0) {
    return;
  }
  syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, SIGKILL, 0, 0);
  syscall(SYS_PROCESS_MRELEASE, pidfd, 0);
  struct pollfd dead = {.fd = pidfd, .events = POLLIN};
  poll(&dead, 1, 10000); /* no other process is killed before this one's memory is back */
  close(pidfd);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: bare GROUP THRESHOLD\n");
    return 2;
  }
  char usage[512], members[512], text[64];
  long long threshold = atoll(argv[2]);
  snprintf(usage, sizeof usage, "%s/memory.usage_in_bytes", argv[1]);
  snprintf(members, sizeof members, "%s/cgroup.procs", argv[1]);
  int file = open(usage, O_RDONLY | O_CLOEXEC);
  struct sched_param priority = {.sched_priority = 2};
  sched_setscheduler(0, SCHED_FIFO, &priority);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  for (;;) {
    ssize_t length = pread(file, text, sizeof text - 1, 0);
    if (length <= 0) {
      perror(usage);
      return 1;
    }
    text[length] = 0;
    if (atoll(text) >= threshold) {
      kill_and_await(heaviest(members));
    }
    struct timespec pause = {0, PAUSE_NANOS};
    nanosleep(&pause, NULL);
  }
}
