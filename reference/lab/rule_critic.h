// rule_critic: the network that criticises itself: by tension, which takes the place of backprop;
// or, taught by backprop, by what it believes of what it is told.
#ifndef GPT_RULE_CRITIC_H
#define GPT_RULE_CRITIC_H

#include "lab.h"

// LAB_PC: predictive coding (critic.h).  How familiar a place is: less tension at the place before
// it, whose character is known by then.
// LAB_CRITIC: backprop, each answer weighed by how likely it is no noise (critic.h).
extern const struct lab_rule LAB_PC, LAB_CRITIC;

#endif
