/*
 * Starts processes as fast as it can, some thirty at a time, that end at once, live for a moment, or lead a session that
 * outlives them. Every one of them must end by itself, with exit code 0, and never be stopped. Answers each line of input
 * with a line: processes that have ended, how many of those had an id that was seen before, how many were harmed. Ends
 * with its input.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_ONCE 30
#define HIGHEST_ID (1 << 22)
#define LONGEST_LIFE_MICROS 50000

static char seen[HIGHEST_ID + 1]; /* by process id */
static char own[HIGHEST_ID + 1];  /* children, as opposed to grandchildren that came to us */

/* Starts one; returns its id, or -1 if none is free. */
static pid_t start(void) {
  int kind = rand() % 100;
  useconds_t life = (useconds_t) (rand() % LONGEST_LIFE_MICROS);
  pid_t pid = fork();
  if (pid != 0) {
    return pid;
  }
  if (kind < 40) {
    _exit(0);
  }
  if (kind >= 80) {
    setsid();
    if (fork() != 0) {
      _exit(0);
    }
  }
  usleep(life);
  _exit(0);
}

int main(void) {
  long ended = 0, reuses = 0, harmed = 0;
  struct pollfd input = {0, POLLIN, 0};
  char line[16];
  /* Grandchildren come to us, so that we see how they end. */
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  srand((unsigned) getpid());
  setvbuf(stdout, NULL, _IOLBF, 0);
  int alive = 0;
  for (;;) {
    pid_t child = alive < AT_ONCE ? start() : -1;
    if (child > 0) {
      own[child] = 1;
      alive++;
    }
    int status;
    pid_t pid = waitpid(-1, &status, WUNTRACED | (alive < AT_ONCE ? WNOHANG : 0));
    if (pid > 0 && WIFSTOPPED(status)) {
      harmed++;
      kill(pid, SIGCONT);
    } else if (pid > 0) {
      alive -= own[pid];
      own[pid] = 0;
      ended++;
      harmed += status != 0;
      reuses += seen[pid];
      seen[pid] = 1;
    }
    if (poll(&input, 1, 0) > 0) {
      if (fgets(line, sizeof line, stdin) == NULL) {
        return 0;
      }
      printf("%ld %ld %ld\n", ended, reuses, harmed);
    }
  }
}
