/*
 * The processes that the monitors measure: TREES trees in the shape of papermill (root -> kernel -> three workers),
 * each process holding MIB of touched memory and sleeping; beside them any number of other sleeping processes, and
 * a forker that starts short-lived processes at a given rate.
 *
 * usage: rig TREES MIB
 *
 * Prints a line per tree (five process ids, root first), then "ready" and the page size. Then answers each line of standard input:
 *   others N   make it N other processes    -> "others K", the number that could be started
 *   forks R    start R processes a second   -> "forks R"
 * and ends at end of file.
 *
 * Nothing outlives it: it ends with its standard input, every process dies with its parent (PR_SET_PDEATHSIG), and
 * the orphans in between are its own to reap (PR_SET_CHILD_SUBREAPER).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROOT 0
#define KERNEL 1
#define WORKERS 3
#define PROCESSES (2 + WORKERS)
#define FORKED_LIFE_NANOS 10000000L

struct member {
  int place; /* ROOT, KERNEL, then the workers */
  pid_t pid;
};

static void fail(const char *what) {
  fprintf(stderr, "rig: %s: %s\n", what, strerror(errno));
  _exit(1);
}

/* Forks a process that dies with its parent. */
static pid_t fork_bound(void) {
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
      _exit(0); /* it died before the line above */
    }
  }
  return pid;
}

static void sleep_for_ever(void) {
  for (;;) {
    pause();
  }
}

static void touch_memory(size_t bytes) {
  char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    fail("mmap");
  }
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  memset(memory, 1, bytes);
}

/* Forks the members from `first` to `last` below this one, and returns which of them it is now, or `place` in the parent. */
static int fork_members(int place, int first, int last) {
  for (int child = first; child <= last; child++) {
    pid_t pid = fork_bound();
    if (pid < 0) {
      fail("fork of a tree's process");
    }
    if (pid == 0) {
      return child;
    }
  }
  return place;
}

/* Becomes a whole tree; every process of it takes its memory, reports and sleeps. */
static void be_tree(size_t bytes, int report) {
  int place = fork_members(ROOT, KERNEL, KERNEL);
  if (place == KERNEL) {
    place = fork_members(KERNEL, KERNEL + 1, KERNEL + WORKERS);
  }
  prctl(PR_SET_NAME, place == ROOT ? "rig-root" : place == KERNEL ? "rig-kernel" : "rig-worker");
  touch_memory(bytes);
  struct member self = {place, getpid()};
  if (write(report, &self, sizeof self) != sizeof self) {
    _exit(1);
  }
  sleep_for_ever();
}

static pid_t start_tree(size_t bytes) {
  int report[2];
  if (pipe(report) != 0) {
    fail("pipe");
  }
  pid_t root = fork_bound();
  if (root < 0) {
    fail("fork of a tree's root");
  }
  if (root == 0) {
    close(0);
    close(1);
    close(report[0]);
    be_tree(bytes, report[1]);
  }
  close(report[1]);
  pid_t pids[PROCESSES] = {0};
  for (int i = 0; i < PROCESSES; i++) {
    struct member member;
    if (read(report[0], &member, sizeof member) != sizeof member) {
      fprintf(stderr, "rig: a process of a tree ended before it was ready\n");
      _exit(1);
    }
    pids[member.place] = member.pid;
  }
  close(report[0]);
  for (int i = 0; i < PROCESSES; i++) {
    printf("%d%c", (int) pids[i], i == PROCESSES - 1 ? '\n' : ' ');
  }
  return root;
}

/* Forks the leader of a group of its own, with standard input and output closed. */
static pid_t fork_leader(const char *name) {
  pid_t leader = fork_bound();
  if (leader < 0) {
    fail("fork of a group's leader");
  }
  if (leader == 0) {
    setpgid(0, 0);
    close(0);
    close(1);
    prctl(PR_SET_NAME, name);
  } else {
    setpgid(leader, leader);
  }
  return leader;
}

/* Ends a group and waits until nothing of it is left. */
static void end_group(pid_t *leader) {
  if (*leader > 0) {
    kill(-*leader, SIGKILL);
    /* The leader's children become ours before the leader can be waited for, so ECHILD means that all have gone. */
    while (waitpid(-*leader, NULL, 0) > 0 || errno == EINTR) {
    }
    *leader = 0;
  }
}

static int start_others(pid_t *leader, int wanted) {
  end_group(leader);
  if (wanted == 0) {
    return 0;
  }
  int done[2];
  if (pipe(done) != 0) {
    fail("pipe");
  }
  *leader = fork_leader("rig-others");
  if (*leader == 0) {
    close(done[0]);
    int started = 1; /* the leader is one of them */
    while (started < wanted) {
      pid_t pid = fork_bound();
      if (pid < 0) {
        break;
      }
      if (pid == 0) {
        close(done[1]);
        prctl(PR_SET_NAME, "rig-other");
        sleep_for_ever();
      }
      started++;
    }
    if (write(done[1], &started, sizeof started) != sizeof started) {
      _exit(1);
    }
    close(done[1]);
    sleep_for_ever();
  }
  close(done[1]);
  int started = 0;
  if (read(done[0], &started, sizeof started) != sizeof started) {
    started = 0;
  }
  close(done[0]);
  return started;
}

static void start_forker(pid_t *leader, int rate) {
  end_group(leader);
  if (rate == 0) {
    return;
  }
  *leader = fork_leader("rig-forker");
  if (*leader != 0) {
    return;
  }
  signal(SIGCHLD, SIG_IGN); /* the kernel reaps */
  long period = 1000000000L / rate;
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (;;) {
    if (fork_bound() == 0) {
      struct timespec life = {0, FORKED_LIFE_NANOS};
      nanosleep(&life, NULL);
      _exit(0);
    }
    next.tv_nsec += period;
    while (next.tv_nsec >= 1000000000L) {
      next.tv_nsec -= 1000000000L;
      next.tv_sec++;
    }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
}

int main(int argc, char **argv) {
  if (argc != 3 || atoi(argv[1]) < 1 || atoi(argv[2]) < 1) {
    fprintf(stderr, "usage: rig TREES MIB\n");
    return 2;
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  int trees = atoi(argv[1]);
  pid_t *roots = calloc((size_t) trees, sizeof *roots);
  if (roots == NULL) {
    fail("calloc");
  }
  for (int i = 0; i < trees; i++) {
    fflush(stdout);
    roots[i] = start_tree((size_t) atoi(argv[2]) << 20);
  }
  printf("ready %ld\n", sysconf(_SC_PAGESIZE));
  pid_t others = 0;
  pid_t forker = 0;
  char line[64];
  int number;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "others %d", &number) == 1 && number >= 0) {
      printf("others %d\n", start_others(&others, number));
    } else if (sscanf(line, "forks %d", &number) == 1 && number >= 0) {
      start_forker(&forker, number);
      printf("forks %d\n", number);
    } else {
      printf("unknown %s", line);
    }
  }
  end_group(&forker);
  end_group(&others);
  /* A root's death takes its tree along; the orphans come to us and are reaped here. */
  for (int i = 0; i < trees; i++) {
    kill(roots[i], SIGKILL);
  }
  while (wait(NULL) > 0 || errno == EINTR) {
  }
  return 0;
}
