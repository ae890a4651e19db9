// net: a small network on the last few characters, whose layers can be reached one by one: what the
// lab's rules for networks learn with, each in its own way.
//
//   x0    the `window` characters before a place, each as a row of 0 with a single 1: (window V)
//   x1    max(W1 x0 + b1, 0)                                                         (H)
//   …
//   xL    max(WL xL-1 + bL, 0)                                                       (H)
//   out   the logits, W xL + b                                                       (V)
//
// Where the text begins there are fewer characters, and x0 is 0 for those that are missing.
#ifndef GPT_NET_H
#define GPT_NET_H

#include <stddef.h>
#include <stdint.h>

#include "lab.h"
#include "optim.h"

enum { NET_LAYERS = 8 };  // the most hidden layers

struct net_shape {
    int V, window, hidden, layers;  // layers: at least 1
};

// struct net: weights and what goes through.  Matrix l, 0 … layers, is (outputs, inputs) row-major,
// but the first, of which a place uses only `window` columns, is (inputs, outputs).
struct net {
    struct net_shape shape;
    size_t weights;                                  // numbers in all of data
    float *data, *grad, *m, *v;                      // (weights)  values, slopes, Adam's moments
    float *w[NET_LAYERS + 1], *b[NET_LAYERS + 1];    // into data
    float *dw[NET_LAYERS + 1], *db[NET_LAYERS + 1];  // into grad
    float *x[NET_LAYERS + 2];   // (LAB_BATCH, width)  x[1] … x[layers]; x[layers + 1] the logits
    float *dx[NET_LAYERS + 2];  // (LAB_BATCH, width)  room for what is sent back
    int step;                   // updates so far
    float epsilon;              // Adam's: 1e-8, but for who sets another
};

// net_new draws the weights of matrix l with deviation sqrt(2 / inputs that are not 0) from the
// stream RANDOM_INIT of seed; those of the last with a tenth of it; biases are 0.
// Source: He et al. 2015, "Delving deep into rectifiers", section 2.2.
struct net *net_new(const struct net_shape *shape, uint64_t seed);
void net_free(struct net *n);  // n may be NULL

// net_width returns how many numbers x[l] has.
int net_width(const struct net *n, int l);

// net_work returns how many products a place takes on its way up, those with 0 left out; on the way
// down it is about twice as many.
size_t net_work(const struct net *n);

// net_window_sums writes W x0 + b of N places, for any matrix that is laid out as the first one;
// net_window_backward adds to dw and db, given dy, the slopes by these sums.
//   w, dw  (window V, H)    b, db  (H)    y, dy  (N, H)
void net_window_sums(int V, int window, int H, const float *w, const float *b, struct lab_places at,
                     float *y);
void net_window_backward(int V, int window, int H, struct lab_places at, const float *dy, float *dw,
                         float *db);

// net_first_sums writes W1 x0 + b1 of N places, what x[1] is max of:  y (N, H).
void net_first_sums(const struct net *n, struct lab_places at, float *y);

// net_first_forward writes x[1] of N places; net_first_backward adds to dw[0] and db[0], given
// dy (N, H), the slopes by what max is taken of.
void net_first_forward(struct net *n, struct lab_places at);
void net_first_backward(struct net *n, struct lab_places at, const float *dy);

// net_forward writes x[1] … x[layers + 1], the logits, of N places.
void net_forward(struct net *n, struct lab_places at);

// net_probabilities: net_forward, and softmax of the logits.
//   p  (N, V)
void net_probabilities(struct net *n, struct lab_places at, float *p);

// net_backward adds the slopes of all weights, given dx[layers + 1], the slopes by the logits of
// the places that the last net_forward was of.
void net_backward(struct net *n, struct lab_places at);

// net_update takes a step of Adam with the slopes in grad, and zeroes those.
void net_update(struct net *n, float rate);

// net_loss returns the mean cross-entropy of the places that the last net_forward was of, in nats,
// and writes what stood there and the logarithm of each row's sum, for cross_entropy_backward.
//   target, lse  (N)
float net_loss(const struct net *n, struct lab_places at, int32_t *target, float *lse);

// net_adam returns the lab's settings of Adam for an update, the first being 1.
struct optim net_adam(float rate, int step);

// net_zeros returns n zeros, from malloc: for a network's numbers, and those a rule has beside it.
float *net_zeros(size_t n);

// net_updates returns how many batches of LAB_BATCH so many examples are.
int net_updates(size_t examples);

// net_rate returns the rate of update `step` of `steps`: half a cosine from `rate` down to a
// twentieth of it.
float net_rate(int step, int steps, float rate);

#endif
