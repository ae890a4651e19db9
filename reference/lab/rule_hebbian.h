// rule_hebbian: columns of units that learn what there is by Hebb's rule, without an error; and a
// readout that learns what follows by the delta rule.
//
// Five columns look at the last 2, 3, 4, 5 and 6 characters.  All their active units together are
// the input of one matrix, the readout: logits = b + sum_i y_i R_i.  It alone is told the answer:
// R_i += rate y_i (what came - p).  Nothing is sent back to the columns.
// Sources: column.h; Widrow & Hoff 1960, "Adaptive switching circuits" (the delta rule).
#ifndef GPT_RULE_HEBBIAN_H
#define GPT_RULE_HEBBIAN_H

#include "lab.h"

extern const struct lab_rule LAB_HEBB;

#endif
