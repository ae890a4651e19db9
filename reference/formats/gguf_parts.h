// gguf_parts: what the files of gguf share.  Nobody else includes it.
#ifndef GPT_GGUF_PARTS_H
#define GPT_GGUF_PARTS_H

#include "arena.h"
#include "gguf.h"
#include "names.h"

#define GGUF_MAGIC "GGUF"

enum {
    GGUF_MAGIC_SIZE = 4,
    GGUF_VERSION = 3,
    GGUF_HEAD = 24,       // bytes of magic, version and the two counts
    GGUF_ALIGNMENT = 32,  // where no pair says otherwise
};

struct gguf {
    const char *path;
    const unsigned char *bytes;
    size_t size, data, alignment;  // bytes of the file; where the data begins; of each tensor
    void *map;                     // bytes, if they are ours to unmap
    struct arena *memory;          // everything below, and path
    struct gguf_pair *pairs;
    struct gguf_tensor *tensors;
    int pair_count, count;
    struct names *keys, *names;  // of pairs and tensors, by their number
};

// gguf_kind_size returns the bytes of a number of that kind; 0 for a string or an array.
size_t gguf_kind_size(enum gguf_kind kind);

// gguf_type_known says whether we read tensors of a type; gguf_type_any returns the name of any
// type of the format, ours or not, or NULL.
int gguf_type_known(uint32_t type);
const char *gguf_type_any(uint32_t type);

// gguf_size computes the bytes of t's elements; it returns 0 if they cannot be counted, or if its
// rows are not whole blocks.
int gguf_size(const struct gguf_tensor *t, size_t *size);

// gguf_padded returns the next multiple of alignment, which is above 0.
size_t gguf_padded(size_t at, size_t alignment);

// gguf_utf8 returns where in a text the first byte stands that is not UTF-8, or its size.
size_t gguf_utf8(size_t size, const char *text);

// struct gguf_cursor: how far a file that is being opened was read.
struct gguf_cursor {
    struct gguf *g;
    size_t at;
    struct error *e;
};

// gguf_left returns how many bytes are left; gguf_ends says that there are fewer than `want` needs.
size_t gguf_left(const struct gguf_cursor *c);
enum err gguf_ends(const struct gguf_cursor *c, const char *want);

// gguf_take_number reads a little-endian number of `size` bytes; gguf_take_string a length and a
// text, which it copies for the NUL behind it; gguf_take_name one of 1 to `most` bytes, no zero
// among them, which a pair or a tensor goes by.  `want` says in messages what it is.
enum err gguf_take_number(struct gguf_cursor *c, size_t size, const char *want, uint64_t *out);
enum err gguf_take_string(struct gguf_cursor *c, const char *want, struct gguf_text *out);
enum err gguf_take_name(struct gguf_cursor *c, const char *want, size_t most, const char **out);

// gguf_read_pairs reads g->pair_count pairs.
enum err gguf_read_pairs(struct gguf_cursor *c);

#endif
