// comm_local: a row of processes on this machine, which are copies of this one (fork) and talk
// over pairs of sockets.
#ifndef GPT_COMM_LOCAL_H
#define GPT_COMM_LOCAL_H

#include "comm.h"

enum { COMM_LOCAL_MOST = 256 };  // processes

struct comm_local;

// comm_local_fork makes this process number 0 of a row of `size`, 2 or more, and starts the others,
// which return from here too: *c is each one's place.  It must be called before there are threads,
// which a copy would lack.
//   *own  the row itself, for the functions below
//   ERR_IO  the system has no process or socket left
enum err comm_local_fork(int size, struct comm **c, struct comm_local **own, struct error *e);

// comm_local_verdict says, after process 0 has met an error of comm_send or comm_receive, what has
// happened: it puts "process 2 of 4 was killed by signal 9 (Killed)" into e in place of what is
// there, if it finds out.
void comm_local_verdict(struct comm_local *l, struct error *e);

// comm_local_orphan returns 1 in a process that has lost process 0.
int comm_local_orphan(const struct comm_local *l);

// COMM_LOST is the exit status of a process that ends because another has ended: it is not the one
// to blame.
enum { COMM_LOST = 3 };

// comm_local_end waits for the others, which have been told to end, or are killed if `now`; and
// frees l.  Process 0's only.
void comm_local_end(struct comm_local *l, int now);

#endif
