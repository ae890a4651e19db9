// rule_hopfield: every example is kept as it is, and asked for what it resembles.
//
// A memory is what stood before a place, and what stood there.  A question is what stands before
// another place.  With m_t = 1 where the two have the same character t places back, else 0, a
// memory counts exp(score), score = sum_t sharpness decay^t m_t, for the character it remembers.
// That is one step of a modern Hopfield network, whose energy has a minimum at each memory; and it
// is attention, with raw text for keys and values.
// Source: Ramsauer et al. 2021, "Hopfield networks is all you need", equation 3.
#ifndef GPT_RULE_HOPFIELD_H
#define GPT_RULE_HOPFIELD_H

#include "lab.h"

extern const struct lab_rule LAB_HOPFIELD;

#endif
