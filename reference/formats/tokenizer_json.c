#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "tokenizer_json_parts.h"
#include "vocab.h"

static void write_name(struct output *o, const struct vocab *v, int32_t id)
{
    char *name = vocab_name(v, id);
    json_write_part(o, strlen(name), name);
    free(name);
}

// can_hold refuses what would make two entries of the vocabulary one, or what our own reader
// could not take back: jansson knows no keys with a NUL in them.
static enum err can_hold(const char *path, const struct tokenizer *t, struct error *e)
{
    if (tokenizer_bpe(t)) return error_in(e, vocab_check_names(tokenizer_bpe(t), e), path);
    if (tokenizer_sentencepiece(t)) return ERR_NONE;
    size_t size;
    if (*chars_bytes(tokenizer_chars(t), 0, &size)) return ERR_NONE;
    return error_set(e, ERR_VALUE, "%s: the format cannot hold the character U+0000", path);
}

void tokenizer_json_write_added(struct output *o, int32_t id, const char *text, int normalized,
                                int first)
{
    output_print(o, "%s\n    {\n      \"id\": %d,\n      \"content\": \"", first ? "" : ",", id);
    json_write_part(o, strlen(text), text);
    output_print(o,
                 "\",\n      \"single_word\": false,\n      \"lstrip\": false,\n"
                 "      \"rstrip\": false,\n      \"normalized\": %s,\n"
                 "      \"special\": true\n    }",
                 normalized ? "true" : "false");
}

static void write_specials(struct output *o, const struct vocab *v)
{
    int32_t end = vocab_size(v), special = end - vocab_specials(v);
    output_print(o, "  \"added_tokens\": [");
    for (int32_t id = special; id < end; id++) {
        size_t size;
        tokenizer_json_write_added(o, id, vocab_bytes(v, id, &size), 0, id == special);
    }
    output_print(o, "%s],\n", end > special ? "\n  " : "");
}

static void write_vocab(struct output *o, const struct tokenizer *t)
{
    const struct vocab *v = tokenizer_bpe(t);
    output_print(o, "    \"vocab\": {");
    for (int32_t id = 0; id < tokenizer_vocab(t); id++) {
        size_t size;
        const char *bytes = tokenizer_bytes(t, id, &size);
        output_print(o, "%s\n      \"", id > 0 ? "," : "");
        if (v)
            write_name(o, v, id);
        else
            json_write_part(o, size, bytes);
        output_print(o, "\": %d", id);
    }
    output_print(o, "\n    },\n");
}

// Each merge is one string, its two names with a space between: old and new versions of Hugging
// Face's reader take that.
static void write_merges(struct output *o, const struct vocab *v)
{
    int merges = v ? vocab_merges(v) : 0;
    output_print(o, "    \"merges\": [");
    for (int i = 0; i < merges; i++) {
        int32_t left, right;
        vocab_merge(v, i, &left, &right);
        output_print(o, "%s\n      \"", i > 0 ? "," : "");
        write_name(o, v, left);
        output_print(o, " ");
        write_name(o, v, right);
        output_print(o, "\"");
    }
    output_print(o, "%s]\n", merges > 0 ? "\n    " : "");
}

enum err tokenizer_json_write(const char *path, const struct tokenizer *t, struct error *e)
{
    static const char byte_level[] =
        "{\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": false,\n"
        "    \"trim_offsets\": true,\n    \"use_regex\": true\n  }";
    const struct vocab *v = tokenizer_bpe(t);
    struct output *o;
    enum err code = can_hold(path, t, e);
    if (!code) code = output_open(path, &o, e);
    if (code) return code;
    output_print(o, "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n");
    if (tokenizer_sentencepiece(t)) {
        tokenizer_json_write_sentencepiece(o, tokenizer_sentencepiece(t));
        return output_commit(o, e);
    }
    if (v)
        write_specials(o, v);
    else
        output_print(o, "  \"added_tokens\": [],\n");
    output_print(o, "  \"normalizer\": null,\n  \"pre_tokenizer\": %s,\n", v ? byte_level : "null");
    output_print(o, "  \"post_processor\": null,\n  \"decoder\": %s,\n",
                 v ? byte_level : "{\n    \"type\": \"Fuse\"\n  }");
    output_print(o, "  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n"
                    "    \"unk_token\": null,\n    \"continuing_subword_prefix\": null,\n"
                    "    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n"
                    "    \"byte_fallback\": false,\n    \"ignore_merges\": false,\n");
    write_vocab(o, t);
    write_merges(o, v);
    output_print(o, "  }\n}\n");
    return output_commit(o, e);
}
