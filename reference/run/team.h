// team: the processes of one training run: alone, several of this machine (--processes), or those
// that mpirun has started.
//
// Process 0 leads: it alone reads and writes the run's directory and shows where the run is.  It
// calls each step; the others follow.  What they compute together is cluster.h's.
#ifndef GPT_TEAM_H
#define GPT_TEAM_H

#include "comm.h"
#include "error.h"
#include "train.h"

struct team;

// team_enter begins, before the options are known: *t is a process of mpirun's, if it is that which
// has started this one.  Then all but process 0 return when that one is ready, so that a mistake
// that all would make is reported once; or end here if it is told to.
//   ERR_VALUE, ERR_IO  as comm_mpi_open
enum err team_enter(struct team **t, struct error *e);

// team_form starts o->processes processes, if that is more than one; they go on from here as those
// of team_enter do.  o must outlive t.  Without --threads the processes of a machine share its
// cores.
//   ERR_VALUE  both mpirun and --processes, or more processes than micro-batches
//   ERR_IO     as comm_local_fork
enum err team_form(struct team *t, const struct train_options *o, struct error *e);

// team_leads returns 1 in process 0, and where there is no other.
int team_leads(const struct team *t);

// team_alone returns 1 where there is one process.
int team_alone(const struct team *t);

// team_in puts "process 2: " before the message that came with code, but for process 0's.  Returns
// code.
enum err team_in(const struct team *t, struct error *e, enum err code);

// team_ready is for when r has its model and its data: process 0 then lets the others make theirs,
// and waits until they have.  r->gradient becomes memory of the team's.
//   errors of comm_send and comm_receive
enum err team_ready(struct team *t, struct train *r, struct error *e);

// team_share gives process 0's weights and state to all.
//   ERR_MATCH  this process has another text than process 0
//   other errors of comm_send and comm_receive
enum err team_share(struct team *t, struct train *r, struct error *e);

// team_step takes a step together, and train_step alone.  *taken is what train_step would return,
// the same in all.
//   errors of comm_send and comm_receive; in process 0 the message is about who is to blame, if
//   that can be found out
enum err team_step(struct team *t, struct train *r, int *taken, struct error *e);

// The two parts of team_step by themselves, for who measures them.  team_gradients computes those
// of this process's micro-batches, and returns how many they are.  team_exchange adds them up over
// all processes into r->gradient, in messages of TEAM_PIECE floats; *loss is the step's.
//   errors of comm_send and comm_receive
// cluster_pieces gives some hundred thousand bytes for most machines, and near its lowest the curve
// is flat.
enum { TEAM_PIECE = 1 << 16 };
int team_gradients(struct team *t, struct train *r);
enum err team_exchange(struct team *t, struct train *r, float *loss, struct error *e);

// team_comm returns the row of its processes.
struct comm *team_comm(const struct team *t);

// team_called waits for process 0: returns 1 if another step follows, 0 if the run is over.
int team_called(struct team *t, const struct train *r);

// team_follower_lost ends a process other than 0 whose team_step met an error.  team_called does so
// too.  Who has something to say that no other process says, says it.
_Noreturn void team_follower_lost(const struct team *t, const struct train *r,
                                  const struct error *e);

// team_leave tells the others that the run is over, if that has not been done.  Process 0's.
void team_leave(struct team *t);

// team_again writes into text (size) the command that goes on with the run.
void team_again(const struct team *t, size_t size, char *text);

// team_break ends the others at once, after an error that has been told.  Process 0's.
void team_break(struct team *t);

// team_free ends the team; t may be NULL.
void team_free(struct team *t);

#endif
