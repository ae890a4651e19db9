// derive: three walks over a grammar: tell a story, read one back, and know the average.
//
// All three see the same tree.  derive_tell goes down it with a random generator and adds up
// the surprisal of what it chooses.  derive_read goes down it with a text in hand and finds the
// text's probability, knowing nothing of how it was told.  The two agree only if every text can
// be told in just one way; that is what makes the teller's figure the text's own.
#ifndef STORIES_DERIVE_H
#define STORIES_DERIVE_H

#include <stddef.h>

#include "grammar.h"
#include "random.h"

// struct figures: the grammar's averages over all the stories it can tell.
struct figures {
    double bits;     // expected surprisal of a story
    double bytes;    // expected size of a story
    size_t longest;  // no story is longer, in bytes
};

// derive_expect returns the exact expected figures (rounded as double arithmetic rounds).
// The sums are linear in the choices, so that no story need be told.  CHECK: a register with
// `unlike` is drawn only where the other already is; a form of a word draws no register.
struct figures derive_expect(const struct grammar *g);

// derive_tell writes one story into text and returns its size in bytes (no NUL is added).
// *bits receives its surprisal.  room must be at least derive_expect's `longest`.
size_t derive_tell(const struct grammar *g, struct random *r, char *text, size_t room,
                   double *bits);

// struct reading: what the grammar makes of a text.
struct reading {
    double probability;  // summed over all ways to tell exactly this text; 0 if there are none
    long ways;           // how many ways
    size_t reached;      // the text's longest beginning that some story shares
};

// derive_read returns the reading of a text of any bytes.  A text of more than about 1000 bits
// has a probability below what a double holds, and counts as impossible.
struct reading derive_read(const struct grammar *g, const char *text, size_t size);

#endif
