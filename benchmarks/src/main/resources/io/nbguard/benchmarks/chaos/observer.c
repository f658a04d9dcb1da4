/*
 * Looks at a memory control group from outside, and at the processes that have joined: when its use crosses a threshold,
 * how high it gets, when a process is sentenced to death, by whom, and when its memory is back.
 *
 * usage: observer SOCKET
 *
 * A process joins by connecting to SOCKET and writing "NAME h\n" (a hog) or "NAME b\n" (a bystander); several processes may
 * have one name: an execution. It gets a byte "g" at each go, and may write "d" when it has done all that it wanted, "m" at
 * a mark. When this program ends, so does the connection, and with it whatever has joined.
 *
 * Answers lines of standard input, and ends with it:
 *   begin DIR THRESHOLD CACHE   a run in the group at DIR (cgroup v1 or v2); CACHE 1: its page cache will change a lot
 *                               -> "begun USED RECLAIMABLE"; USED is without it
 *   go                          all members may start; times below count from the first go
 *   watch TIMEOUT_MS LINGER_MS  until every hog is dead or done and the memory is back, and LINGER_MS longer
 *                               -> "member …" lines, then "result …" (see report())
 * and says "joined NAME PID" and "mark NAME" by itself.
 *
 * It runs before others (SCHED_FIFO where it may), and sleeps between two looks: 100 µs from 3 MiB below the threshold until
 * a process is sentenced, 300 µs until the memory is back, up to 2 ms far from the threshold, and never works for more than a
 * tenth of a core. The watermark that the kernel keeps gives the peak.
 *
 * A death sentence is the first look that sees SIGKILL or SIGTERM pending, or the process dying of a signal, in
 * /proc/PID/stat. It was passed between that look and the one before, and memory may be back by the later of them: what the
 * group held then is the greater of the two. It is the kernel's if the OOM kills have risen that the kernel counts for the
 * process's own cgroup (v2), or for the node's, which all share.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MEMBERS 256
#define NAME 64
#define SHORTEST_NANOS 100000L
#define DYING_NANOS 300000L /* dying is work for the processor that a look interrupts */
#define LONGEST_NANOS 2000000L
#define MESSAGES_EVERY_NANOS 1000000L
#define WORK_AND_REST 9 /* rests so many times as long as a look takes: where looking is dear it looks less often */
#define NONE (-1LL)
#define ROOM_PER_SECOND 32e9 /* twice what the fastest hog fills */
#define FATAL_SIGNALS ((1UL << (SIGKILL - 1)) | (1UL << (SIGTERM - 1)))
#define DYING_OF_SIGNAL 0x400UL /* PF_SIGNALED */
#define EXITING 0x4UL           /* PF_EXITING */
#define APPROACH (256LL << 20)  /* below the threshold: from there on the rate is measured */
#define BACK 0.05               /* what is left when the memory counts as back */

struct member {
  char name[NAME];
  char role;
  pid_t pid;
  int socket, stat;
  int ooms; /* its own cgroup's memory.events, or -1 if it has none but the node's */
  long long ooms_before;
  long long rss;       /* bytes, as last read */
  long long sentenced; /* when, or NONE */
  long long held;      /* bytes that its execution held then: the group's use less what all others hold */
  long long exited;    /* when it was seen as a zombie or gone */
  long long done;
  long long needed;    /* bytes: what the group would have held at the sentence without those sentenced before */
  long long use;       /* bytes: what the group held at the sentence, less what could be reclaimed */
  int by_kernel;
  int left; /* it exited by itself */
};

static struct member members[MEMBERS];
static int count, listener;
static int usage_file = -1, ooms_file = -1, stat_file = -1, local_file = -1, has_peak;
static char group_path[400], peak_path[512];
static int version, running, crossed_cache;
static long page;
static long long threshold, base, reclaimable, start, crossed, back, ooms_before, ooms_seen, own_before;
static long long approach, approach_use, crossed_use, last_use, fastest_look, looks, cpu_start, last_sentence, held_at_sentence;
static long long late, stolen_before, stolen;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "observer: %s: %s\n", what, strerror(errno));
  exit(1);
}

static const char *text(int file) {
  static char buffer[16384];
  ssize_t length = pread(file, buffer, sizeof buffer - 1, 0);
  buffer[length > 0 ? length : 0] = 0;
  return buffer;
}

static long long used(void) { return atoll(text(usage_file)); }

/* The number after `key` at the beginning of a line. */
static long long keyed(const char *text, const char *key) {
  size_t length = strlen(key);
  for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
    if (strncmp(line, key, length) == 0 && line[length] == ' ') {
      return atoll(line + length + 1);
    }
  }
  return 0;
}

static long long ooms_in(int file) { return keyed(text(file), "oom_kill"); }

static long long ooms(void) { return ooms_in(ooms_file); }

/* How often the node's own limit made the kernel act; of v1 there is no limit but that. */
static long long own_ooms(void) { return version == 1 ? ooms() : keyed(text(local_file), "oom"); }

static long long cache(void) {
  const char *stat = text(stat_file);
  return version == 1 ? keyed(stat, "total_inactive_file") + keyed(stat, "total_active_file")
                      : keyed(stat, "inactive_file") + keyed(stat, "active_file") + keyed(stat, "slab_reclaimable");
}

/* Milliseconds that the machine's own host has taken its processors away for: in the unit of /proc/stat, mostly 10 ms. */
static long long steal(void) {
  static int file = -1;
  if (file < 0) {
    file = open("/proc/stat", O_RDONLY | O_CLOEXEC);
  }
  long long ticks = 0;
  sscanf(text(file), "cpu %*d %*d %*d %*d %*d %*d %*d %lld", &ticks);
  return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

static int open_in(const char *folder, const char *name) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return open(path, O_RDONLY | O_CLOEXEC);
}

/* Opens memory.events of the cgroup (v2) that a process is in, unless that is the node's own; returns -1 without. */
static int ooms_of_own_group(pid_t pid) {
  char path[64], line[512];
  if (version == 1) {
    return -1;
  }
  snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
  FILE *groups = fopen(path, "re");
  int file = -1;
  while (groups && file < 0 && fgets(line, sizeof line, groups)) {
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "0::", 3) == 0) {
      char folder[600];
      snprintf(folder, sizeof folder, "/sys/fs/cgroup%s", line + 3);
      file = strcmp(folder, group_path) == 0 ? -1 : open_in(folder, "memory.events");
    }
  }
  if (groups) {
    fclose(groups);
  }
  return file;
}

static void forget_members(void) {
  for (int i = 0; i < count; i++) {
    close(members[i].socket);
    close(members[i].stat);
    close(members[i].ooms);
  }
  count = 0;
}

static void begin(const char *folder, long long bytes, int cache_changes) {
  forget_members();
  close(usage_file);
  close(ooms_file);
  close(stat_file);
  close(local_file);
  usage_file = open_in(folder, "memory.current");
  version = usage_file < 0 ? 1 : 2;
  if (version == 1) {
    usage_file = open_in(folder, "memory.usage_in_bytes");
  }
  ooms_file = open_in(folder, version == 1 ? "memory.oom_control" : "memory.events");
  stat_file = open_in(folder, "memory.stat");
  local_file = version == 1 ? -1 : open_in(folder, "memory.events.local");
  if (usage_file < 0 || ooms_file < 0 || stat_file < 0) {
    fail(folder);
  }
  snprintf(group_path, sizeof group_path, "%s", folder);
  snprintf(peak_path, sizeof peak_path, "%s/%s", folder, version == 1 ? "memory.max_usage_in_bytes" : "memory.peak");
  int peak = open(peak_path, O_WRONLY | O_CLOEXEC);
  /* An old kernel's peak cannot be reset: then report() falls back on the looks. */
  has_peak = peak >= 0 && write(peak, "0", 1) > 0;
  close(peak);
  threshold = bytes;
  crossed_cache = cache_changes;
  reclaimable = cache();
  base = used() - reclaimable;
  ooms_before = ooms_seen = ooms();
  own_before = own_ooms();
  crossed = approach = back = start = last_sentence = NONE;
  running = 0;
  looks = fastest_look = last_use = late = stolen = 0;
  printf("begun %lld %lld\n", base, reclaimable);
}

static void join(int connection) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  char line[NAME];
  ssize_t got = recv(connection, line, sizeof line - 1, 0);
  if (got < 4 || count == MEMBERS || getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
    close(connection);
    return;
  }
  line[got - 1] = 0;
  struct member *member = &members[count];
  memset(member, 0, sizeof *member);
  member->role = line[got - 2];
  line[got - 3] = 0;
  snprintf(member->name, NAME, "%s", line);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/stat", peer.pid);
  member->pid = peer.pid;
  member->socket = connection;
  member->stat = open(path, O_RDONLY | O_CLOEXEC);
  member->ooms = -1;
  member->sentenced = member->exited = member->done = NONE;
  if (member->stat < 0) {
    close(connection);
    return;
  }
  member->ooms = ooms_of_own_group(peer.pid);
  member->ooms_before = member->ooms < 0 ? 0 : ooms_in(member->ooms);
  count++;
  printf("joined %s %d\n", member->name, peer.pid);
  if (running) { /* forked after the go */
    send(connection, "g", 1, MSG_NOSIGNAL);
  }
}

static void hear(struct member *member, long long at) {
  char bytes[16];
  ssize_t got = recv(member->socket, bytes, sizeof bytes, MSG_DONTWAIT);
  for (ssize_t i = 0; i < got; i++) {
    if (bytes[i] == 'd') {
      member->done = at;
    } else if (bytes[i] == 'm') {
      printf("mark %s\n", member->name);
    }
  }
}

static void messages(long long at) {
  int connection;
  while ((connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
    join(connection);
  }
  for (int i = 0; i < count; i++) {
    hear(&members[i], at);
  }
}

/* What the group holds but for those who have been sentenced and are not dead yet: their memory is on its way back. */
static long long needed(long long use) {
  long long sum = use - reclaimable;
  for (int i = 0; i < count; i++) {
    if (members[i].exited == NONE && members[i].sentenced != NONE) {
      sum -= members[i].rss;
    }
  }
  return sum;
}

/* What all hold together who have not been sentenced: the rest of the use is the memory of those who have. */
static long long held_by_others(void) {
  long long sum = base;
  for (int i = 0; i < count; i++) {
    if (members[i].exited == NONE && members[i].sentenced == NONE) {
      sum += members[i].rss;
    }
  }
  return sum;
}

/* Returns whether the kernel has sentenced it: it may take all of an execution, one after the other. */
static int taken_by_kernel(const struct member *member) {
  if (member->ooms >= 0) {
    return ooms_in(member->ooms) > member->ooms_before;
  }
  long long kills = ooms(), seen = ooms_seen;
  ooms_seen = kills;
  if (kills > seen) {
    return 1;
  }
  for (int i = 0; i < count; i++) {
    if (members[i].by_kernel && strcmp(members[i].name, member->name) == 0) {
      return 1;
    }
  }
  return 0;
}

/* Reads state (field 3), flags (9), RSS (24) and pending signals (31). */
static void look_at(struct member *member, long long at, long long use) {
  char stat[1024];
  ssize_t length = pread(member->stat, stat, sizeof stat - 1, 0);
  if (length <= 0) {
    member->exited = at;
    if (member->sentenced == NONE) {
      member->left = 1; /* reaped between two looks */
    }
    return;
  }
  stat[length] = 0;
  char *field = strrchr(stat, ')');
  char state = 0;
  unsigned long flags = 0, pending = 0;
  long rss = 0;
  for (int number = 2; field && *field && number < 31; number++) {
    field = strchr(field, ' ');
    if (!field) {
      break;
    }
    field++;
    switch (number + 1) {
    case 3: state = *field; break;
    case 9: flags = strtoul(field, NULL, 10); break;
    case 24: rss = strtol(field, NULL, 10); break;
    case 31: pending = strtoul(field, NULL, 10); break;
    }
  }
  int dying = (flags & DYING_OF_SIGNAL) || (pending & FATAL_SIGNALS);
  if (!dying && !(flags & EXITING)) {
    member->rss = rss * page;
  }
  if (dying && member->sentenced == NONE) {
    long long most = use > last_use ? use : last_use;
    member->needed = needed(most);
    member->use = most - reclaimable;
    member->by_kernel = taken_by_kernel(member);
    member->sentenced = last_sentence = at;
    member->held = held_at_sentence = use - reclaimable - held_by_others();
    back = NONE;
  }
  if (state == 'Z' || state == 'X') {
    member->exited = at;
    if (!dying && member->sentenced == NONE) {
      member->left = 1;
    }
  }
}

/* What it took to start them (supervisors, notes of the guardian's) does not come back with the memory of any of them: it is base. */
static void say_go(void) {
  if (!running) {
    long long at = now(), use = used();
    base = use - reclaimable;
    for (int i = 0; i < count; i++) {
      look_at(&members[i], at, use);
      base -= members[i].rss;
    }
    running = 1;
    stolen_before = steal();
    start = now();
    cpu_start = cpu();
  }
  for (int i = 0; i < count; i++) {
    send(members[i].socket, "g", 1, MSG_NOSIGNAL);
  }
}

static void look(long long at) {
  long long use = used();
  looks++;
  if (crossed_cache) {
    reclaimable = cache();
  }
  if (use - reclaimable > fastest_look) {
    fastest_look = use - reclaimable;
  }
  if (approach == NONE && use - reclaimable >= threshold - APPROACH) {
    approach = at;
    approach_use = use - reclaimable;
  }
  if (crossed == NONE && use - reclaimable >= threshold) {
    crossed = at;
    crossed_use = use - reclaimable;
  }
  for (int i = 0; i < count; i++) {
    if (members[i].exited == NONE) {
      look_at(&members[i], at, use);
    }
  }
  if (last_sentence != NONE && back == NONE
      && use - reclaimable - held_by_others() <= BACK * held_at_sentence) {
    back = at;
    stolen = steal() - stolen_before;
  }
  last_use = use;
}

static int hogs_at_rest(void) {
  for (int i = 0; i < count; i++) {
    if (members[i].role == 'h' && members[i].exited == NONE && members[i].done == NONE) {
      return 0;
    }
  }
  return last_sentence == NONE || back != NONE;
}

static long long since_start(long long at) { return at == NONE ? NONE : at - start; }

static long long rate(void) {
  return crossed == NONE || crossed == approach
             ? NONE
             : (long long)((crossed_use - approach_use) * 1e9 / (crossed - approach));
}

/*
 * member NAME ROLE PID SENTENCED BY_KERNEL HELD NEEDED USE EXITED LEFT DONE
 * result CROSSED PEAK BACK OOM_KILLS OWN_OOMS RATE LOOKS CPU END LATE STOLEN
 * LATE is by how much a look came too late at most, STOLEN for how long the machine's host took processors away, in ms, both
 * until the memory was back.
 * Times in ns since the first go, sizes in bytes, -1 for never; RATE in bytes per second, over the last 256 MiB. PEAK is less what could be reclaimed.
 */
static void report(long long at) {
  for (int i = 0; i < count; i++) {
    struct member *m = &members[i];
    printf("member %s %c %d %lld %d %lld %lld %lld %lld %d %lld\n", m->name, m->role, m->pid, since_start(m->sentenced),
           m->by_kernel, m->held, m->needed, m->use, since_start(m->exited), m->left, since_start(m->done));
  }
  long long peak = fastest_look;
  int file = open(peak_path, O_RDONLY | O_CLOEXEC);
  if (file >= 0 && has_peak && !crossed_cache) {
    long long watermark = atoll(text(file)) - reclaimable;
    peak = watermark > peak ? watermark : peak;
  }
  close(file);
  printf("result %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld\n", since_start(crossed), peak, since_start(back),
         ooms() - ooms_before, own_ooms() - own_before, rate(), looks, cpu() - cpu_start, at - start, late, stolen);
}

static long pause_nanos(void) {
  if (crossed != NONE && last_sentence == NONE) {
    return SHORTEST_NANOS;
  }
  if (last_sentence != NONE && back == NONE) {
    return DYING_NANOS;
  }
  double room = (threshold - (used() - reclaimable)) / ROOM_PER_SECOND * 1e9;
  long shortest = crossed_cache ? 1000000L : SHORTEST_NANOS;
  return room < shortest ? shortest : room > LONGEST_NANOS ? LONGEST_NANOS : (long)room;
}

static void answer(char *line);

/* Reads what is there on standard input, and obeys each line. */
static void commands(void) {
  static char buffer[1024];
  static size_t filled;
  ssize_t got = read(STDIN_FILENO, buffer + filled, sizeof buffer - 1 - filled);
  if (got <= 0) {
    exit(0);
  }
  filled += got;
  buffer[filled] = 0;
  char *end;
  while ((end = strchr(buffer, '\n'))) {
    *end = 0;
    char line[1024];
    strcpy(line, buffer);
    filled -= end + 1 - buffer;
    memmove(buffer, end + 1, filled + 1);
    answer(line);
  }
}

static void watch(long timeout_ms, long linger_ms) {
  long long deadline = now() + timeout_ms * 1000000LL, rest = NONE, heard = 0, before = 0;
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  for (;;) {
    long long at = now();
    look(at);
    if (at - heard >= MESSAGES_EVERY_NANOS) {
      heard = at;
      messages(at);
      if (poll(&input, 1, 0) > 0) {
        commands(); /* a second go */
      }
    }
    rest = !hogs_at_rest() ? NONE : rest == NONE ? at : rest;
    if (at >= deadline || (rest != NONE && at - rest >= linger_ms * 1000000LL)) {
      report(at);
      return;
    }
    /*
     * A look alone may take long: who reads the stat of a process as it exits may be the last who holds its memory, and the
     * kernel then has the reader free it. Only looks that take long one after the other are dear.
     */
    long long took = now() - at, pause = pause_nanos(), dear = WORK_AND_REST * (took < before ? took : before);
    before = took;
    if (pause < dear) {
      pause = dear;
    }
    long long next = at + took + pause;
    struct timespec until = {next / 1000000000LL, next % 1000000000LL};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    long long by = now() - next;
    if (running && back == NONE && by > late) {
      late = by;
    }
  }
}

static void answer(char *line) {
  char folder[400];
  long long a, b;
  if (sscanf(line, "begin %399s %lld %lld", folder, &a, &b) == 3) {
    begin(folder, a, (int)b);
  } else if (strcmp(line, "go") == 0) {
    say_go();
  } else if (sscanf(line, "watch %lld %lld", &a, &b) == 2) {
    watch(a, b);
  } else {
    fprintf(stderr, "observer: not a command: %s\n", line);
    exit(2);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: observer SOCKET\n");
    return 2;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGPIPE, SIG_IGN);
  page = sysconf(_SC_PAGESIZE);
  /* Above nbguard's own real-time thread: while that gives a victim's memory back, the observer must not wait for it. */
  struct sched_param first = {.sched_priority = 3};
  const char *priority = "SCHED_FIFO";
  if (sched_setscheduler(0, SCHED_FIFO, &first) < 0) {
    priority = setpriority(PRIO_PROCESS, 0, -20) == 0 ? "nice -20" : "ordinary priority";
  }
  mlockall(MCL_CURRENT | MCL_FUTURE);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
  listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) {
    fail(argv[1]);
  }
  printf("ready %s\n", priority);
  struct pollfd wake[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
  for (;;) {
    if (poll(wake, 2, -1) < 0 && errno != EINTR) {
      fail("poll");
    }
    if (wake[1].revents) {
      messages(now());
    }
    if (wake[0].revents) {
      commands();
    }
  }
}
