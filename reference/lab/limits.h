// limits: instruments that show what gradient descent cannot do.
//
// A text is renamed when each of its characters stands for another one: the same language in
// another script.  `name` says what a character is called there, `back` what it is read as.  Both
// are permutations: each of 0 … V - 1 stands in them once.
#ifndef GPT_LIMITS_H
#define GPT_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "random.h"

// limits_drop returns how much of a promise a step of gradient descent kept.  The slopes promise
// that the step -rate g lowers the loss by rate times the sum of their squares:
//
//   (before - after) / (rate (g[0]^2 + … + g[n-1]^2))
//
//   g              (n)  the slopes, not all 0; summed in double, for there may be many
//   before, after  the loss at either end of the step
// 1: all of it.  Below 0: the loss rose.
double limits_drop(size_t n, const float *g, double rate, double before, double after);

// limits_area returns the probability that a number of a is above a number of b, both drawn; a tie
// counts half.  1: all of a are above all of b; 0.5: a guess; 0: all are below.
//   a, b  (n), (m)  in any order; n and m at least 1
// Cost: n m comparisons, or two sorts.
// Source: Hanley & McNeil 1982, "The meaning and use of the area under a receiver operating
// characteristic (ROC) curve".
double limits_area(size_t n, const double *a, size_t m, const double *b);

// limits_rename draws a permutation, all equally likely.  From name[c] = c on, for c = V - 1, V - 2
// … 1 it exchanges name[c] and name[j], with j = random_below(r, c + 1).
//   name  (V)
// Source: Durstenfeld 1964, "Algorithm 235: random permutation".
void limits_rename(int V, struct random *r, int32_t *name);

// limits_surprise returns the mean surprise, in bits, of a text's characters from the third on, if
// each is read as what `back` says.  Of three in a row that are read as x, y, z the last has
// bits[(x V + y) V + z]: what z surprises a model with that has just seen x, then y.
//   bits  (V, V, V)
//   ids   (n)  n at least 3
//   back  (V)
double limits_surprise(int V, const float *bits, size_t n, const int32_t *ids, const int32_t *back);

// limits_climb makes `back` better by exchanges, until no exchange of two would lower the surprise.
// It goes through all pairs a < b, a = 0 … V - 2 and for each b = a + 1 … V - 1; exchanges back[a]
// and back[b]; keeps that if it lowers the surprise, else takes it back at once.  After a round in
// which it kept any it begins another.  Returns the surprise.
//   back  (V)  a permutation, before and after
// Cost: some rounds of V (V - 1) / 2 calls of limits_surprise.
double limits_climb(int V, const float *bits, size_t n, const int32_t *ids, int32_t *back);

// limits_bind finds out what the characters of a text stand for, given a model of the language that
// it is written in.  It climbs from `back`, a first guess.  Then `tries` times it takes the best so
// far, shakes it, and climbs from there; what comes of that is the best if its surprise is lower.
// To shake is to exchange, LIMITS_SHAKEN times, back[a] and back[b], with a = random_below(r, V)
// drawn first and then b, likewise, which may be the same.  Writes the best into back and returns
// its surprise.
//   back  (V)  a permutation, before and after
enum { LIMITS_SHAKEN = 8 };
double limits_bind(int V, const float *bits, size_t n, const int32_t *ids, int tries,
                   struct random *r, int32_t *back);

#endif
