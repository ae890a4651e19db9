// tokenizer_json_parts: what the files of tokenizer_json share.  Nobody else includes it.
#ifndef GPT_TOKENIZER_JSON_PARTS_H
#define GPT_TOKENIZER_JSON_PARTS_H

#include "arena.h"
#include "json.h"
#include "sentencepiece.h"
#include "tokenizer_json.h"

// struct tokenizer_json_source: the file being read, and what one reading of it needs.
struct tokenizer_json_source {
    const char *path;
    struct error *e;
    struct arena *memory;  // until the reading ends
    json_t *root, *model, *vocab;
};

// tokenizer_json_off returns 1 for a setting that is missing or says "do nothing".
int tokenizer_json_off(const json_t *v);

// tokenizer_json_check_rest refuses every setting of an object, whose name and a dot are `where`,
// that is neither in `known`, which NULL ends, nor off.  A setting that nobody had thought of when
// this was written may change the ids.
enum err tokenizer_json_check_rest(const struct tokenizer_json_source *s, const char *where,
                                   json_t *object, const char *const *known);

// tokenizer_json_vocab_id returns the id of a name in the vocabulary, or -1.
json_int_t tokenizer_json_vocab_id(const struct tokenizer_json_source *s, const char *name);

// tokenizer_json_merge sets the two names of merge i, which is "left right" or ["left", "right"].
// They live as long as s->memory is not reset, which this does first.
enum err tokenizer_json_merge(const struct tokenizer_json_source *s, size_t i, const json_t *merge,
                              const char **left, const char **right);

// tokenizer_json_added sets *text to what added token i says and *id to its id; it refuses settings
// of it that are neither known nor off.
enum err tokenizer_json_added(const struct tokenizer_json_source *s, size_t i, json_t *token,
                              const char **text, json_int_t *id);

// tokenizer_json_check_order refuses added tokens that are looked for in different passes and can
// overlap.
enum err tokenizer_json_check_order(const struct tokenizer_json_source *s, const json_t *added,
                                    const char *const *text);

// tokenizer_json_is_sentencepiece says whether the file describes one;
// tokenizer_json_read_sentencepiece reads it.
int tokenizer_json_is_sentencepiece(const struct tokenizer_json_source *s);
enum err tokenizer_json_read_sentencepiece(const struct tokenizer_json_source *s,
                                           struct tokenizer **t);

// tokenizer_json_write_added writes one entry of added_tokens.
void tokenizer_json_write_added(struct output *o, int32_t id, const char *text, int normalized,
                                int first);

// tokenizer_json_write_sentencepiece writes all of the file.
void tokenizer_json_write_sentencepiece(struct output *o, const struct sentencepiece *v);

#endif
