// rule_stack: a memory and a network learn side by side; a gate (stack.h) learns whom to believe.
//
// The gate must not learn from what the two have been told already: both look better there than
// they are, and the memory most.  So it learns from the last twentieth of the examples: of each
// batch the two are asked, then the gate is told the answers, then they are.  A place that was
// shown before, where the text comes again, is passed over.  When all examples were shown it goes
// on like that.
//
// The network has a column for each kind of text (kinds.h).  When what stands before a batch is
// found again in the memory less than half as far back as usual, a text of another kind has begun.
//
// Places are drawn from all of the text, so those that the gate learns from have neighbours that
// the two have learnt.  Held-back text is further off, and there the memory is worth less than the
// gate was told.
#ifndef GPT_RULE_STACK_H
#define GPT_RULE_STACK_H

#include "lab.h"

// LAB_STACK: the memory of rule reso, and the network of rule pc, taught by tension: backprop is
// nowhere in it.  LAB_STACK_MLP: the same with the network of rule mlp.
// How familiar a place is: as the memory says.
extern const struct lab_rule LAB_STACK, LAB_STACK_MLP;

// rule_stack_look asks one of these rules about one place, and says what it makes its answer of.
//   p  (V)  its answer
struct rule_stack_look {
    int depth;                  // how many characters before the place the memory found again
    const float *memory, *net;  // (V)  their answers, until it is asked again
    const float *w;             // (2)  the weights of the place's cell
};
struct rule_stack_look rule_stack_look(void *state, const int32_t *ids, size_t at, float *p);

#endif
