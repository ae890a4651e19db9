// drafts: several ways to go on from the same place of a text, written by one rule, so that another
// may judge them.
#ifndef GPT_DRAFTS_H
#define GPT_DRAFTS_H

#include <stddef.h>
#include <stdint.h>

#include "lexicon.h"
#include "protocol.h"
#include "random.h"

enum {
    DRAFTS_MOST = 16,
    DRAFTS_BEFORE = 32,   // characters before the place, which all drafts have in common
    DRAFTS_WORDS = 6,     // words of each
    DRAFTS_LONGEST = 60,  // characters of each, if its words are longer
    DRAFTS_ROW = DRAFTS_BEFORE + DRAFTS_LONGEST,
};

// struct drafts: a row each, which begins with what they have in common.
struct drafts {
    int32_t ids[DRAFTS_MOST * DRAFTS_ROW];
    int length[DRAFTS_MOST];  // characters that were written, 1 … DRAFTS_LONGEST
};

// drafts_write lets a rule write DRAFTS_MOST drafts, each character drawn by its probabilities,
// from a place with at least DRAFTS_BEFORE characters before it.  A draft ends with the first
// character behind its last word.
void drafts_write(const struct lab_learner *writer, int V, const struct lexicon *w,
                  const int32_t *ids, size_t at, struct random *r, struct drafts *d);

// drafts_judge writes what a rule gives each character that was written.
//   p  (DRAFTS_MOST, DRAFTS_LONGEST)
void drafts_judge(const struct lab_learner *judge, int V, const struct drafts *d, float *p);

#endif
