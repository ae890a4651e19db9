// stack: a memory and a network, asked together, and a gate that knows when to believe which; and a
// place for a rule of your own.
//
// The gate has two weights, of which it keeps a pair for each cell.  A place's cell says how well
// the memory knows what stands before it, and how sure the network is.  With w of its cell,
//
//   p(c) = memory(c)^w0 net(c)^w1 / sum_d memory(d)^w0 net(d)^w1
//
// which is the softmax of w0 log memory(c) + w1 log net(c): lesson 05's, of two inputs.  Told the
// answer y, a pair takes a step down the slope of -log p(y):
//
//   w0 <- w0 + rate (log memory(y) - sum_c p(c) log memory(c))          w1 likewise with net
//   rate = 0.02 / (1 + 0.05 sqrt(t))                  t: how many steps this pair has taken before
//
// In all logarithms what is below STACK_LEAST counts as STACK_LEAST.
//
// The plain name: a product of experts, its exponents learnt by the delta rule in the context that
// a place is in; in data compression geometric weighting, or logistic mixing.
// Sources: Hinton 2002, "Training products of experts by minimizing contrastive divergence";
// Mattern 2012, "Mixing strategies in data compression", arXiv 1302.2839 (geometric weighting);
// Widrow & Hoff 1960, "Adaptive switching circuits" (delta rule).
#ifndef GPT_STACK_H
#define GPT_STACK_H

#include <stdint.h>

#include "lab.h"

enum { STACK_BUCKETS = 8 };  // of how sure the network is
#define STACK_LEAST 0x1p-64f
#define STACK_RATE 0.02f
#define STACK_FALL 0.05f

// struct stack_weights: what a cell keeps.
struct stack_weights {
    float w[2];     // of the memory, of the network
    int32_t times;  // steps taken so far
};

// stack_cell returns which cell a place is in: depth STACK_BUCKETS + bucket, where the bucket is
// the largest of the network's probabilities, times STACK_BUCKETS, rounded down; of 1, the last.
//   depth  how many characters before the place the memory has found again, at least 0
//   net    (V)  adds up to 1
int stack_cell(int V, int depth, const float *net);

// stack_mix writes p, (V), as above: a row of probabilities.
//   w            (2)  of any sign
//   memory, net  (V)  each adds up to 1; single ones may be 0
//   p            (V)  overlaps none of them
void stack_mix(int V, const float *w, const float *memory, const float *net, float *p);

// stack_learn takes a step, as above, and counts it.
//   p       (V)  as stack_mix wrote it with these weights
//   target  the character that stood there
void stack_learn(int V, const float *memory, const float *net, const float *p, int32_t target,
                 struct stack_weights *weights);

// stack_mine returns a rule of your own, which has the name "mine" and whatever plain name it
// deserves: a struct lab_rule that lives as long as the program.  What it does is your affair, but
// - its open, learn, predict, numbers and close are there, and do what lab.h says;
// - a row of predict adds up to 1, each probability above 0, and neither depends on the character
//   that stands at the place, nor on what stands behind it;
// - the same setting and the same examples in the same batches give the same numbers;
// - two of them that are open at once know nothing of each other;
// - it learns: better than `unigram` where the next character follows from the one before.
const struct lab_rule *stack_mine(void);

#endif
