#include "comm_local.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A write to who is gone is an error to be told, not a signal that ends the program.
#ifdef MSG_NOSIGNAL
enum { FLAGS = MSG_NOSIGNAL | MSG_DONTWAIT };
#else
enum { FLAGS = MSG_DONTWAIT };
#endif

// struct lines: one process's two lines.
struct lines {
    int to[2];  // the process before, the one behind; -1 where there is none
};

struct comm_local {
    int size;                    // 1 in all but process 0
    pid_t parent;                // process 0
    pid_t pid[COMM_LOCAL_MOST];  // 0: it has ended, and status is how; of 1 … size-1
    int status[COMM_LOCAL_MOST];
};

static int line_to(const struct comm *c, int other)
{
    const struct lines *l = comm_its(c);
    return l->to[other > comm_rank(c)];
}

static enum err gone(int other, struct error *e)
{
    return error_set(e, ERR_IO, "process %d is gone", other);
}

// wait_for waits until the line can be read or written.  A process that was stopped for a while
// (Ctrl-Z) has not waited all that time: only seconds in which it ran are counted.
static enum err wait_for(struct comm *c, int other, short what, struct error *e)
{
    struct pollfd f = {.fd = line_to(c, other), .events = what};
    for (int waited = 0; !comm_tired(c, other, waited, e); waited++) {
        int ready;
        while ((ready = poll(&f, 1, 1000)) < 0 && errno == EINTR) continue;
        if (ready < 0) return error_set(e, ERR_IO, "process %d: %s", other, strerror(errno));
        if (ready > 0) return ERR_NONE;
    }
    return ERR_IO;
}

// put sends all of part[0] and part[1].
static enum err put(struct comm *c, int to, struct iovec part[2], struct error *e)
{
    while (part[0].iov_len + part[1].iov_len > 0) {
        struct msghdr m = {.msg_iov = part, .msg_iovlen = 2};
        ssize_t sent = sendmsg(line_to(c, to), &m, FLAGS);
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            enum err code = wait_for(c, to, POLLOUT, e);
            if (code) return code;
        } else if (sent < 0 && errno != EINTR) {
            return gone(to, e);
        }
        for (int i = 0; i < 2 && sent > 0; i++) {
            size_t of = (size_t)sent < part[i].iov_len ? (size_t)sent : part[i].iov_len;
            part[i].iov_base = (char *)part[i].iov_base + of;
            part[i].iov_len -= of;
            sent -= (ssize_t)of;
        }
    }
    return ERR_NONE;
}

static enum err take(struct comm *c, int from, size_t size, void *x, struct error *e)
{
    for (size_t at = 0; at < size;) {
        ssize_t got = recv(line_to(c, from), (char *)x + at, size - at, MSG_DONTWAIT);
        if (got > 0) {
            at += (size_t)got;
        } else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
            return gone(from, e);
        } else if (errno != EINTR) {
            enum err code = wait_for(c, from, POLLIN, e);
            if (code) return code;
        }
    }
    return ERR_NONE;
}

// A message is the number of its floats, and they.
static enum err local_send(struct comm *c, int to, size_t n, const float *x, struct error *e)
{
    uint64_t size = n;
    union {
        const float *from;
        void *base;  // sendmsg only reads
    } body = {x};
    return put(c, to, (struct iovec[2]){{&size, sizeof size}, {body.base, n * sizeof *x}}, e);
}

static enum err local_receive(struct comm *c, int from, size_t n, float *x, struct error *e)
{
    uint64_t size;
    enum err code = take(c, from, sizeof size, &size, e);
    if (!code && size != n)
        return error_set(e, ERR_MATCH, "process %d sent %llu numbers where %zu were expected", from,
                         (unsigned long long)size, n);
    return code ? code : take(c, from, n * sizeof *x, x, e);
}

static void local_close(struct comm *c)
{
    struct lines *l = comm_its(c);
    for (int i = 0; i < 2; i++) {
        if (l->to[i] >= 0) close(l->to[i]);
    }
    free(l);
}

static const struct comm_kind LOCAL = {local_send, local_receive, local_close};

static struct comm *place_of(int rank, int size, const int (*line)[2])
{
    struct lines *l = malloc(sizeof *l);
    if (!l) die("out of memory: a row of processes");
    *l = (struct lines){{-1, -1}};
    if (rank > 0) l->to[0] = line[rank - 1][1];
    if (rank < size - 1) l->to[1] = line[rank][0];
    // Who keeps a line that is not its own never learns that the others of it have ended.
    for (int i = 0; i < size - 1; i++) {
        for (int end = 0; end < 2; end++) {
            int fd = line[i][end];
            if (fd >= 0 && fd != l->to[0] && fd != l->to[1]) close(fd);
        }
    }
    return comm_new(&LOCAL, l, rank, size);
}

// open_lines makes the pairs: line[i] is between i and i + 1.
static enum err open_lines(int size, int (*line)[2], struct error *e)
{
    for (int i = 0; i < size - 1; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, line[i]) == 0) continue;
        int why = errno;
        while (i-- > 0) close(line[i][0]), close(line[i][1]);
        return error_set(e, ERR_IO, "no sockets for %d processes: %s", size, strerror(why));
    }
#ifdef SO_NOSIGPIPE
    const int yes = 1;
    for (int i = 0; i < 2 * (size - 1); i++)
        setsockopt(line[i / 2][i % 2], SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
    return ERR_NONE;
}

enum err comm_local_fork(int size, struct comm **c, struct comm_local **own, struct error *e)
{
    CHECK(size >= 2 && size <= COMM_LOCAL_MOST, "size=%d", size);
    int line[COMM_LOCAL_MOST][2];
    enum err code = open_lines(size, line, e);
    if (code) return code;
    struct comm_local *l = calloc(1, sizeof *l);
    if (!l) die("out of memory: a row of processes");
    *own = l;
    l->size = size;
    const pid_t parent = getpid();
    fflush(NULL);  // or each would print what is waiting
    for (int i = 1; i < size; i++) {
        l->pid[i] = fork();
        if (l->pid[i] == 0) {
            *l = (struct comm_local){.size = 1, .parent = parent};
            *c = place_of(i, size, (const int(*)[2])line);
            return ERR_NONE;
        }
        if (l->pid[i] > 0) continue;
        code = error_set(e, ERR_IO, "process %d of %d cannot be started: %s", i, size,
                         strerror(errno));
        l->size = i;
        comm_local_end(l, 1);
        for (int k = 0; k < size - 1; k++) close(line[k][0]), close(line[k][1]);
        return code;
    }
    *c = place_of(0, size, (const int(*)[2])line);
    return ERR_NONE;
}

// look notes which of the others have ended; returns how many have not.
static int look(struct comm_local *l)
{
    int running = 0;
    for (int i = 1; i < l->size; i++) {
        if (l->pid[i] == 0) continue;
        int status;
        pid_t found = waitpid(l->pid[i], &status, WNOHANG | WUNTRACED);
        if (found == l->pid[i]) l->status[i] = status;
        if (found == l->pid[i] && !WIFSTOPPED(status))
            l->pid[i] = 0;
        else
            running++;
    }
    return running;
}

void comm_local_verdict(struct comm_local *l, struct error *e)
{
    // Who has lost a neighbour ends too, so that soon all have.
    const struct timespec pause = {.tv_nsec = 10000000};
    for (int i = 0; look(l) && i < 100; i++) nanosleep(&pause, NULL);
    for (int i = 1; i < l->size; i++) {
        int s = l->status[i];
        const char *what = WIFSIGNALED(s) ? "was killed by" : WIFSTOPPED(s) ? "is stopped by" : "";
        int number = WIFSIGNALED(s) ? WTERMSIG(s) : WIFSTOPPED(s) ? WSTOPSIG(s) : 0;
        if (number) {
            error_set(e, ERR_IO, "process %d of %d %s signal %d (%s)", i, l->size, what, number,
                      strsignal(number));
            return;
        }
        if (l->pid[i] == 0 && WEXITSTATUS(s) != 0 && WEXITSTATUS(s) != COMM_LOST) {
            error_set(e, ERR_IO, "process %d of %d has ended with status %d", i, l->size,
                      WEXITSTATUS(s));
            return;
        }
    }
}

int comm_local_orphan(const struct comm_local *l)
{
    // A process that dies closes its lines a moment before its children have another parent.
    const struct timespec pause = {.tv_nsec = 10000000};
    for (int i = 0; i < 20 && getppid() == l->parent; i++) nanosleep(&pause, NULL);
    return getppid() != l->parent;
}

void comm_local_end(struct comm_local *l, int now)
{
    for (int i = 1; i < l->size; i++) {
        if (l->pid[i] == 0) continue;
        if (now) kill(l->pid[i], SIGKILL);
        while (waitpid(l->pid[i], NULL, 0) < 0 && errno == EINTR) continue;
    }
    free(l);
}
