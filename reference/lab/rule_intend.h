// rule_intend: the network taught by backprop, but only where an intent fails; and by reward alone.
#ifndef GPT_RULE_INTEND_H
#define GPT_RULE_INTEND_H

#include "lab.h"

// LAB_INTEND: a place is sent back if the truth has less than 0.8; LAB_INTEND_HALF: than 0.5.
// LAB_MISTAKES: if something else is at least as likely.
// LAB_REWARD: it is not told the truth.  It draws a character from its own probabilities and is
// told whether that is the one: REINFORCE, with the mean reward of late taken from each.
extern const struct lab_rule LAB_INTEND, LAB_INTEND_HALF, LAB_MISTAKES, LAB_REWARD;

// rule_intend_share returns for how many of the places it saw one of these changed anything: 0
// to 1.
double rule_intend_share(const void *state);

#endif
