// rule_counting: rules that count: ResoNet, and n-grams.
#ifndef GPT_RULE_COUNTING_H
#define GPT_RULE_COUNTING_H

#include "lab.h"

// LAB_RESO: reso.h with categories of up to RESO characters, a discount for each length.
// LAB_NGRAM[n]: what looks at the n characters before a place, n = 0 … 5, by Kneser-Ney with a
// discount of 0.75: the same with shorter categories.
enum { LAB_NGRAMS = 6 };
extern const struct lab_rule LAB_RESO, LAB_NGRAM[LAB_NGRAMS];

#endif
