// rule_equilibrium: equilibrium propagation.  A network that settles learns from settling twice
// more, with its answer pulled a little towards the truth, and a little away from it.
//
// The two hidden layers act on each other both ways, through the same matrix:
//   s1 = clip(W1 x0 + b1 + W2^T s2)      s2 = clip(W2 s1 + b2 + pull)      clip to 0 … 1
// repeated until they rest.  The logits are read from s2 and act on nothing; what pulls is
// beta W^T (truth - p).  With the layers at rest under a pull of +beta and of -beta, each matrix
// changes by the difference of the products of its two ends, over 2 beta: no error is sent through
// a layer.
// Sources: Scellier & Bengio 2017, "Equilibrium propagation"; Laborieux et al. 2021, "Scaling
// equilibrium propagation to deep convnets", sections 3.1 (both signs) and 3.2 (the logits).
#ifndef GPT_RULE_EQUILIBRIUM_H
#define GPT_RULE_EQUILIBRIUM_H

#include "lab.h"

extern const struct lab_rule LAB_EQUILIBRIUM;

#endif
