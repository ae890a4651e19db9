// kinds: a network for each kind of text, behind the contract of one.
//
// All columns are of one rule.  There is one to begin with; whoever notices that a text is of
// another kind has one more added.  While there is one, it is asked and told as if nothing were
// around it.  Of several, that one is asked which was least surprised by the characters before the
// place, and that one is told which is least surprised by the batch; the others stay as they are.
// Source: Jacobs et al. 1991, "Adaptive mixtures of local experts"; Rusu et al. 2016, "Progressive
// neural networks".
#ifndef GPT_KINDS_H
#define GPT_KINDS_H

#include "lab.h"

enum { KINDS_MOST = 8 };

struct kinds;

// kinds_open opens the first column; kinds_close closes all.
struct kinds *kinds_open(const struct lab_rule *rule, const struct lab_setting *s);
void kinds_close(struct kinds *k);

int kinds_count(const struct kinds *k);

// kinds_add opens one more, which will be shown so many examples; with KINDS_MOST there
// already, nothing happens.
void kinds_add(struct kinds *k, size_t examples);

// What lab.h says of a rule, of all columns together.
void kinds_learn(struct kinds *k, struct lab_places x);
void kinds_predict(struct kinds *k, struct lab_places x, float *p);
size_t kinds_numbers(const struct kinds *k);
void kinds_again(struct kinds *k, size_t examples);

#endif
