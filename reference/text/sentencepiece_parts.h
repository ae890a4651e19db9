// sentencepiece_parts: what the files of sentencepiece share.  Nobody else includes it.
#ifndef GPT_SENTENCEPIECE_PARTS_H
#define GPT_SENTENCEPIECE_PARTS_H

#include "arena.h"
#include "names.h"
#include "pairs.h"
#include "sentencepiece.h"

enum { SENTENCEPIECE_BYTES = 256, SPACE_SIZE = sizeof SENTENCEPIECE_SPACE - 1 };

// struct wanted: a special token's text, as it is looked for.
struct wanted {
    const char *text;
    size_t size;
    int32_t id;
};

// struct wanteds: those that are looked for in the same pass, the longest first.
struct wanteds {
    struct wanted *list;
    int32_t count;
    unsigned char begins[SENTENCEPIECE_BYTES];  // whether one begins with that byte
};

struct sentencepiece {
    struct arena *memory;  // all of it
    int32_t V, specials, bos, unk;
    enum sentencepiece_prefix prefix;
    const char **piece;  // (V) as files spell it
    const char **bytes;  // (V) as text
    size_t *piece_size, *size;
    struct names *names;  // of the pieces
    struct pairs *pairs;  // number i is merge i
    int32_t *made;        // (merges) what it makes
    int32_t byte_id[SENTENCEPIECE_BYTES];
    struct sentencepiece_special *special;
    unsigned char *is_special;    // (V)
    struct wanteds raw, spelled;  // looked for in the text; in the spelling of pieces
};

// sentencepiece_ranked returns the merges that scores ask for, earliest first, *n pairs of ids, in
// memory from malloc.
//   score  (V)
//   ERR_VALUE  one is not finite
enum err sentencepiece_ranked(const struct sentencepiece *s, const float *score, int32_t **merge,
                              int32_t *n, struct error *e);

#endif
