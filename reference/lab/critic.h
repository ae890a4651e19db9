// critic: what a network can say of its own answers: how far its layers disagree, and whether the
// world or its own ignorance was to blame.
//
// Tension.  Each of two hidden layers has a state, before max is taken of it, and what the layer
// below says that state should be:
//
//   mu1 = W1 x0 + b1     mu2 = W2 max(x1, 0) + b2     p = softmax(W3 max(x2, 0) + b3)
//   e1 = x1 - mu1        e2 = x2 - mu2                    e3 = p - y, y: 1 at the target, else 0
//   E = pi / 2 |e1|^2 + pi / 2 |e2|^2 - ln p[target]
//
// In an answer, where no target is known, states are what they should be, and errors are 0.  Told
// the target, states move down E until what pulls from above and from below is in balance.  Then
// each matrix goes down E as well, and for that needs what stands at its own two ends only.  This
// is predictive coding.  In balance -pi e1 and -pi e2 are the errors that backprop would send to
// layers in these states.
// Sources: Whittington & Bogacz 2017, "An approximation of the error backpropagation algorithm in a
// predictive coding network with local Hebbian synaptic plasticity"; Millidge, Tschantz & Buckley
// 2020, arXiv 2006.04182.
//
// Trust.  If a share epsilon of all targets is drawn by lot from V, a target to which the network
// gives p is a real one with the probability
//
//   q = (1 - epsilon) p / ((1 - epsilon) p + epsilon / V)
//
// and the slope of -ln((1 - epsilon) p + epsilon / V) by the logits is q times that of -ln p.  The
// mean of 1 - q is a better epsilon: a step of expectation maximisation.
// Source: Dempster, Laird & Rubin 1977, "Maximum likelihood from incomplete data via the EM
// algorithm".
#ifndef GPT_CRITIC_H
#define GPT_CRITIC_H

#include <stdint.h>

// struct critic: a batch of N places in a network with two hidden layers of H.
struct critic {
    int N, H, V;
    float pi;                        // precision: how much an error of a layer weighs; above 0
    const float *w2, *b2, *w3, *b3;  // (H,H) (H) (V,H) (V)
    const float *mu1;                // (N,H)  W1 x0 + b1
    const int32_t *target;           // (N)    what stands there
    float *x1, *x2;                  // (N,H)  states
    float *out1, *out2;              // (N,H)  max(state, 0), written by critic_errors
    float *e1, *e2;                  // (N,H)  written by critic_errors
    float *p, *e3;                   // (N,V)  written by critic_errors
    float *d1, *d2;                  // (N,H)  room, for whoever needs some; not empty
};

// critic_errors writes out1, out2, e1, e2, p and e3 from the states.
void critic_errors(const struct critic *c);

// critic_tension returns E, the mean over the places, in nats, given what critic_errors wrote.
float critic_tension(const struct critic *c);

// critic_relax takes a step of inference, given what critic_errors wrote: both states go down the E
// of their own place at once, by `rate` / pi times its slope.  It does not write the errors anew.
//   slope by x1   pi e1 - [x1 > 0] (W2^T pi e2)
//   slope by x2   pi e2 + [x2 > 0] (W3^T e3)
void critic_relax(const struct critic *c, float rate);

// critic_slopes gives the slopes of the mean of E by what each layer was told, given what
// critic_errors wrote, and adds those of the upper weights, which are products of these and of what
// came in.  It may leave in e2 and e3 what it likes.
//   by mu1, mu2 and the logits   -pi e1 / N, -pi e2 / N, e3 / N
//   by_mu1  (N,H)  overwritten; from it follow those of W1 and b1
//   dw2, db2, dw3, db3   shaped as the weights; added to
void critic_slopes(const struct critic *c, float *by_mu1, float *dw2, float *db2, float *dw3,
                   float *db3);

// critic_trust writes how likely each target was a real one, and returns the new epsilon:
// epsilon + rate (mean of 1 - q  -  epsilon).
//   p        (N,V)  above 0; where epsilon is above 0, at least 0
//   target   (N)
//   epsilon  the share of targets taken for drawn by lot: 0 <= epsilon < 1
//   q        (N)
float critic_trust(int N, int V, const float *p, const int32_t *target, float epsilon, float rate,
                   float *q);

#endif
