// words: counts the different pieces of a text.
#ifndef GPT_WORDS_H
#define GPT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "pieces.h"

// struct word: a piece and how often it occurs.
struct word {
    const char *text;  // where it occurs first; not ended by a NUL
    size_t size;
    int64_t count;
    uint64_t hash;
};

// struct words: the different pieces in the order in which they occur first.
struct words {
    struct word *word;  // (count)
    size_t count;
    size_t total;  // bytes of all of them together
    struct arena *memory;
    size_t *slot;  // (2^bits) open addressing: a word's index + 1, or 0
    int bits;
};

// words_new returns an empty list.  It lives in `memory` and takes more of it as it grows.
struct words *words_new(struct arena *memory);

// words_add counts text[0..size) once more.  The bytes must live as long as the list.
void words_add(struct words *w, size_t size, const char *text);

// words_of returns the different pieces of text[0..size) that hold a pair, which takes two bytes
// at least; special texts are no pieces here.  The words point into text.
struct words *words_of(struct arena *memory, const struct pattern *pattern, size_t size,
                       const char *text);

#endif
