#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"

// A handler can reach nothing else.
static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return 127;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// start runs argv with out and err as its outputs, or ours where they are negative.
static pid_t start(char *const argv[], int out, int err, int apart)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) die("%s: cannot start: %s", argv[0], strerror(errno));
    if (pid > 0) {
        if (apart) setpgid(pid, pid);  // here too: whoever is first
        return pid;
    }
    if (apart) setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    if (out >= 0) {
        int nothing = open("/dev/null", O_RDONLY);
        if (nothing >= 0) dup2(nothing, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
    }
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "%s: cannot start: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void open_pipe(int ends[2])
{
    if (pipe(ends) != 0) die("cannot make a pipe: %s", strerror(errno));
    // The program we run must not hold our ends open.
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

// take reads what fd has into *bytes; returns 0 at its end.
static int take(int fd, char **bytes, size_t *size)
{
    char part[4096];
    ssize_t n = read(fd, part, sizeof part);
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    if (n == 0) return 0;
    size_t keep = (size_t)n < CHILD_MOST - *size ? (size_t)n : CHILD_MOST - *size;
    char *grown = realloc(*bytes, *size + keep + 1);
    if (!grown) die("out of memory: what a program wrote");
    memcpy(grown + *size, part, keep);
    *size += keep;
    grown[*size] = 0;
    *bytes = grown;
    return 1;
}

// collect reads both outputs to their ends, until the time `end`, if that is not 0.  Returns 0 when
// the time is up or a person interrupts.
static int collect(const int from[2], double end, struct child *c)
{
    struct pollfd open[2] = {{.fd = from[0], .events = POLLIN}, {.fd = from[1], .events = POLLIN}};
    while (open[0].fd >= 0 || open[1].fd >= 0) {
        double left = end - now();
        if (end > 0 && (interrupted || left <= 0)) return 0;
        int wait = end > 0 ? (int)(left * 1e3) + 1 : -1;
        if (poll(open, 2, wait) < 0) continue;
        if (open[0].revents && !take(from[0], &c->out, &c->out_size)) open[0].fd = -1;
        if (open[1].revents && !take(from[1], &c->err, &c->err_size)) open[1].fd = -1;
    }
    return 1;
}

// runs says whether pid has not ended yet; it pauses for some milliseconds if so.
static int runs(pid_t pid, long milliseconds)
{
    const struct timespec pause = {.tv_nsec = milliseconds * 1000000};
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid) return 0;
    nanosleep(&pause, NULL);
    return 1;
}

int child_show(char *const argv[], int (*enough)(void *context), void *context)
{
    pid_t pid = start(argv, -1, -1, 0);
    while (enough && runs(pid, 20)) {
        if (!enough(context)) continue;
        kill(pid, SIGINT);
        break;
    }
    return wait_for(pid);
}

// ended waits for pid until the time `end`; a program may close its outputs and live on.
static int ended(pid_t pid, double end)
{
    while (runs(pid, 2)) {
        if (interrupted || now() > end) return 0;
    }
    return 1;
}

// run runs argv, for `seconds` at most if they are not 0.
static void run(char *const argv[], int merge, double seconds, struct child *c)
{
    double end = seconds > 0 ? now() + seconds : 0;
    *c = (struct child){.out = calloc(1, 1), .err = calloc(1, 1)};
    if (!c->out || !c->err) die("out of memory: what a program wrote");
    int out[2], err[2] = {-1, -1};
    open_pipe(out);
    if (!merge) open_pipe(err);
    pid_t pid = start(argv, out[1], merge ? out[1] : err[1], seconds > 0);
    close(out[1]);
    if (!merge) close(err[1]);
    const int from[2] = {out[0], err[0]};
    int whole = collect(from, end, c);
    if (end > 0) {
        c->late = (!whole || !ended(pid, end)) && !interrupted;
        kill(-pid, SIGKILL);  // and what it may have left running
    }
    close(out[0]);
    if (!merge) close(err[0]);
    c->status = wait_for(pid);
}

void child_merge(char *const argv[], struct child *c)
{
    run(argv, 1, 0, c);
}

void child_limited(char *const argv[], double seconds, struct child *c)
{
    // It is in a process group of its own, so that all of it can be ended; the terminal's Ctrl-C
    // therefore reaches only us.
    struct sigaction ours = {.sa_handler = note_interrupt}, before;
    sigemptyset(&ours.sa_mask);
    interrupted = 0;
    sigaction(SIGINT, &ours, &before);
    run(argv, 0, seconds, c);
    sigaction(SIGINT, &before, NULL);
    if (interrupted) raise(SIGINT);
}

void child_free(struct child *c)
{
    free(c->out);
    free(c->err);
    *c = (struct child){0};
}
