// rule_stack: a memory and a network learn side by side; a gate (stack.h) learns whom to believe.
//
// The gate must not learn from what the two know already: they would both look better than they
// are, and the memory most.  So it is fitted on a part of the text that neither has been shown.
// Every twentieth stretch of the text is set aside: of an example there only a copy is kept.  When
// all examples were shown, both are asked about these, the gate learns from their answers, and then
// they learn them too.  From then on each batch is asked before it is learnt, and the gate goes on
// learning.
#ifndef GPT_RULE_STACK_H
#define GPT_RULE_STACK_H

#include "lab.h"

// LAB_STACK: the memory of rule reso, and the network of rule pc, taught by tension: backprop is
// nowhere in it.  LAB_STACK_MLP: the same with the network of rule mlp.
// How familiar a place is: as the memory says.
extern const struct lab_rule LAB_STACK, LAB_STACK_MLP;

#endif
