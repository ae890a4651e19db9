// reso: learning by resonance.  What is known already is not learnt again.
//
// A category is a row of characters that a text may end in (categories.h).  A place of a text is in
// several: in the root, in the category of the one character before it, of the two before it, and
// so on, up to `levels` characters.  The longer one demands more of what it takes for alike; in the
// words of adaptive resonance its vigilance is higher.
//
// With n_l(c), how often c was counted in the category of l characters, n_l all counts there and
// u_l how many different characters were:
//
//   p_l(c) = (max(n_l(c) - D_l, 0) + D_l u_l p_l-1(c)) / n_l           p_-1(c) = 1 / V
//
// What is learnt stops at the first category that knew the character: they resonate, and shorter
// ones hear nothing of it.  So a short category counts in how many longer ones the character was
// new.
//
// The plain name: Kneser-Ney smoothing, interpolated, with a discount for each length; the rule by
// which learning stops is update exclusion.
// Sources: Kneser & Ney 1995, "Improved backing-off for m-gram language modeling"; Chen & Goodman
// 1999, section 2.7; Moffat 1990, "Implementing the PPM data compression scheme" (update
// exclusion); Carpenter & Grossberg 1987, "A massively parallel architecture for a self-organizing
// neural pattern recognition machine" (resonance, vigilance).
#ifndef GPT_RESO_H
#define GPT_RESO_H

#include <stddef.h>
#include <stdint.h>

#include "categories.h"

enum { RESO_LEVELS = 15 };  // the most characters that a category looks at

// reso_match finds the categories that a place is in: path[0] is the root, path[l] looks at the l
// characters before the place.  It stops before the first that is not there, at `levels`, or where
// the text begins, and returns how many it found, at least 1.
//   ids   ids[0 … at) is what stands before the place
//   path  (levels + 1)
int reso_match(const struct categories *m, int levels, const int32_t *ids, size_t at,
               int32_t *path);

// reso_predict writes the probabilities p_l of the longest category found, from the root up.  A
// category that has counted nothing passes on what came from the shorter one.
//   discount  (found)  D_0 … of each length, above 0 and below 1
//   path      (found)  as reso_match wrote it
//   p         (V)
void reso_predict(const struct categories *m, const float *discount, int found, const int32_t *path,
                  float *p);

// reso_learn learns that c stands at a place: it makes all its categories that are not there yet,
// up to `levels` characters or to where the text begins; then it counts c, in the longest first,
// and stops behind the first that had counted c before.  Returns the length of that category, or -1
// if none had.
int reso_learn(struct categories *m, int levels, const int32_t *ids, size_t at, int32_t c);

#endif
