// columns: a network for each kind of text, behind the contract of one.
//
// All columns are of one rule.  There is one to begin with; whoever notices that a text is of
// another kind has one more added.  While there is one, it is asked and told as if nothing were
// around it.  Of several, that one is asked which was least surprised by the characters before the
// place, and that one is told which is least surprised by the batch; the others stay as they are.
// Source: Jacobs et al. 1991, "Adaptive mixtures of local experts"; Rusu et al. 2016, "Progressive
// neural networks".
#ifndef GPT_COLUMNS_H
#define GPT_COLUMNS_H

#include "lab.h"

enum { COLUMNS_MOST = 8 };

struct columns;

// columns_open opens the first column; columns_close closes all.
struct columns *columns_open(const struct lab_rule *rule, const struct lab_setting *s);
void columns_close(struct columns *k);

int columns_count(const struct columns *k);

// columns_add opens one more, which will be shown so many examples; with COLUMNS_MOST there
// already, nothing happens.
void columns_add(struct columns *k, size_t examples);

// What lab.h says of a rule, of all columns together.
void columns_learn(struct columns *k, struct lab_places x);
void columns_predict(struct columns *k, struct lab_places x, float *p);
size_t columns_numbers(const struct columns *k);
void columns_again(struct columns *k, size_t examples);

#endif
