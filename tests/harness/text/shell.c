#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"

enum { KEPT = 1 << 20 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// spent returns the processor time of all children so far.
static double spent(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

// start returns the process that runs the command, in a group of its own, writing to `out`.
static pid_t start(const char *dir, const char *command, int before, int out)
{
    size_t size = strlen(command) + 32;
    char *script = malloc(size);
    if (!script) die("out of memory: a command of %zu bytes", size);
    snprintf(script, size, "(exit %d)\n%s", before, command);
    pid_t child = fork();
    if (child < 0) die("cannot start a process: %s", strerror(errno));
    if (child == 0) {
        setpgid(0, 0);
        int nothing = open("/dev/null", O_RDONLY);
        if (chdir(dir) < 0 || dup2(nothing, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(126);
        execl("/bin/sh", "sh", "-c", script, (char *)NULL);
        _exit(127);
    }
    setpgid(child, child);
    free(script);
    return child;
}

// drain reads what is there.  Returns 0 at the end.
static int drain(int in, struct outcome *o)
{
    static char lost[4096];
    for (;;) {
        size_t room = KEPT - o->size;
        ssize_t n = room ? read(in, o->output + o->size, room) : read(in, lost, sizeof lost);
        if (n == 0) return 0;
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        if (room)
            o->size += (size_t)n;
        else
            o->flood = 1;
    }
}

void shell_run(const char *dir, const char *command, int before, double seconds,
               struct outcome *out)
{
    struct outcome o = {.output = malloc(KEPT + 1)};
    int ends[2];
    if (!o.output || pipe(ends) < 0) die("cannot make a pipe: %s", strerror(errno));
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    double begin = now(), used = spent();
    pid_t child = start(dir, command, before, ends[1]);
    close(ends[1]);
    int status = 0, open = 1;
    pid_t ended = 0;
    while (!ended) {
        // The pipe may stay open in something left running, so its end alone tells nothing.
        struct pollfd p = {.fd = open ? ends[0] : -1, .events = POLLIN};
        poll(&p, 1, 20);
        if (open) open = drain(ends[0], &o);
        siginfo_t info = {0};
        waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT);
        ended = info.si_pid;
        if (!ended && !o.late && now() - begin > seconds) {
            o.late = 1;
            kill(-child, SIGKILL);
        }
    }
    // While it is not waited for, its number is nobody else's.
    kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    o.wall = now() - begin;
    o.cpu = spent() - used;
    if (open) drain(ends[0], &o);
    close(ends[0]);
    o.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    o.output[o.size] = 0;
    *out = o;
}
