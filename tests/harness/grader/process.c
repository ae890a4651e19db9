#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "interrupt.h"

enum { NO_PROGRAM = 127, SLICE = 50 };  // SLICE: milliseconds between two looks for Ctrl-C

static _Noreturn void become(const char *const *argv, int output)
{
    int nothing = open("/dev/null", O_RDONLY);
    setpgid(0, 0);
    interrupt_release();  // what is held would stay held in the new program
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
        _exit(NO_PROGRAM);
    // execvp takes its arguments as char *const * for history's sake; it does not change them.
    union {
        const char *const *given;
        char *const *taken;
    } words = {.given = argv};
    execvp(argv[0], words.taken);
    _exit(NO_PROGRAM);
}

struct process process_start(const char *const *argv, const char *path)
{
    int ends[2] = {-1, -1};
    if (path)
        ends[1] = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    else if (pipe(ends) == 0)
        fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    if (ends[1] < 0) die("grader: no way to hear from %s", argv[0]);
    struct process p = {.pid = fork(), .output = ends[0]};
    if (p.pid < 0) die("grader: no process for %s", argv[0]);
    if (p.pid == 0) become(argv, ends[1]);
    setpgid(p.pid, p.pid);  // whichever of the two comes first
    close(ends[1]);
    return p;
}

int process_status(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

void process_stop(struct process p)
{
    kill(-p.pid, SIGTERM);
    kill(p.pid, SIGTERM);
    process_end(p, NULL);
}

int process_end(struct process p, struct text *output)
{
    int interrupted = 0;
    for (int open = p.output >= 0; open;) {
        struct pollfd wait = {.fd = p.output, .events = POLLIN};
        if (interrupt_waits() && !interrupted++) kill(-p.pid, SIGTERM);
        if (poll(&wait, 1, SLICE) <= 0) continue;
        char part[4096];
        ssize_t n = read(p.output, part, sizeof part);
        if (n > 0 && output) text_add_bytes(output, (size_t)n, part);
        open = n > 0 || (n < 0 && errno == EINTR);
    }
    if (p.output >= 0) close(p.output);
    int status = 0;
    while (waitpid(p.pid, &status, 0) < 0 && errno == EINTR) continue;
    if (interrupted) interrupt_release();
    return process_status(status);
}

int process_run(const char *const *argv, struct text *output)
{
    return process_end(process_start(argv, NULL), output);
}

double process_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
