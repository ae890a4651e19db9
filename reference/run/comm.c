#include "comm.h"

#include <stdlib.h>

struct comm {
    const struct comm_kind *kind;
    void *its;
    int rank, size;
    int patience;
};

int comm_rank(const struct comm *c)
{
    return c->rank;
}

int comm_size(const struct comm *c)
{
    return c->size;
}

static void check_neighbour(const struct comm *c, int other, size_t n)
{
    CHECK((other == c->rank - 1 || other == c->rank + 1) && other >= 0 && other < c->size && n >= 1,
          "process %d of %d, the other one %d, n=%zu", c->rank, c->size, other, n);
}

enum err comm_send(struct comm *c, int to, size_t n, const float *x, struct error *e)
{
    check_neighbour(c, to, n);
    return c->kind->send(c, to, n, x, e);
}

enum err comm_receive(struct comm *c, int from, size_t n, float *x, struct error *e)
{
    check_neighbour(c, from, n);
    return c->kind->receive(c, from, n, x, e);
}

void comm_patience(struct comm *c, int seconds)
{
    c->patience = seconds;
}

int comm_tired(const struct comm *c, int other, double waited, struct error *e)
{
    if (c->patience == COMM_EVER || waited < c->patience) return 0;
    error_set(e, ERR_IO, "process %d has not answered for %d s", other, c->patience);
    return 1;
}

void *comm_its(const struct comm *c)
{
    return c->its;
}

struct comm *comm_new(const struct comm_kind *kind, void *its, int rank, int size)
{
    CHECK(size >= 1 && rank >= 0 && rank < size, "rank=%d size=%d", rank, size);
    struct comm *c = malloc(sizeof *c);
    if (!c) die("out of memory: a row of processes");
    *c = (struct comm){.kind = kind, .its = its, .rank = rank, .size = size};
    return c;
}

struct comm *comm_alone(void)
{
    return comm_new(NULL, NULL, 0, 1);
}

void comm_free(struct comm *c)
{
    if (c && c->kind) c->kind->close(c);
    free(c);
}
