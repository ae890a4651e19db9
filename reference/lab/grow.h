// grow: more of a network where it fails: when, how, and what to do with text of another kind.
//
// Wider.  A layer gets more units, and the network goes on saying what it said: a new unit hears
// what the old ones hear, with weights that are drawn, and says nothing yet: whoever could hear it
// does so with weights of 0.
// Source: Chen, Goodfellow & Shlens 2016, "Net2Net: accelerating learning via knowledge transfer",
// where new units are copies of old ones; with zeros: Evci et al. 2022, arXiv 2201.05125.
//
// When.  A loss that no longer falls is a plateau.
//
// Which.  A unit that is worth having goes along with what is left to explain: its covariance with
// the errors is large, in one direction or the other.
// Source: Fahlman & Lebiere 1990, "The cascade-correlation learning architecture", section 2.
//
// Columns.  A network that has learnt a text is left as it is, a column.  Text that surprises it
// more than its own ever did is of another kind, and gets a column of its own; which of them is
// asked is told by how little each was surprised of late.
// Source: Rusu et al. 2016, "Progressive neural networks"; Jacobs et al. 1991, "Adaptive mixtures
// of local experts".
//
// Everywhere below, surprise is -log2 p of what stood there, in bits.  A moving average a takes in
// a surprise b by   a = keep a + (1 - keep) b.
#ifndef GPT_GROW_H
#define GPT_GROW_H

#include "random.h"

// grow_matrix writes the matrix of a layer that has more outputs, more inputs, or both:
//   y[o,i] = w[o,i]   where both are old
//            0        of an old output, by a new input
//            drawn    of a new output, by any input: deviation times random_normal, row by row
//   w  (O, I)    row-major
//   y  (O2, I2)  O2 >= O, I2 >= I; overlaps nothing
void grow_matrix(int O, int I, const float *w, int O2, int I2, float deviation, struct random *r,
                 float *y);

// struct grow_progress: how surprise falls, in blocks of examples.
struct grow_progress {
    int span;      // examples of a block
    float least;   // bits: by how much a block's mean must be below that of the block before
    float before;  // the mean of the block before; below 0: there is none
    int seen;      // examples of this block so far
    float sum;     // their surprise
};

// grow_plateau takes in N examples, whose mean surprise was `bits`.  When the block is full, with
// `span` examples or more, it becomes the block before, and an empty one begins, with seen and sum
// 0.  Returns 1 if one was filled, there was one before it, and its mean was less than `least`
// below that one's; else 0.
int grow_plateau(struct grow_progress *p, int N, float bits);

// grow_covariance takes a batch into the covariances of what a unit says with each of V errors:
//   now_v        = 1/N sum over n of (out[n] - mean of out) (error[n,v] - mean_v)
//
//   covariance_v = keep covariance_v + (1 - keep) now_v, a moving average
//
// where mean_v is the mean over n of error[n,v].  It returns S = sum over v of |covariance_v|, and
// writes the slope by which what the unit says raises those above 0 and lowers the others:
//
//   slope[n] = 1/N sum over v of sign(covariance_v) (error[n,v] - mean_v)
//
// The sign of 0 is 1.  What stood in slope does not count.
//   out, slope  (N)    error  (N, V)    covariance  (V)
float grow_covariance(int N, int V, const float *out, const float *error, float keep,
                      float *covariance, float *slope);

// struct grow_watch: what a column is used to, and how it fares now.
struct grow_watch {
    float keep;       // of the moving average, 0 to 1
    float mean;       // of its surprise on text that it knows
    float deviation;  // of the moving average around that mean
    float average;    // the moving average now
};

// grow_usual sets w->mean, w->deviation and w->average from the surprise of a stretch of known
// text: the mean; the root of the mean square by which the moving average, which begins at the
// mean, is off it after each; and the mean again.
//   bits  (n)  n >= 1
void grow_usual(struct grow_watch *w, int n, const float *bits);

// grow_novel takes the next surprise into w->average, and returns 1 if that is now more than
// GROW_DEVIATIONS deviations above the mean, else 0.
enum { GROW_DEVIATIONS = 5 };
int grow_novel(struct grow_watch *w, float bits);

// grow_route takes into each column's moving average how surprised it was, and returns the column
// that is least surprised; of several the first.
//   bits, average  (columns)
int grow_route(int columns, float keep, const float *bits, float *average);

#endif
