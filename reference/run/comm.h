// comm: messages between the processes of one run.
//
// The processes stand in a row, 0 … size-1; each can talk to the one before it and the one behind
// it.  How the messages travel is behind this contract: between processes of one machine
// (comm_local.h), over MPI (comm_mpi.h), or in a test.
#ifndef GPT_COMM_H
#define GPT_COMM_H

#include <stddef.h>

#include "error.h"

struct comm;

// comm_rank returns this process's place in the row, comm_size how many processes there are.
int comm_rank(const struct comm *c);
int comm_size(const struct comm *c);

// comm_send sends x (n), n >= 1, to a neighbour.  It may return before the other has received, and
// it may wait until the other does: who counts on the one or the other is wrong somewhere.
// comm_receive waits for the next message of a neighbour, which must be of n floats, and writes it
// to x (n).  What one process sends to another arrives in the order in which it was sent.
//   ERR_IO     the other is gone, or has not answered in the time it has; says which process
//   ERR_MATCH  a message of another length came: the two do not agree on what they do
enum err comm_send(struct comm *c, int to, size_t n, const float *x, struct error *e);
enum err comm_receive(struct comm *c, int from, size_t n, float *x, struct error *e);

// comm_patience sets how many seconds comm_send and comm_receive wait for a process that is there
// and says nothing; COMM_EVER for no end, which is what it is at first.
enum { COMM_EVER = 0 };
void comm_patience(struct comm *c, int seconds);

// comm_tired says whether `waited` seconds are more than that; then the message stands in e.
int comm_tired(const struct comm *c, int other, double waited, struct error *e);

// struct comm_kind: how messages travel.  send and receive are asked for neighbours only; what they
// need is comm_its, which comm_new was given.
struct comm_kind {
    enum err (*send)(struct comm *c, int to, size_t n, const float *x, struct error *e);
    enum err (*receive)(struct comm *c, int from, size_t n, float *x, struct error *e);
    void (*close)(struct comm *c);
};

// comm_new returns process `rank` of `size`.  comm_alone is a row of one process.
struct comm *comm_new(const struct comm_kind *kind, void *its, int rank, int size);
struct comm *comm_alone(void);
void *comm_its(const struct comm *c);

// comm_free closes and frees c, which may be NULL.
void comm_free(struct comm *c);

#endif
