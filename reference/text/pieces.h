// pieces: cuts text the way GPT-2 does before it merges bytes.
//
// A piece is a short word ending ('s 't 're 've 'm 'll 'd), a run of letters, of digits or of
// other marks, each with at most one space in front, or a run of white space.  Merges never
// cross from one piece into the next.  Three things GPT-2's pattern does not say are fixed here:
//   special texts      are cut out first; what lies between two of them is cut on its own
//   not UTF-8          a longest run of bytes that belong to no character is one piece
//   white space        is Unicode's White_Space, whatever the pattern library's \s may be
// What a letter or a digit is comes from the pattern library's version of Unicode.
// Source: Radford et al. 2019, "Language models are unsupervised multitask learners".
#ifndef GPT_PIECES_H
#define GPT_PIECES_H

#include <stddef.h>

// struct pattern: GPT-2's pattern, compiled, and the special texts.  Nothing in it changes, so
// any number of threads may use one.
struct pattern;

// pattern_new compiles.  special[0 … specials-1] are not empty; they are copied.
struct pattern *pattern_new(int specials, const char *const *special);

// pattern_free frees it.  p may be NULL.
void pattern_free(struct pattern *p);

// struct piece: size >= 1 bytes of the text, and which special text they are, or -1.
struct piece {
    const char *text;
    size_t size;
    int special;
};

// struct pieces: a walk over one text.
struct pieces;

// pieces_start begins a walk over text[0..size).  p and text must live until pieces_end.
struct pieces *pieces_start(const struct pattern *p, size_t size, const char *text);

// pieces_next sets *piece to the next piece and returns 1; returns 0 after the last.  Every byte
// of the text is in exactly one piece.  Where two special texts start together the longer wins.
int pieces_next(struct pieces *w, struct piece *piece);

// pieces_end frees the walk.  w may be NULL.
void pieces_end(struct pieces *w);

#endif
