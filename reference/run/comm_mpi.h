// comm_mpi: the row of processes that mpirun has started, here or on many machines.
//
// Open MPI or another implementation of the MPI standard does the work.  Where there is none to
// build with, the functions are there all the same, and comm_mpi_open says what to install.
#ifndef GPT_COMM_MPI_H
#define GPT_COMM_MPI_H

#include "comm.h"

// comm_mpi_size returns how many processes mpirun has started, 1 if it is not mpirun that has
// started this one; comm_mpi_rank which of them this one is; comm_mpi_here how many of them are on
// this machine.
int comm_mpi_size(void);
int comm_mpi_rank(void);
int comm_mpi_here(void);

// comm_mpi_open makes *c the row of all of them.  All have to call it, once.
//   ERR_VALUE  this program was built without MPI
//   ERR_IO     MPI does not start
// When another process dies, mpirun ends all: a process that holds back the signal (interrupt.h)
// and waits for a message gets ERR_IO then.
enum err comm_mpi_open(struct comm **c, struct error *e);

#endif
