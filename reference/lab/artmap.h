// artmap: Fuzzy ARTMAP on rows of characters, with what its vectors come to.
//
// What stands before a place is an input a: of each character c and each t < window one number, a_t
// if c stands t places back, else 0.  Complement coding puts 1 - a beside it: I = (a, 1 - a), and
// the sum |I| is M for every input.  A category has weights w of the same length, and a character
// that it stands for.  Fuzzy AND is the smaller of two numbers, place by place.
//
//   choice     T = |I AND w| / (alpha + |w|), alpha = 0.001: that with the largest is asked first
//   vigilance  it must match: |I AND w| / |I| >= rho
//   tracking   if it stands for another character than came, rho rises to just above its match, and
//              the next is asked
//   learning   w <- I AND w, at once; if none is left a new one begins, w = I
//
// Inputs are so sparse that w need not be kept: of w only what it has lost matters, and that is for
// each t which characters the category has met there.  The first that is new costs it 2 a_t of |w|,
// each further one a_t.  So |w| = M - size, |I AND w| = M - size - cost, in whole numbers.
// Source: Carpenter, Grossberg, Markuzon, Reynolds & Rosen 1992, "Fuzzy ARTMAP", section II.
#ifndef GPT_ARTMAP_H
#define GPT_ARTMAP_H

#include <stddef.h>
#include <stdint.h>

struct artmap;

enum { ARTMAP_NONE = -1, ARTMAP_WINDOW = 16 };

// struct artmap_shape: how much it looks at, and how much it keeps.
struct artmap_shape {
    int V, window, room;          // room: the most categories
    uint8_t near[ARTMAP_WINDOW];  // (window)  a_t, in units: near[0] of them are 1, and none has
                                  // more; their sum is at most 127
    float vigilance;              // rho before it is raised
};

struct artmap *artmap_new(const struct artmap_shape *shape);
void artmap_free(struct artmap *m);  // m may be NULL

// artmap_whole returns M, in the units of `near`.
int artmap_whole(const struct artmap *m);

// artmap_learn shows it what stands before a place, and that c stands there.  Returns the category
// that learnt.  If a new one is needed and there is no room none learns: it returns the one with
// the largest T among those that stand for c, or ARTMAP_NONE if none does.  Ties go to the older.
//   ids  ids[0 … at) is what stands before the place
// Cost: window room additions of bytes, room divisions, and room comparisons for each it asks.
int artmap_learn(struct artmap *m, const int32_t *ids, size_t at, int32_t c);

// artmap_costs writes what each category would lose if it took in what stands before a place.
//   cost  (artmap_count), in the artmap; until it is asked again
const uint8_t *artmap_costs(struct artmap *m, const int32_t *ids, size_t at);

// artmap_count returns how many categories there are; artmap_size what one has lost, artmap_stands
// which characters they stand for, (artmap_count), until it learns again.
int artmap_count(const struct artmap *m);
int artmap_size(const struct artmap *m, int category);
const int32_t *artmap_stands(const struct artmap *m);

#endif
