/*
 * The floor: the system calls that a reading of memory and CPU needs, and nothing else. Descriptors are kept open and
 * read again from their start, into one buffer that is not parsed while the clock runs.
 *
 * usage: reader THREADS   2 for a second thread that sleeps: the kernel and libc then take a dearer way into a read
 *
 * Answers each line of standard input with one line:
 *   pids P...                open these processes          -> "ok"
 *   run stat TICKS PAUSE     stat of every process         -> "RSS CPU OWN_CPU ELAPSED WALL..."
 *   run clock TICKS PAUSE    statm and the CPU clock of every process
 *   run full ...             both files and the CPU clock
 * TICKS ticks, a pause of PAUSE microseconds before each. RSS in bytes and CPU in nanoseconds are the sums over all
 * processes, OWN_CPU what this program itself used in all, WALL each tick's duration, all in nanoseconds.
 * Ends at end of file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_PROCESSES 4096

static int stat_fds[MOST_PROCESSES];
static int statm_fds[MOST_PROCESSES];
static clockid_t clocks[MOST_PROCESSES];
static int count;
static char buffer[4096];

static long long nanos(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) {
    fprintf(stderr, "reader: clock_gettime: %s\n", strerror(errno));
    exit(1);
  }
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void read_again(int fd, size_t most) {
  ssize_t length = pread(fd, buffer, most, 0);
  if (length <= 0) {
    fprintf(stderr, "reader: a process has gone\n");
    exit(1);
  }
  buffer[length < (ssize_t) sizeof buffer ? length : (ssize_t) sizeof buffer - 1] = 0;
}

static int open_of(const char *pid, const char *file) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/%s", pid, file);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    fprintf(stderr, "reader: %s: %s\n", path, strerror(errno));
    exit(1);
  }
  return fd;
}

static void open_all(char *pids) {
  count = 0;
  for (char *pid = strtok(pids, " \n"); pid != NULL; pid = strtok(NULL, " \n")) {
    if (count == MOST_PROCESSES) {
      fprintf(stderr, "reader: more than %d processes\n", MOST_PROCESSES);
      exit(1);
    }
    stat_fds[count] = open_of(pid, "stat");
    statm_fds[count] = open_of(pid, "statm");
    /* The clock of a process by its id, as clock_getcpuclockid(3) makes it. */
    clocks[count] = (clockid_t) ((~(unsigned) atoi(pid)) << 3 | 2);
    count++;
  }
  puts("ok");
}

static void tick_stat(void) {
  for (int i = 0; i < count; i++) {
    read_again(stat_fds[i], 1024);
  }
}

static void tick_clock(void) {
  struct timespec time;
  for (int i = 0; i < count; i++) {
    read_again(statm_fds[i], 128);
    clock_gettime(clocks[i], &time);
  }
}

static void tick_full(void) {
  tick_clock();
  tick_stat();
}

/* Sums what was measured; not timed. */
static void sum(int by_stat, long long *rss, long long *cpu) {
  long long page = sysconf(_SC_PAGESIZE);
  long long jiffy = 1000000000LL / sysconf(_SC_CLK_TCK);
  *rss = 0;
  *cpu = 0;
  for (int i = 0; i < count; i++) {
    if (by_stat) {
      read_again(stat_fds[i], 1024);
      unsigned long utime, stime;
      long pages;
      if (sscanf(strrchr(buffer, ')') + 2,
                 "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %*u %*u %ld",
                 &utime, &stime, &pages) != 3) {
        fprintf(stderr, "reader: cannot parse: %s\n", buffer);
        exit(1);
      }
      *rss += pages * page;
      *cpu += (long long) (utime + stime) * jiffy;
    } else {
      read_again(statm_fds[i], 128);
      long size, resident;
      if (sscanf(buffer, "%ld %ld", &size, &resident) != 2) {
        fprintf(stderr, "reader: cannot parse: %s\n", buffer);
        exit(1);
      }
      *rss += resident * page;
      *cpu += nanos(clocks[i]);
    }
  }
}

static void run(const char *what, int ticks, long pause_micros) {
  void (*tick)(void) = strcmp(what, "stat") == 0         ? tick_stat
                       : strcmp(what, "clock") == 0      ? tick_clock
                       : strcmp(what, "full") == 0       ? tick_full
                                                         : NULL;
  long long *walls = calloc((size_t) ticks, sizeof *walls);
  if (tick == NULL || walls == NULL) {
    fprintf(stderr, "reader: unknown work: %s\n", what);
    exit(1);
  }
  struct timespec pause = {pause_micros / 1000000, pause_micros % 1000000 * 1000};
  long long cpu_before = nanos(CLOCK_THREAD_CPUTIME_ID);
  long long begin = nanos(CLOCK_MONOTONIC);
  for (int i = 0; i < ticks; i++) {
    if (pause_micros > 0) {
      nanosleep(&pause, NULL);
    }
    long long before = nanos(CLOCK_MONOTONIC);
    tick();
    walls[i] = nanos(CLOCK_MONOTONIC) - before;
  }
  long long elapsed = nanos(CLOCK_MONOTONIC) - begin;
  long long own_cpu = nanos(CLOCK_THREAD_CPUTIME_ID) - cpu_before;
  long long rss, cpu;
  sum(tick == tick_stat, &rss, &cpu);
  printf("%lld %lld %lld %lld", rss, cpu, own_cpu, elapsed);
  for (int i = 0; i < ticks; i++) {
    printf(" %lld", walls[i]);
  }
  printf("\n");
  free(walls);
}

static void *sleep_for_ever(void *unused) {
  for (;;) {
    pause();
  }
  return unused;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: reader THREADS\n");
    return 2;
  }
  for (int i = 1; i < atoi(argv[1]); i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, sleep_for_ever, NULL) != 0) {
      fprintf(stderr, "reader: no second thread\n");
      return 1;
    }
  }
  setvbuf(stdout, NULL, _IOLBF, 1 << 20);
  static char line[1 << 16];
  char what[16];
  int ticks;
  long pause_micros;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strncmp(line, "pids ", 5) == 0) {
      open_all(line + 5);
    } else if (sscanf(line, "run %15s %d %ld", what, &ticks, &pause_micros) == 3) {
      run(what, ticks, pause_micros);
    } else {
      fprintf(stderr, "reader: unknown: %s", line);
      return 2;
    }
    fflush(stdout);
  }
  return 0;
}
