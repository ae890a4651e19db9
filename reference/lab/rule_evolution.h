// rule_evolution: the lab's network, its weights found by trying: evolution strategies.
//
// For each batch the whole network is moved by small random steps e, one way and back, and the loss
// L of the batch is looked at on either side.  What came of it says where down is:
//
//   slope = mean over the pairs of (L(w + s e) - L(w - s e)) / (2 s) e
//
// No error is sent back, and nothing of the network is used but its loss.  What an example costs is
// set here: 4 pairs a batch, so 8 looks at each example, where backprop has one there and one back.
// The steps are read from one long table of random numbers, from a place that is drawn.
// Source: Salimans, Ho, Chen, Sidor & Sutskever 2017, "Evolution strategies as a scalable
// alternative to reinforcement learning", arXiv 1703.03864, algorithm 1 and section 2.1.
#ifndef GPT_RULE_EVOLUTION_H
#define GPT_RULE_EVOLUTION_H

#include "lab.h"

extern const struct lab_rule LAB_EVOLUTION;

#endif
