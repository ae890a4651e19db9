#include "comm_mpi.h"

#include <stdlib.h>

// number_of returns the first of these variables that is set, as a number.  Every mpirun sets some:
// Open MPI those that begin with OMPI, MPICH and what is made of it those with PMI or MPI.
static int number_of(const char *const *names, int otherwise)
{
    for (; *names; names++) {
        const char *text = getenv(*names);
        if (text && *text) return atoi(text);
    }
    return otherwise;
}

int comm_mpi_size(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", NULL};
    return number_of(names, 1);
}

int comm_mpi_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", NULL};
    return number_of(names, 0);
}

int comm_mpi_here(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", NULL};
    return number_of(names, 1);
}

#ifndef GPT_MPI

enum err comm_mpi_open(struct comm **c, struct error *e)
{
    (void)c;
    return error_set(e, ERR_VALUE,
                     "mpirun has started %d processes, but this program was built without MPI: "
                     "`make doctor` says how to install it, then `make gpt`; or, on one machine, "
                     "without mpirun: --processes %d",
                     comm_mpi_size(), comm_mpi_size());
}

#else

#include <limits.h>
#include <math.h>
#include <mpi.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "interrupt.h"

// struct outgoing: the last message to a neighbour, which may still be on its way.
struct outgoing {
    MPI_Request request;
    float *copy;
    size_t room;
};

// struct place: what a process of the row has.
struct place {
    struct outgoing out[2];  // to the process before, to the one behind
};

// failed turns MPI's code into one of ours.
static enum err failed(int code, int other, struct error *e)
{
    char text[MPI_MAX_ERROR_STRING];
    int size, class = MPI_ERR_OTHER;
    MPI_Error_class(code, &class);
    if (MPI_Error_string(code, text, &size) != MPI_SUCCESS) strcpy(text, "an error of MPI");
    return error_set(e, class == MPI_ERR_TRUNCATE ? ERR_MATCH : ERR_IO, "process %d: %s", other,
                     text);
}

// rest sleeps a little, longer after a while, so that processes that share a core let each other
// work.
static void rest(double waited)
{
    const struct timespec pause = {.tv_nsec = waited < 0.01 ? 20000 : 1000000};
    nanosleep(&pause, NULL);
}

// When one process dies, Open MPI's mpirun sends the others SIGCONT, after a second SIGTERM, and at
// once SIGKILL.  So SIGCONT is the one that leaves time to say something.  It also comes after a
// stop, when messages go on soon.
static sigset_t going_on(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCONT);
    return set;
}

static int continued(void)
{
    sigset_t waiting;
    sigpending(&waiting);
    return sigismember(&waiting, SIGCONT) == 1;
}

static void forget_continued(void)
{
    sigset_t set = going_on();
    int number;
    if (continued()) sigwait(&set, &number);
}

// finish waits for what was begun.  MPI's own waiting has no end if the other one is dead.
static enum err finish(const struct comm *c, MPI_Request *request, int other, MPI_Status *status,
                       struct error *e)
{
    static const double EAGER =
        100e-6;  // before the first rest, which is longer than most messages
    static const double SOON = 0.05, END = 0.7;  // for what is still on its way
    double waited = 0, asked = 0, dead = 0, last = clock_seconds();
    for (;;) {
        int done = 0, code = MPI_Test(request, &done, status);
        if (code != MPI_SUCCESS) return failed(code, other, e);
        if (done && waited > EAGER) forget_continued();
        if (done) return ERR_NONE;
        if (waited > EAGER) rest(waited);
        // A stop (Ctrl-Z) is no waiting.
        double now = clock_seconds(), passed = fmin(now - last, 1);
        last = now;
        waited += passed;
        if (waited <= EAGER) continue;
        if (interrupt_waits()) asked += passed;
        if (continued()) dead += passed;
        if (asked > SOON || dead > END) return error_set(e, ERR_IO, "mpirun ended the run");
        if (comm_tired(c, other, waited, e)) return ERR_IO;
    }
}

static enum err mpi_send(struct comm *c, int to, size_t n, const float *x, struct error *e)
{
    struct place *p = comm_its(c);
    struct outgoing *o = &p->out[to > comm_rank(c)];
    CHECK(n <= INT_MAX, "n=%zu", n);
    enum err code = finish(c, &o->request, to, MPI_STATUS_IGNORE, e);
    if (code) return code;
    if (o->room < n) {
        free(o->copy);
        o->copy = malloc(n * sizeof *x);
        if (!o->copy) die("out of memory: a message of %zu floats", n);
        o->room = n;
    }
    // A copy, so that the next piece can be received while this one travels.
    memcpy(o->copy, x, n * sizeof *x);
    int failure = MPI_Isend(o->copy, (int)n, MPI_FLOAT, to, 0, MPI_COMM_WORLD, &o->request);
    return failure == MPI_SUCCESS ? ERR_NONE : failed(failure, to, e);
}

static enum err mpi_receive(struct comm *c, int from, size_t n, float *x, struct error *e)
{
    MPI_Request request;
    MPI_Status status;
    int got;
    CHECK(n <= INT_MAX, "n=%zu", n);
    int failure = MPI_Irecv(x, (int)n, MPI_FLOAT, from, 0, MPI_COMM_WORLD, &request);
    if (failure != MPI_SUCCESS) return failed(failure, from, e);
    enum err code = finish(c, &request, from, &status, e);
    if (code) return code;
    MPI_Get_count(&status, MPI_FLOAT, &got);
    if ((size_t)got != n)
        return error_set(e, ERR_MATCH, "process %d sent %d numbers where %zu were expected", from,
                         got, n);
    return ERR_NONE;
}

static void mpi_close(struct comm *c)
{
    struct place *p = comm_its(c);
    int arrived = 1;
    for (int i = 0; i < 2; i++) {
        struct outgoing *o = &p->out[i];
        arrived &= !finish(c, &o->request, comm_rank(c) + 2 * i - 1, MPI_STATUS_IGNORE, NULL);
        free(o->copy);
    }
    // Waits for all the others, so for ever if one is dead; mpirun ends who has not come here.
    if (arrived) MPI_Finalize();
    free(p);
}

static const struct comm_kind MPI = {mpi_send, mpi_receive, mpi_close};

enum err comm_mpi_open(struct comm **c, struct error *e)
{
    int given, rank, size;
    // Before MPI has threads, which would not hold it back.
    sigset_t held = going_on();
    sigprocmask(SIG_BLOCK, &held, NULL);
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) != MPI_SUCCESS)
        return error_set(e, ERR_IO, "MPI does not start");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    struct place *p = calloc(1, sizeof *p);
    if (!p) die("out of memory: a row of processes");
    p->out[0].request = p->out[1].request = MPI_REQUEST_NULL;
    *c = comm_new(&MPI, p, rank, size);
    return ERR_NONE;
}

#endif
