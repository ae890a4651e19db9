// What of tokenizer_json is for sentencepiece only.
#include <stdlib.h>
#include <string.h>

#include "tokenizer_json_parts.h"

// FORMS: how each prefix is said: by what normalizes, or by what cuts.  The first of its kind is
// written.
static const struct form {
    enum sentencepiece_prefix prefix;
    const char *normalizer, *pre_tokenizer;
} FORMS[] = {
    {PREFIX_EVERY,
     "{\n    \"type\": \"Sequence\",\n    \"normalizers\": [\n"
     "      {\n        \"type\": \"Prepend\",\n        \"prepend\": \"▁\"\n      },\n"
     "      {\n        \"type\": \"Replace\",\n        \"pattern\": {\n"
     "          \"String\": \" \"\n        },\n        \"content\": \"▁\"\n      }\n    ]\n  }",
     "null"},
    {PREFIX_NEVER,
     "{\n    \"type\": \"Sequence\",\n    \"normalizers\": [\n"
     "      {\n        \"type\": \"Replace\",\n        \"pattern\": {\n"
     "          \"String\": \" \"\n        },\n        \"content\": \"▁\"\n      }\n    ]\n  }",
     "null"},
    {PREFIX_MISSING, "null",
     "{\n    \"type\": \"Metaspace\",\n    \"replacement\": \"▁\",\n"
     "    \"prepend_scheme\": \"always\",\n    \"split\": false\n  }"},
    {PREFIX_FIRST, "null",
     "{\n    \"type\": \"Metaspace\",\n    \"replacement\": \"▁\",\n"
     "    \"prepend_scheme\": \"first\",\n    \"split\": false\n  }"},
    {PREFIX_NEVER, "null",
     "{\n    \"type\": \"Metaspace\",\n    \"replacement\": \"▁\",\n"
     "    \"prepend_scheme\": \"never\",\n    \"split\": false\n  }"},
};

// The decoder in two halves; the second takes the prefix away again, if there is one.
#define DECODER                                                                         \
    "{\n    \"type\": \"Sequence\",\n    \"decoders\": [\n"                             \
    "      {\n        \"type\": \"Replace\",\n        \"pattern\": {\n"                 \
    "          \"String\": \"▁\"\n        },\n        \"content\": \" \"\n      },\n" \
    "      {\n        \"type\": \"ByteFallback\"\n      },\n"                           \
    "      {\n        \"type\": \"Fuse\"\n      }"
#define DECODER_STRIP                                                         \
    ",\n      {\n        \"type\": \"Strip\",\n        \"content\": \" \",\n" \
    "        \"start\": 1,\n        \"stop\": 0\n      }"
#define DECODER_END "\n    ]\n  }"

static const char *decoder_for(enum sentencepiece_prefix prefix)
{
    return prefix == PREFIX_NEVER ? DECODER DECODER_END : DECODER DECODER_STRIP DECODER_END;
}

// --- reading ---------------------------------------------------------------------------------

// says tells whether v is what the JSON in `text` is; a missing v is null.
static int says(const json_t *v, const char *text)
{
    json_t *wanted = json_loads(text, JSON_DECODE_ANY, NULL);
    CHECK(wanted, "%s", text);
    int same = v ? json_equal(v, wanted) : json_is_null(wanted);
    json_decref(wanted);
    return same;
}

int tokenizer_json_is_sentencepiece(const struct tokenizer_json_source *s)
{
    return json_is_true(json_object_get(s->model, "byte_fallback"));
}

static enum err read_prefix(const struct tokenizer_json_source *s, struct sentencepiece_parts *p)
{
    const json_t *normalizer = json_object_get(s->root, "normalizer");
    const json_t *pre = json_object_get(s->root, "pre_tokenizer");
    const struct form *form = FORMS, *end = FORMS + sizeof FORMS / sizeof *FORMS;
    while (form < end && !(says(normalizer, form->normalizer) && says(pre, form->pre_tokenizer)))
        form++;
    if (form == end)
        return error_set(s->e, ERR_VALUE,
                         "%s: normalizer, pre_tokenizer: expected Llama's: Prepend and Replace, or "
                         "Metaspace without split",
                         s->path);
    p->prefix = form->prefix;
    if (says(json_object_get(s->root, "decoder"), decoder_for(p->prefix))) return ERR_NONE;
    return error_set(s->e, ERR_VALUE,
                     "%s: decoder: expected Llama's: Replace, ByteFallback, Fuse%s", s->path,
                     p->prefix == PREFIX_NEVER ? "" : ", Strip");
}

// read_bos sets p->bos: a template of one special token and the text, or of the text alone.
static enum err read_bos(const struct tokenizer_json_source *s, struct sentencepiece_parts *p)
{
    static const char text[] = "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}";
    const json_t *post = json_object_get(s->root, "post_processor");
    p->bos = -1;
    if (tokenizer_json_off(post)) return ERR_NONE;
    const char *type = json_string_value(json_object_get(post, "type"));
    const json_t *single = json_object_get(post, "single");
    size_t n = json_array_size(single);
    int known = type && strcmp(type, "TemplateProcessing") == 0 && (n == 1 || n == 2) &&
                says(json_array_get(single, n - 1), text);
    if (known && n == 1) return ERR_NONE;
    const json_t *special = json_object_get(json_array_get(single, 0), "SpecialToken");
    const char *name = json_string_value(json_object_get(special, "id"));
    const json_t *ids = json_object_get(
        name ? json_object_get(json_object_get(post, "special_tokens"), name) : NULL, "ids");
    const json_t *id = json_array_get(ids, 0);
    if (!known || json_array_size(ids) != 1 || !json_is_integer(id) || json_integer_value(id) < 0 ||
        json_integer_value(id) >= p->V)
        return error_set(s->e, ERR_VALUE,
                         "%s: post_processor: expected nothing, or a template that puts one token "
                         "before the text",
                         s->path);
    p->bos = (int32_t)json_integer_value(id);
    return ERR_NONE;
}

// put notes that id is called `name`.
static enum err put(const struct tokenizer_json_source *s, const struct sentencepiece_parts *p,
                    const char **piece, json_int_t id, const char *name)
{
    if (id >= 0 && id < p->V && (!piece[id] || strcmp(piece[id], name) == 0)) {
        piece[id] = name;
        return ERR_NONE;
    }
    return error_set(
        s->e, ERR_VALUE,
        "%s: \"%s\" in model.vocab or added_tokens: expected each id from 0 to %d once", s->path,
        name, p->V - 1);
}

// read_pieces sets p->piece and p->special; `scratch` outlives s->memory's resets.
static enum err read_pieces(const struct tokenizer_json_source *s, struct arena *scratch,
                            struct sentencepiece_parts *p)
{
    const json_t *added = json_object_get(s->root, "added_tokens");
    size_t specials = json_array_size(added), V = json_object_size(s->vocab);
    const char **text = arena_alloc(scratch, (specials + 1) * sizeof *text);
    json_int_t *id = arena_alloc(scratch, (specials + 1) * sizeof *id);
    struct sentencepiece_special *special = arena_alloc(scratch, (specials + 1) * sizeof *special);
    enum err code = ERR_NONE;
    for (size_t i = 0; i < specials && !code; i++) {
        json_t *token = json_array_get(added, i);
        code = tokenizer_json_added(s, i, token, &text[i], &id[i]);
        if (!code) V += json_object_get(s->vocab, text[i]) == NULL;
        if (!code && (id[i] < 0 || id[i] > INT32_MAX))
            code =
                error_set(s->e, ERR_VALUE, "%s: added_tokens[%zu].id: expected an id", s->path, i);
        if (!code)
            special[i] = (struct sentencepiece_special){
                (int32_t)id[i], !tokenizer_json_off(json_object_get(token, "normalized"))};
    }
    if (!code) code = tokenizer_json_check_order(s, added, text);
    if (!code && (V == 0 || V > INT32_MAX))
        code = error_set(s->e, ERR_VALUE, "%s: model.vocab: expected tokens", s->path);
    if (code) return code;
    const char **piece = arena_alloc(scratch, V * sizeof *piece), *key;
    for (size_t i = 0; i < V; i++) piece[i] = NULL;
    p->V = (int32_t)V, p->piece = piece;
    p->specials = (int32_t)specials, p->special = special;
    json_t *value;
    json_object_foreach(s->vocab, key, value)
    {
        if (!code) code = put(s, p, piece, tokenizer_json_vocab_id(s, key), key);
    }
    for (size_t i = 0; i < specials && !code; i++) code = put(s, p, piece, id[i], text[i]);
    return code;
}

static enum err read_merges(const struct tokenizer_json_source *s, struct arena *scratch,
                            struct sentencepiece_parts *p)
{
    const json_t *merges = json_object_get(s->model, "merges");
    size_t M = json_array_size(merges);
    if (M > INT32_MAX / 2) return error_set(s->e, ERR_VALUE, "%s: model.merges: too many", s->path);
    int32_t *merge = arena_alloc(scratch, (2 * M + 1) * sizeof *merge);
    for (size_t i = 0; i < M; i++) {
        const char *name[2];
        enum err code = tokenizer_json_merge(s, i, json_array_get(merges, i), &name[0], &name[1]);
        if (code) return code;
        for (int k = 0; k < 2; k++) {
            json_int_t id = tokenizer_json_vocab_id(s, name[k]);
            if (id < 0)
                return error_set(s->e, ERR_VALUE,
                                 "%s: model.merges[%zu]: \"%s\" is not in model.vocab", s->path, i,
                                 name[k]);
            merge[2 * i + (size_t)k] = (int32_t)id;
        }
    }
    p->merges = (int32_t)M, p->merge = merge;
    return ERR_NONE;
}

static enum err read_parts(const struct tokenizer_json_source *s, struct arena *scratch,
                           struct sentencepiece_parts *p)
{
    static const char *const root[] = {
        "version",        "added_tokens", "normalizer", "pre_tokenizer",
        "post_processor", "decoder",      "model",      NULL};
    static const char *const model[] = {"type",     "vocab",         "merges", "unk_token",
                                        "fuse_unk", "byte_fallback", NULL};
    enum err code = tokenizer_json_check_rest(s, "", s->root, root);
    if (!code) code = tokenizer_json_check_rest(s, "model.", s->model, model);
    if (!code) code = read_prefix(s, p);
    if (!code) code = read_pieces(s, scratch, p);
    if (!code) code = read_bos(s, p);
    if (!code) code = read_merges(s, scratch, p);
    if (code) return code;
    const json_t *unk = json_object_get(s->model, "unk_token");
    json_int_t id = json_is_string(unk) ? tokenizer_json_vocab_id(s, json_string_value(unk)) : -1;
    if (!tokenizer_json_off(unk) && id < 0)
        return error_set(s->e, ERR_VALUE, "%s: model.unk_token: expected a token", s->path);
    p->unk = (int32_t)id;
    return ERR_NONE;
}

enum err tokenizer_json_read_sentencepiece(const struct tokenizer_json_source *s,
                                           struct tokenizer **t)
{
    struct sentencepiece_parts parts = {.V = 0};
    struct sentencepiece *v;
    struct arena *scratch = arena_new();
    enum err code = read_parts(s, scratch, &parts);
    if (!code) code = error_in(s->e, sentencepiece_new(&parts, &v, s->e), s->path);
    arena_free(scratch);
    if (!code) *t = tokenizer_of_sentencepiece(v);
    return code;
}

// --- writing ---------------------------------------------------------------------------------

static void write_text(struct output *o, const char *text)
{
    output_print(o, "\"");
    json_write_part(o, strlen(text), text);
    output_print(o, "\"");
}

// write_turn writes a token and a text behind it, as a template has them.
static void write_turn(struct output *o, const char *bos, const char *text, int type)
{
    output_print(o, "      {\n        \"SpecialToken\": {\n          \"id\": ");
    write_text(o, bos);
    output_print(o,
                 ",\n          \"type_id\": %d\n        }\n      },\n      {\n"
                 "        \"Sequence\": {\n          \"id\": \"%s\",\n"
                 "          \"type_id\": %d\n        }\n      }",
                 type, text, type);
}

static void write_bos(struct output *o, const struct sentencepiece *v)
{
    int32_t id = sentencepiece_bos(v);
    if (id < 0) {
        output_print(o, "  \"post_processor\": null,\n");
        return;
    }
    const char *bos = sentencepiece_piece(v, id);
    output_print(o, "  \"post_processor\": {\n    \"type\": \"TemplateProcessing\",\n"
                    "    \"single\": [\n");
    write_turn(o, bos, "A", 0);
    output_print(o, "\n    ],\n    \"pair\": [\n");
    write_turn(o, bos, "A", 0);
    output_print(o, ",\n");
    write_turn(o, bos, "B", 1);
    output_print(o, "\n    ],\n    \"special_tokens\": {\n      ");
    write_text(o, bos);
    output_print(o, ": {\n        \"id\": ");
    write_text(o, bos);
    output_print(o,
                 ",\n        \"ids\": [\n          %d\n        ],\n        \"tokens\": [\n"
                 "          ",
                 id);
    write_text(o, bos);
    output_print(o, "\n        ]\n      }\n    }\n  },\n");
}

static void write_model(struct output *o, const struct sentencepiece *v)
{
    output_print(o, "  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n"
                    "    \"unk_token\": ");
    if (sentencepiece_unk(v) < 0)
        output_print(o, "null");
    else
        write_text(o, sentencepiece_piece(v, sentencepiece_unk(v)));
    output_print(o, ",\n    \"continuing_subword_prefix\": null,\n"
                    "    \"end_of_word_suffix\": null,\n    \"fuse_unk\": true,\n"
                    "    \"byte_fallback\": true,\n    \"ignore_merges\": false,\n"
                    "    \"vocab\": {");
    for (int32_t id = 0; id < sentencepiece_size(v); id++) {
        output_print(o, "%s\n      ", id > 0 ? "," : "");
        write_text(o, sentencepiece_piece(v, id));
        output_print(o, ": %d", id);
    }
    output_print(o, "\n    },\n    \"merges\": [");
    int32_t merges = sentencepiece_merges(v);
    for (int32_t i = 0; i < merges; i++) {
        int32_t pair[2];
        sentencepiece_merge(v, i, &pair[0], &pair[1]);
        output_print(o, "%s\n      \"", i > 0 ? "," : "");
        for (int k = 0; k < 2; k++) {
            const char *piece = sentencepiece_piece(v, pair[k]);
            json_write_part(o, strlen(piece), piece);
            output_print(o, k == 0 ? " " : "\"");
        }
    }
    output_print(o, "%s]\n  }\n}\n", merges > 0 ? "\n    " : "");
}

void tokenizer_json_write_sentencepiece(struct output *o, const struct sentencepiece *v)
{
    const struct form *form = FORMS;
    while (form->prefix != sentencepiece_prefix(v)) form++;
    int32_t specials = sentencepiece_specials(v);
    output_print(o, "  \"added_tokens\": [");
    for (int32_t i = 0; i < specials; i++) {
        struct sentencepiece_special x = sentencepiece_special(v, i);
        tokenizer_json_write_added(o, x.id, sentencepiece_piece(v, x.id), x.prefixed, i == 0);
    }
    output_print(o, "%s],\n", specials > 0 ? "\n  " : "");
    output_print(o, "  \"normalizer\": %s,\n  \"pre_tokenizer\": %s,\n", form->normalizer,
                 form->pre_tokenizer);
    write_bos(o, v);
    output_print(o, "  \"decoder\": %s,\n", decoder_for(sentencepiece_prefix(v)));
    write_model(o, v);
}
