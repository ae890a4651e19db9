// cluster: one training run on several processes, with the bits of one.
//
// A step has A micro-batches, 0 … A-1.  Each of N processes computes the gradients of some of them,
// which are neighbours: process 0 of the first ones.  Then all A gradients are added up, and every
// process takes the same step with the same sum.
//
// The order.  (g0 + g1) + g2 and g0 + (g1 + g2) differ in floats, so the sum is defined: from left
// to right, one micro-batch after the other, ((g0 + g1) + g2) + …, however many processes there
// are.  It is the order of train_fold, in which one process adds its batches up.
//
// Given beside it: comm.h are the messages, parallel_share (parallel.h) says whose micro-batches
// are whose, team.h is a run on several processes, team_cost.h times messages and steps.
#ifndef GPT_CLUSTER_H
#define GPT_CLUSTER_H

#include <stddef.h>

#include "comm.h"

// cluster_fold adds up gradients over all processes.  All call it, with the same n and piece.
//   own    (count, n)  this process's gradients, in the order of their micro-batches
//   sum    (n)  process 0's holds what the sum begins with (zeros, in a step).  In the end each
//          holds the sum up to its own last gradient: the last process's is the total
//   piece  floats of a message, 1 or more; the last one has what is left
// For each element: what the process before has (process 0: sum), + own[0], + own[1], …, in this
// order; then it goes to the process behind.  It is done piece by piece: a piece is sent on before
// the next is received, so that all processes have something to do at once.
// Messages: n / piece, rounded up, from each process to the next.
//   errors of comm_send and comm_receive: the first ends it; what sum holds then does not matter
enum err cluster_fold(struct comm *c, size_t n, size_t piece, int count, const float *own,
                      float *sum, struct error *e);

// cluster_spread gives the last process's x (n) to all the others, in pieces, from each process to
// the one before it, as cluster_fold does it the other way.
//   errors of comm_send and comm_receive
enum err cluster_spread(struct comm *c, size_t n, size_t piece, float *x, struct error *e);

// struct cluster_cost: a message of b bytes takes latency + b / bandwidth seconds.
// Source: Hockney 1994, "The communication challenge for MPP".
struct cluster_cost {
    double latency;    // seconds
    double bandwidth;  // bytes a second
};

// cluster_fit finds the cost out from `count` messages that were timed: message i of bytes[i] bytes
// took seconds[i].  The line latency + bytes / bandwidth cannot meet them all; it is to be the one
// whose relative errors are smallest: the sum over i of
//   ((latency + bytes[i] / bandwidth - seconds[i]) / seconds[i])^2
// bytes, seconds  (count)  above 0; two of bytes, at least, differ
// With w = 1 / seconds[i]^2, x = bytes[i], t = seconds[i] and sums over i, the slope of the line is
//   (S(w) S(w x t) - S(w x) S(w t)) / (S(w) S(w x x) - S(w x)^2)
// and where it begins is (S(w t) - slope S(w x)) / S(w).  All in doubles.
struct cluster_cost cluster_fit(int count, const double *bytes, const double *seconds);

// cluster_seconds returns how long cluster_fold and then cluster_spread take, of `bytes` in so many
// `pieces` of equal size, among N processes.  A process can send one message while it receives
// another.  The first piece passes N-1 processes one after the other; the others follow, each one
// message's time behind the one before it.  0 for one process.
double cluster_seconds(const struct cluster_cost *c, int N, double bytes, double pieces);

// cluster_pieces returns the number of pieces for which cluster_seconds is smallest: a whole number
// from 1 to bytes / 4, and of two that are equally good the smaller.  bytes is at least 4.
//   the root of (N - 2) * bytes / (latency * bandwidth) is where the curve is lowest; the whole
//   number is one of its two neighbours, or 1 where it is below 1 (N of 1 and 2), or the most there
//   may be where it is above
double cluster_pieces(const struct cluster_cost *c, int N, double bytes);

// cluster_step returns how long a step of A micro-batches takes on N machines, which share them as
// evenly as they can be: all wait for one that has most; then the sum takes `exchange` seconds;
// then each changes all weights.
//   micro, update  seconds of one micro-batch's gradients, and of the optimizer
double cluster_step(int A, int N, double micro, double exchange, double update);

#endif
