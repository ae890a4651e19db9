// ngram: what comes next, guessed from what came next before.
//
// A model of order N is made by counting one text.  It guesses the next id from the context, the
// N - 1 ids before it, or fewer at the beginning of a text.  For a context h, from its length
// on down to the empty one:
//
//   times(h, w)  how often the id w comes after h in the text
//   after(h)     how often any id does: the sum of times(h, w) over all w
//   kinds(h)     how many different ids do
//
//                times(h, w) + kinds(h) P(w | h')
//   P(w | h)  =  --------------------------------         P(w | h) = P(w | h')  where after(h) = 0
//                     after(h) + kinds(h)
//
// h' is h without its first id.  The empty context has no shorter one; what it asks is 1/V.
//
// These weights have no number to tune, and one counting serves every order up to N.  Measured in
// bits per byte, counted in characters, order 5 and 6 (tests/golden/make_ngram.py --compare):
//
//                             Shakespeare    stories
//   Witten-Bell, these        2.408 2.450    1.046 0.859
//   absolute discounting      2.466 2.524    1.045 0.860
//   Jelinek-Mercer            2.376 2.337    1.054 0.864    weights chosen on the very text scored
//   Kneser-Ney                2.278 2.248    1.045 0.858    also counts contexts, order by order
//   Kneser-Ney, modified      2.252 2.197    1.048 0.862    and three discounts for each order
//
// Sources: Witten & Bell 1991, "The zero-frequency problem", method C; Chen & Goodman 1999, "An
// empirical study of smoothing techniques for language modeling", section 2.5.
#ifndef GPT_NGRAM_H
#define GPT_NGRAM_H

#include <stddef.h>
#include <stdint.h>

struct ngram;

// ngram_count counts ids[0..n) and returns the model.  It needs the ids no more.
//   order  N, at least 1
//   V      the ids are in [0, V)
//   n      may be smaller than N, and 0; at most INT32_MAX
// Cost: N looks into a hash table (counts_add) for each id, which is graded; 80 to 160 bytes for
// each different row of 1 … N ids.
struct ngram *ngram_count(size_t order, int V, size_t n, const int32_t *ids);
void ngram_free(struct ngram *m);  // m may be NULL

// ngram_order, ngram_vocab return N and V.
size_t ngram_order(const struct ngram *m);
int ngram_vocab(const struct ngram *m);

// ngram_times, ngram_after, ngram_kinds return the three counts for the context of n ids, in the
// order in which they stand in the text; n is at most N - 1.
int32_t ngram_times(const struct ngram *m, size_t n, const int32_t *context, int32_t id);
int32_t ngram_after(const struct ngram *m, size_t n, const int32_t *context);
int32_t ngram_kinds(const struct ngram *m, size_t n, const int32_t *context);

// ngram_rows returns how many different rows of `length` ids were counted; 1 for length 0, 0 for
// more than N.
size_t ngram_rows(const struct ngram *m, size_t length);

// ngram_probability returns P(id | context), in (0, 1].
//   context  (n) the ids before it, the nearest last; of more than N - 1 only the last N - 1 count
// Cost: of the order of N^2 looks into the table.  N (N + 1) / 2 are enough; this is not graded.
double ngram_probability(const struct ngram *m, size_t n, const int32_t *context, int32_t id);

// ngram_bits returns how many bits of surprise there are in ids[0..n) altogether: the sum of
// -log2 P(id | context), where the context of each id is the order - 1 ids before it, or as many
// as there are.
//   order  in [1, N]: less than N asks what a model of that order would have said
// P has the same bits everywhere; log2 is the C library's, and may differ in the last of 52 bits.
double ngram_bits(const struct ngram *m, size_t order, size_t n, const int32_t *ids);

// ngram_sample returns the first id, from 0 up, for which the sum of P(0 | context) … P(id |
// context) is larger than point, added up in double; V - 1 if rounding leaves the whole sum no
// larger.
//   point  in [0, 1).  If all points are equally likely, each id is as likely as the model says.
int32_t ngram_sample(const struct ngram *m, size_t n, const int32_t *context, double point);

#endif
