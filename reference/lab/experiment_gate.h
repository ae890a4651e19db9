// experiment_gate: what a memory and a network are worth where the memory matches this far, and
// what the gate makes of them.
#ifndef GPT_EXPERIMENT_GATE_H
#define GPT_EXPERIMENT_GATE_H

#include "experiment.h"

// EXPERIMENT_GATE: rule stack-mlp, asked about the held-back text; a row for each depth of the
// memory's match: the share of the places, bits a character of each and of both, the mean weights.
extern const struct experiment EXPERIMENT_GATE;

#endif
