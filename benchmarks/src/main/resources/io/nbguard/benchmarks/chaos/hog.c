/*
 * What notebooks do to memory, without a notebook around it: joins the observer, waits for its go, and does one thing.
 *
 * usage: hog SOCKET NAME h|b KIND [key=value ...]        sizes in MiB, rates in MB/s; joins when its preparation is done
 *        hog supervise COMMAND [ARG ...]   runs the command beneath a process of its own, as nbguard's executor does
 *
 *   fill   touches memory: rate= (0: as fast as it goes) threads= huge= (transparent huge pages) prefill= (before it joins)
 *          cap= (then holds it) nice= (after the prefill)
 *   shared the same through a mapped file on a tmpfs that has no name any more: dir=
 *   tmpfs  writes a file on a tmpfs: dir= rate= cap=
 *   fork   holds parent=, forks children=, which touch=1 all of it, or do not
 *   flood  writes write= to a file in dir= and reads it back, then reads= of a file without disk blocks: page cache only
 *   double reads read= twice and holds half of it decompressed: hold=
 *   spike  touches top= and lets it go, times=
 *   steps  touches first=, says mark, waits for a second go, touches cap=, says done
 *   hold   holds mib=, processes=
 *   spin   busy loop
 *   warm   joins no run: touches mib=, says "warm", and frees it at the end of standard input
 *
 * Ends when the observer's connection does, with its parent if it was forked here, and in any case after two minutes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1L << 20)
#define HUGE_PAGE (2 * MIB)
#define LONGEST_LIFE_SECONDS 120

static char **options;
static const char *socket_path, *name, *role;
static int connection;
static sem_t go;

static void fail(const char *what) {
  fprintf(stderr, "hog: %s: %s\n", what, strerror(errno));
  _exit(1);
}

static const char *option(const char *key, const char *otherwise) {
  size_t length = strlen(key);
  for (char **each = options; *each; each++) {
    if (strncmp(*each, key, length) == 0 && (*each)[length] == '=') {
      return *each + length + 1;
    }
  }
  return otherwise;
}

static long number(const char *key) { return atol(option(key, "0")); }

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void sleep_for_ever(void) {
  for (;;) {
    pause();
  }
}

static void *listen_to_observer(void *unused) {
  char byte;
  (void)unused;
  while (recv(connection, &byte, 1, 0) == 1) {
    sem_post(&go);
  }
  _exit(0);
}

static void join(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
  connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  char line[96];
  int length = snprintf(line, sizeof line, "%s %s\n", name, role);
  sem_init(&go, 0, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0 || send(connection, line, length, 0) < 0) {
    fail(socket_path);
  }
  pthread_t listener;
  if (pthread_create(&listener, NULL, listen_to_observer, NULL) != 0) {
    fail("pthread_create");
  }
}

static void wait_for_go(void) {
  while (sem_wait(&go) < 0) {
  }
}

static void say(const char *byte) {
  if (send(connection, byte, 1, MSG_NOSIGNAL) < 0) {
    _exit(0);
  }
}

static char *map(long bytes, int huge) {
  char *memory = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    fail("mmap");
  }
  memory = (char *)(((unsigned long)memory + HUGE_PAGE - 1) & -HUGE_PAGE);
  madvise(memory, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  return memory;
}

static void touch(char *memory, long bytes, long step) {
  for (long at = 0; at < bytes; at += step) {
    ((volatile char *)memory)[at] = 1;
  }
}

struct share {
  char *memory;
  long bytes, step;
  double per_second; /* 0: as fast as it goes */
};

/* Touches a share at its rate, in small pieces so that the rate is even. */
static void *fill_share(void *argument) {
  struct share *share = argument;
  long piece = share->step == HUGE_PAGE ? HUGE_PAGE : MIB / 4;
  double begun = seconds();
  for (long at = 0; at < share->bytes; at += piece) {
    touch(share->memory + at, piece, share->step);
    if (share->per_second > 0) {
      double ahead = (at + piece) / share->per_second - (seconds() - begun);
      if (ahead > 1e-4) {
        struct timespec rest = {(time_t)ahead, (long)((ahead - (time_t)ahead) * 1e9)};
        nanosleep(&rest, NULL);
      }
    }
  }
  return NULL;
}

static void fill(char *memory, long bytes, int huge) {
  long threads = number("threads") > 1 ? number("threads") : 1;
  pthread_t thread[threads];
  struct share share[threads];
  long each = bytes / threads / HUGE_PAGE * HUGE_PAGE;
  for (long i = 0; i < threads; i++) {
    share[i] = (struct share){memory + i * each, each, huge ? HUGE_PAGE : 4096, number("rate") * 1e6 / threads};
    if (i > 0 && pthread_create(&thread[i], NULL, fill_share, &share[i]) != 0) {
      fail("pthread_create");
    }
  }
  fill_share(&share[0]);
  for (long i = 1; i < threads; i++) {
    pthread_join(thread[i], NULL);
  }
}

static void do_fill(void) {
  int huge = number("huge");
  long prefill = number("prefill") * MIB, cap = number("cap") * MIB;
  char *memory = map(cap, huge);
  touch(memory, prefill, huge ? HUGE_PAGE : 4096);
  if (number("nice") && setpriority(PRIO_PROCESS, 0, (int)number("nice")) < 0) {
    fail("nice");
  }
  join();
  wait_for_go();
  fill(memory + prefill, cap - prefill, huge);
  say("d");
}

static int file_in(const char *kind) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s-%s-XXXXXX", option("dir", "/dev/shm"), kind, name);
  int file = mkstemp(path);
  if (file < 0) {
    fail(path);
  }
  if (!number("keep")) {
    unlink(path);
  }
  return file;
}

static void do_shared(void) {
  long cap = number("cap") * MIB;
  int file = file_in("shared");
  char *memory = MAP_FAILED;
  if (ftruncate(file, cap) == 0) {
    memory = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
  }
  if (memory == MAP_FAILED) {
    fail("shared memory");
  }
  join();
  wait_for_go();
  fill(memory, cap, 0);
  say("d");
}

static void write_file(int file, long bytes) {
  static char block[4 * 1024 * 1024];
  double rate = number("rate") * 1e6, begun = seconds();
  memset(block, 'x', sizeof block);
  for (long at = 0; at < bytes; at += sizeof block) {
    if (write(file, block, sizeof block) < 0) {
      fail("write");
    }
    double ahead = rate > 0 ? (at + sizeof block) / rate - (seconds() - begun) : 0;
    if (ahead > 1e-4) {
      usleep((useconds_t)(ahead * 1e6));
    }
  }
}

static void read_file(int file, long bytes) {
  static char block[4 * 1024 * 1024];
  for (long at = 0; at < bytes; at += sizeof block) {
    if (pread(file, block, sizeof block, at) < 0) {
      fail("read");
    }
  }
}

static void do_tmpfs(void) {
  join();
  wait_for_go();
  write_file(file_in("tmpfs"), number("cap") * MIB);
  say("d");
}

static void do_flood(void) {
  int written = file_in("flood"), sparse = file_in("sparse");
  long reads = number("reads") * MIB;
  if (ftruncate(sparse, reads) < 0) {
    fail("ftruncate");
  }
  join();
  wait_for_go();
  write_file(written, number("write") * MIB);
  read_file(written, number("write") * MIB);
  read_file(sparse, reads);
  read_file(sparse, reads);
  say("d");
}

static void do_double(void) {
  int sparse = file_in("columns");
  long reads = number("read") * MIB, hold = number("hold") * MIB;
  if (ftruncate(sparse, reads) < 0) {
    fail("ftruncate");
  }
  join();
  wait_for_go();
  char *memory = map(hold, 0);
  for (int pass = 0; pass < 2; pass++) {
    read_file(sparse, reads);
    touch(memory, hold, 4096);
    if (pass == 0) {
      madvise(memory, hold, MADV_DONTNEED);
    }
  }
  say("d");
}

static void do_spike(void) {
  long top = number("top") * MIB;
  char *memory = map(top, 0);
  join();
  wait_for_go();
  for (long i = 0; i < number("times"); i++) {
    touch(memory, top, 4096);
    madvise(memory, top, MADV_DONTNEED);
    usleep(20000);
  }
  say("d");
}

static void do_steps(void) {
  long first = number("first") * MIB, cap = number("cap") * MIB;
  char *memory = map(cap, 0);
  join();
  wait_for_go();
  touch(memory, first, 4096);
  say("m");
  wait_for_go();
  touch(memory + first, cap - first, 4096);
  say("d");
}

/* Forks a process that dies with this one. */
static pid_t fork_bound(void) {
  pid_t parent = getpid(), pid = fork();
  if (pid < 0) {
    fail("fork");
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
      _exit(0);
    }
    alarm(LONGEST_LIFE_SECONDS);
  }
  return pid;
}

static void do_fork(void) {
  long bytes = number("parent") * MIB;
  char *memory = map(bytes, 0);
  touch(memory, bytes, 4096);
  join();
  wait_for_go();
  for (long i = 0; i < number("children"); i++) {
    if (fork_bound() == 0) {
      join();
      wait_for_go();
      if (number("touch")) {
        touch(memory, bytes, 4096);
      }
      say("d");
      sleep_for_ever();
    }
  }
  if (!number("touch")) {
    usleep(300000); /* long enough to be seen in the RSS */
  }
  say("d");
}

static void do_hold(void) {
  long bytes = number("mib") * MIB;
  for (long i = 1; i < number("processes"); i++) {
    if (fork_bound() == 0) {
      sleep_for_ever();
    }
  }
  touch(map(bytes, 0), bytes, 4096);
  join();
}

static void do_spin(void) {
  join();
  for (volatile unsigned long i = 0;; i++) {
  }
}

/*
 * A virtual machine may give memory that is free for some seconds back to its host; the first program that touches it measures
 * the host. The memory that this program has just freed is touched next.
 */
static void do_warm(void) {
  long bytes = number("mib") * MIB;
  char byte;
  touch(map(bytes, 1), bytes, 4096);
  puts("warm");
  fflush(stdout);
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  _exit(0);
}

/* As nbguard's executor does it: what was started is beneath a process of its own, which gets its orphans and ends with it. */
static int supervise(char **command) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t child = fork();
  if (child == 0) {
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
  }
  int status = 0;
  pid_t ended;
  while ((ended = wait(&status)) != child) {
    if (ended < 0 && errno != EINTR) {
      return 1;
    }
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv) {
  static const struct {
    const char *kind;
    void (*act)(void);
  } kinds[] = {{"fill", do_fill},   {"shared", do_shared}, {"tmpfs", do_tmpfs}, {"fork", do_fork}, {"flood", do_flood},
               {"double", do_double}, {"spike", do_spike}, {"steps", do_steps}, {"hold", do_hold}, {"spin", do_spin},
               {"warm", do_warm}};
  if (argc > 2 && strcmp(argv[1], "supervise") == 0) {
    alarm(LONGEST_LIFE_SECONDS);
    return supervise(argv + 2);
  }
  if (argc < 5) {
    fprintf(stderr, "usage: hog SOCKET NAME h|b KIND [key=value ...]\n       hog supervise COMMAND [ARG ...]\n");
    return 2;
  }
  socket_path = argv[1];
  name = argv[2];
  role = argv[3];
  options = argv + 5;
  alarm(LONGEST_LIFE_SECONDS);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(argv[4], kinds[i].kind) == 0) {
      kinds[i].act();
      sleep_for_ever();
    }
  }
  fprintf(stderr, "hog: no such kind: %s\n", argv[4]);
  return 2;
}
