// tokenizer_json: both kinds written and read back, foreign layouts, and every refusal.
#include "tokenizer_json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "file.h"
#include "hash.h"
#include "sentencepiece.h"
#include "vocab.h"

static char directory[] = "/tmp/tokenizer_json-XXXXXX";
static char path[64], other[64];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/a.json", directory);
    snprintf(other, sizeof other, "%s/b.json", directory);
}

static void end(void)
{
    unlink(path);
    unlink(other);
    rmdir(directory);
}

TestSuite(tokenizer_json, .init = begin, .fini = end);

static struct tokenizer *of_chars(const char *text)
{
    struct chars *c;
    cr_assert_eq(chars_new(strlen(text), text, &c, NULL), ERR_NONE);
    return tokenizer_of_chars(c);
}

static struct tokenizer *of_bpe(int specials, const char *const *special)
{
    static const int32_t merge[] = {220, 83, 256, 71, 1, 59, 172, 253};  // " t", " th", "\"\\", …
    struct vocab *b;
    struct error e;
    cr_assert_eq(vocab_new(4, merge, specials, special, &b, &e), ERR_NONE, "%s", e.text);
    return tokenizer_of_bpe(b);
}

static void write_to(const char *to, struct tokenizer *t)
{
    struct error e;
    cr_assert_eq(tokenizer_json_write(to, t, &e), ERR_NONE, "%s", e.text);
    tokenizer_free(t);
}

static struct tokenizer *read_from(const char *from)
{
    struct tokenizer *t;
    struct error e;
    cr_assert_eq(tokenizer_json_read(from, &t, &e), ERR_NONE, "%s", e.text);
    return t;
}

static char *contents(const char *of)
{
    char *text;
    size_t size;
    cr_assert_eq(file_read(of, &text, &size, NULL), ERR_NONE);
    return text;
}

static void put(const char *text)
{
    FILE *f = fopen(path, "wb");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(text, 1, strlen(text), f), strlen(text));
    cr_assert_eq(fclose(f), 0);
}

// replace writes the file again with the one occurrence of `from` replaced by `to`.
static void replace(const char *from, const char *to)
{
    char *text = contents(path), *at = strstr(text, from);
    cr_assert_not_null(at, "no %s", from);
    cr_assert_null(strstr(at + 1, from), "two %s", from);
    char *changed = malloc(strlen(text) + strlen(to) + 1);
    sprintf(changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    put(changed);
    free(changed);
    free(text);
}

static void expect_ids(const struct tokenizer *t, const char *text, size_t n,
                       const int32_t *expected)
{
    int32_t *ids;
    size_t count;
    cr_assert_eq(tokenizer_encode(t, strlen(text), text, &ids, &count, NULL), ERR_NONE);
    cr_assert_eq(count, n);
    for (size_t i = 0; i < n; i++) cr_assert_eq(ids[i], expected[i], "id %zu is %d", i, ids[i]);
    free(ids);
}

static void expect_same_file_again(void)
{
    write_to(other, read_from(path));
    char *one = contents(path), *two = contents(other);
    cr_assert_str_eq(one, two);
    free(one);
    free(two);
}

static const char *const SPECIALS[] = {VOCAB_END_OF_TEXT, "<\"\n\\>"};

Test(tokenizer_json, bpe_comes_back)
{
    static const int32_t expected[] = {257, 68, 0, 260, 258, 259, 247, 224, 261, 198};
    write_to(path, of_bpe(2, SPECIALS));
    struct tokenizer *t = read_from(path);
    cr_assert_eq(tokenizer_vocab(t), 262);
    cr_assert_eq(vocab_merges(tokenizer_bpe(t)), 4);
    expect_ids(t, " the!<|endoftext|>\"\\🙂<\"\n\\>\n", 10, expected);
    tokenizer_free(t);
    expect_same_file_again();
}

Test(tokenizer_json, chars_come_back)
{
    static const int32_t expected[] = {2, 1, 0, 5, 4, 3};
    write_to(path, of_chars("\"\n\x01\\aж"));
    struct tokenizer *t = read_from(path);
    cr_assert_not_null(tokenizer_chars(t));
    cr_assert_eq(tokenizer_vocab(t), 6);
    expect_ids(t, "\"\n\x01жa\\", 6, expected);
    tokenizer_free(t);
    expect_same_file_again();
}

// The same bytes on every machine.  Hugging Face tokenizers 0.23.3 reads these two files and gives
// the ids of the two tests above.
Test(tokenizer_json, the_bytes_are_fixed)
{
    write_to(path, of_bpe(2, SPECIALS));
    char *text = contents(path);
    cr_assert_eq(hash_bytes(text, strlen(text)), 0x589DE1CC9119A116u, "0x%016llX",
                 (unsigned long long)hash_bytes(text, strlen(text)));
    free(text);
    write_to(path, of_chars("\"\n\x01\\aж"));
    text = contents(path);
    cr_assert_eq(hash_bytes(text, strlen(text)), 0x3DFE60149F22DDD2u, "0x%016llX",
                 (unsigned long long)hash_bytes(text, strlen(text)));
    free(text);
}

Test(tokenizer_json, other_layouts_of_the_same_are_read)
{
    static const int32_t expected[] = {257, 260};
    static const char *const edits[][2] = {
        {"\"type\": \"BPE\",", ""},
        {"\"\xC4\xA0t h\"", "[\"\xC4\xA0t\", \"h\"]"},
        {"\"continuing_subword_prefix\": null", "\"continuing_subword_prefix\": \"\""},
        {"\"dropout\": null", "\"dropout\": 0.0"},
        {"\"unk_token\": null", "\"unk_token\": \"<|endoftext|>\""},
        {"\"byte_fallback\": false,", ""},
        {"\"post_processor\": null", "\"post_processor\": {\"type\": \"ByteLevel\"}"},
        {"\"normalized\": false", "\"normalized\": true"},
        {"\"special\": true", "\"special\": false"},
        {",\n      \"<|endoftext|>\": 260", ""},  // in added_tokens only
        {"\"version\": \"1.0\"", "\"version\": \"1.0\", \"from_the_future\": null"},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        write_to(path, of_bpe(1, SPECIALS));
        replace(edits[i][0], edits[i][1]);
        struct tokenizer *t = read_from(path);
        expect_ids(t, " th<|endoftext|>", 2, expected);
        tokenizer_free(t);
    }
}

static void expect_refusal(enum err expected, const char *says, const char *of)
{
    struct tokenizer *t = (struct tokenizer *)&(char){0}, *before = t;
    struct error e = {0};
    enum err code = tokenizer_json_read(path, &t, &e);
    cr_assert_eq(code, expected, "%s: error %d: %s", of, (int)code, e.text);
    cr_assert_eq(e.code, expected);
    cr_assert_eq(strncmp(e.text, path, strlen(path)), 0, "%s: no file named: %s", of, e.text);
    cr_assert_not_null(strstr(e.text, says), "%s: expected \"%s\" in: %s", of, says, e.text);
    cr_assert_null(strchr(e.text, '\n'), "%s", of);
    cr_assert_eq(t, before);
}

struct refusal {
    const char *from, *to;
    enum err code;
    const char *says;
};

static void expect_refusals(size_t n, const struct refusal *cases, struct tokenizer *(*make)(void))
{
    for (size_t i = 0; i < n; i++) {
        write_to(path, make());
        replace(cases[i].from, cases[i].to);
        expect_refusal(cases[i].code, cases[i].says, cases[i].to);
    }
}

static struct tokenizer *some_bpe(void)
{
    return of_bpe(1, SPECIALS);
}

static struct tokenizer *some_chars(void)
{
    return of_chars("abж");
}

Test(tokenizer_json, bpe_refusals)
{
    static const struct refusal cases[] = {
        {"\"type\": \"BPE\"", "\"type\": \"WordPiece\"", ERR_VALUE, "model.type: expected \"BPE\""},
        {"\"type\": \"BPE\"", "\"type\": null", ERR_VALUE, "model.type"},
        {"\"dropout\": null", "\"dropout\": 0.1", ERR_VALUE, "model.dropout"},
        {"\"dropout\": null", "\"dropout\": {}", ERR_VALUE, "model.dropout"},
        {"\"ignore_merges\": false", "\"ignore_merges\": true", ERR_VALUE, "model.ignore_merges"},
        {"\"end_of_word_suffix\": null", "\"end_of_word_suffix\": \"_\"", ERR_VALUE, "_suffix"},
        {"\"dropout\": null", "\"from_the_future\": 1", ERR_VALUE, "model.from_the_future"},
        {"\"truncation\": null", "\"truncation\": {\"max_length\": 9}", ERR_VALUE, "truncation"},
        {"\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}", ERR_VALUE, "normalizer"},
        {"\"post_processor\": null", "\"post_processor\": {\"type\": \"BertProcessing\"}",
         ERR_VALUE, "post_processor.type"},
        {"  },\n  \"post_processor\"", "  ,\"add_prefix_space\": true},\n  \"post_processor\"",
         ERR_FORMAT, "line "},  // the key is there already
        {"\"pre_tokenizer\": {\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": false",
         "\"pre_tokenizer\": {\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": true",
         ERR_VALUE, "pre_tokenizer.add_prefix_space"},
        {"\"pre_tokenizer\": {\n    \"type\": \"ByteLevel\"",
         "\"pre_tokenizer\": {\n    \"type\": \"Whitespace\"", ERR_VALUE, "pre_tokenizer.type"},
        {"\"use_regex\": true\n  },\n  \"post", "\"use_regex\": false\n  },\n  \"post", ERR_VALUE,
         "pre_tokenizer.use_regex"},
        {"\"decoder\": {\n    \"type\": \"ByteLevel\"", "\"decoder\": {\n    \"type\": \"Fuse\"",
         ERR_VALUE, "decoder.type"},
        {"\"!\": 0", "\"!\": 1", ERR_VALUE, "expected \"!\" with id 0"},
        {"\"!\": 0", "\"!\": 0.0", ERR_VALUE, "expected \"!\" with id 0"},
        {"\"~\": 93,", "", ERR_VALUE, "expected \"~\" with id 93"},
        {"\"\xC4\xA0th\": 257", "\"\xC4\xA0th\": 300", ERR_VALUE, "model.merges[1]"},
        {"\"\xC4\xA0t h\"", "\"\xC4\xA0th h\"", ERR_VALUE, "model.merges[1]"},
        {"\"\xC4\xA0t h\"", "\"\xC4\xA0t nobody\"", ERR_VALUE, "model.merges[1]"},
        {"\"\xC4\xA0t h\"", "\"\xC4\xA0t\"", ERR_FORMAT, "model.merges[1]: expected two names"},
        {"\"\xC4\xA0t h\"", "[\"\xC4\xA0t\"]", ERR_FORMAT, "model.merges[1]: expected two names"},
        {"\"\xC4\xA0t h\"", "[\"\xC4\xA0t\",\"h\",\"h\"]", ERR_FORMAT, "model.merges[1]"},
        {"\"\xC4\xA0t h\"", "7", ERR_FORMAT, "model.merges[1]: expected two names"},
        {"\"!\": 0,", "\"!\": 0, \"another\": 5,", ERR_VALUE, "found 262 tokens"},
        {"\"id\": 260", "\"id\": 261", ERR_VALUE, "added_tokens[0].id: expected 260"},
        {"\"<|endoftext|>\": 260", "\"<|endoftext|>\": 261", ERR_VALUE, "added_tokens[0].id"},
        {"\"content\": \"<|endoftext|>\"", "\"content\": \"\"", ERR_VALUE, "model.vocab: expected"},
        {"\"content\": \"<|endoftext|>\"", "\"content\": 5", ERR_FORMAT,
         "added_tokens[0].id, cont"},
        {"\"lstrip\": false", "\"lstrip\": true", ERR_VALUE, "added_tokens[0].lstrip"},
        {"\"single_word\": false", "\"single_word\": true", ERR_VALUE, "added_tokens[0].single"},
        {"\"version\"", "\"version\": [", ERR_FORMAT, "line 2, byte "},
        {"\"vocab\": {", "\"vocab\": [], \"rest\": {", ERR_FORMAT, "model.vocab: expected an obj"},
        {"\"merges\": [", "\"merges\": {}, \"rest\": [", ERR_FORMAT, "model.merges: expected an a"},
        {"\"added_tokens\": [", "\"added_tokens\": 1, \"rest\": [", ERR_FORMAT, "added_tokens"},
        {"\"model\": {", "\"mode\": {", ERR_FORMAT, "model: expected an object"},
    };
    expect_refusals(sizeof cases / sizeof *cases, cases, some_bpe);
}

Test(tokenizer_json, chars_refusals)
{
    static const struct refusal cases[] = {
        {"\"a\": 0", "\"a\": 1", ERR_VALUE, "expected each id from 0 to 2 once"},
        {"\"a\": 0", "\"a\": -1", ERR_VALUE, "expected each id from 0 to 2 once"},
        {"\"a\": 0", "\"a\": 3", ERR_VALUE, "expected each id from 0 to 2 once"},
        {"\"a\": 0", "\"ab\": 0", ERR_VALUE, "expected single characters in ascending order"},
        {"\"a\": 0", "\"c\": 0", ERR_VALUE, "expected single characters in ascending order"},
        {"\"a\": 0", "\"\": 0", ERR_VALUE, "expected single characters in ascending order"},
        {"\"merges\": []", "\"merges\": [\"a b\"]", ERR_VALUE, "model.merges"},
        {"\"unk_token\": null", "\"unk_token\": \"a\"", ERR_VALUE, "model.unk_token"},
        {"\"type\": \"Fuse\"", "\"type\": \"ByteLevel\"", ERR_VALUE,
         "decoder.type: expected \"Fuse"},
        {"\"added_tokens\": []", "\"added_tokens\": [{\"id\": 3, \"content\": \"<>\"}]", ERR_VALUE,
         "added_tokens: expected nothing"},
    };
    expect_refusals(sizeof cases / sizeof *cases, cases, some_chars);
    put("{\"model\": {\"vocab\": {}, \"merges\": []}, \"decoder\": {\"type\": \"Fuse\"}}");
    expect_refusal(ERR_VALUE, "model.vocab", "no characters");
}

Test(tokenizer_json, special_texts_that_overlap_are_read_in_one_order_only)
{
    static const char *const special[] = {"<<a", "a>>", "bb"};
    static const int32_t expected[] = {260, 29, 29, 262};
    write_to(path, of_bpe(3, special));
    replace("\"content\": \"bb\",\n      \"single_word\": false,\n      \"lstrip\": false,\n"
            "      \"rstrip\": false,\n      \"normalized\": false",
            "\"content\": \"bb\", \"normalized\": true");
    struct tokenizer *t = read_from(path);
    expect_ids(t, "<<a>>bb", 4, expected);
    tokenizer_free(t);
    replace("\"content\": \"a>>\",\n      \"single_word\": false,\n      \"lstrip\": false,\n"
            "      \"rstrip\": false,\n      \"normalized\": false",
            "\"content\": \"a>>\", \"normalized\": true");
    expect_refusal(ERR_VALUE, "added_tokens[1].normalized", "overlap");
}

Test(tokenizer_json, what_is_no_file_or_no_json)
{
    expect_refusal(ERR_IO, "", "missing");
    static const char *const bad[] = {"",  "{", "[]", "null", "\"model\"", "{\"a\": \"\xFF\"}",
                                      "{}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put(bad[i]);
        expect_refusal(ERR_FORMAT, "expected", bad[i]);
    }
}

Test(tokenizer_json, write_refuses_what_it_could_not_read_back)
{
    static const char *const the[] = {VOCAB_END_OF_TEXT, "\xC4\xA0th"};
    struct error e;
    struct tokenizer *t = of_bpe(2, the);
    cr_assert_eq(tokenizer_json_write(path, t, &e), ERR_VALUE);
    cr_assert_not_null(strstr(e.text, "special token 261 reads like the name of token 257"));
    tokenizer_free(t);
    struct chars *c;
    cr_assert_eq(chars_new(2, "a", &c, NULL), ERR_NONE);
    t = tokenizer_of_chars(c);
    cr_assert_eq(tokenizer_json_write(path, t, &e), ERR_VALUE);
    cr_assert_eq(file_exists(path), 0);
    char nowhere[96];
    snprintf(nowhere, sizeof nowhere, "%s/none/a.json", directory);
    tokenizer_free(t);
    t = some_chars();
    cr_assert_eq(tokenizer_json_write(nowhere, t, &e), ERR_IO);
    tokenizer_free(t);
}

// --- sentencepiece ---------------------------------------------------------------------------

static struct tokenizer *some_sentencepiece(void)
{
    return read_from(GOLDEN "/llama/tokenizer.json");
}

Test(tokenizer_json, sentencepiece_comes_back)
{
    write_to(path, some_sentencepiece());
    expect_same_file_again();
    struct tokenizer *t = read_from(path);
    cr_assert_eq(tokenizer_vocab(t), 420);
    cr_assert_eq(tokenizer_bos(t), 1);
    cr_assert(tokenizer_is_special(t, 0) && tokenizer_is_special(t, 2));
    tokenizer_free(t);
    // Hugging Face tokenizers 0.23.3 reads this file and gives the ids of tests/golden/llama.
    char *text = contents(path);
    cr_assert_eq(hash_bytes(text, strlen(text)), 0xB93AFE13E73DBD96u, "0x%016llX",
                 (unsigned long long)hash_bytes(text, strlen(text)));
    free(text);
}

#define PREPEND "      {\n        \"type\": \"Prepend\",\n        \"prepend\": \"▁\"\n      },\n"
#define NORMALIZER                                                                                  \
    "\"normalizer\": {\n    \"type\": \"Sequence\",\n    \"normalizers\": [\n" PREPEND              \
    "      {\n        \"type\": \"Replace\",\n        \"pattern\": {\n"                             \
    "          \"String\": \" \"\n        },\n        \"content\": \"▁\"\n      }\n    ]\n  },\n" \
    "  \"pre_tokenizer\": null"
#define STRIP                                                                 \
    ",\n      {\n        \"type\": \"Strip\",\n        \"content\": \" \",\n" \
    "        \"start\": 1,\n        \"stop\": 0\n      }"
#define METASPACE(scheme)                                                                           \
    "\"normalizer\": null, \"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"▁\", " \
    "\"prepend_scheme\": \"" scheme "\", \"split\": false}"

Test(tokenizer_json, other_prefixes_are_read_and_come_back)
{
    static const struct {
        const char *from, *to, *strip;
        enum sentencepiece_prefix prefix;
    } cases[] = {
        {PREPEND, "", "", PREFIX_NEVER},
        {NORMALIZER, METASPACE("first"), STRIP, PREFIX_FIRST},
        {NORMALIZER, METASPACE("always"), STRIP, PREFIX_MISSING},
        {NORMALIZER, METASPACE("never"), "", PREFIX_NEVER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_to(path, some_sentencepiece());
        replace(cases[i].from, cases[i].to);
        replace(STRIP, cases[i].strip);
        struct tokenizer *t = read_from(path);
        cr_assert_eq(sentencepiece_prefix(tokenizer_sentencepiece(t)), cases[i].prefix);
        write_to(path, t);
        t = read_from(path);
        cr_assert_eq(sentencepiece_prefix(tokenizer_sentencepiece(t)), cases[i].prefix);
        tokenizer_free(t);
        expect_same_file_again();
    }
}

Test(tokenizer_json, other_layouts_of_the_same_sentencepiece)
{
    static const char *const edits[][2] = {
        {"\"type\": \"BPE\",", ""},
        {"\"fuse_unk\": true", "\"fuse_unk\": false"},
        {"\"▁ t\"", "[\"▁\", \"t\"]"},
        {"\n      \"<unk>\": 0,", ""},  // in added_tokens only
        {"\"unk_token\": \"<unk>\"", "\"unk_token\": null"},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        write_to(path, some_sentencepiece());
        if (strstr(edits[i][0], "<unk>\": 0"))
            replace("\"unk_token\": \"<unk>\"", "\"unk_token\": null");
        replace(edits[i][0], edits[i][1]);
        struct tokenizer *t = read_from(path);
        cr_assert_eq(tokenizer_vocab(t), 420);
        tokenizer_free(t);
    }
    // A template of the text alone, which puts nothing before it.
    write_to(path, some_sentencepiece());
    replace("\"single\": [\n      {\n        \"SpecialToken\": {\n          \"id\": \"<s>\",\n"
            "          \"type_id\": 0\n        }\n      },\n",
            "\"single\": [");
    struct tokenizer *t = read_from(path);
    cr_assert_eq(tokenizer_bos(t), -1);
    write_to(path, t);
    t = read_from(path);
    cr_assert_eq(tokenizer_bos(t), -1);
    tokenizer_free(t);
}

Test(tokenizer_json, sentencepiece_refusals)
{
    static const struct refusal cases[] = {
        {"\"prepend\": \"▁\"", "\"prepend\": \"_\"", ERR_VALUE, "normalizer, pre_tokenizer: expec"},
        {"\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"Split\"}", ERR_VALUE,
         "normalizer, pre_tokenizer: expected Llama's"},
        {NORMALIZER, "\"normalizer\": null", ERR_VALUE, "normalizer, pre_tokenizer: expected Llam"},
        {STRIP, "", ERR_VALUE, "decoder: expected Llama's: Replace, ByteFallback, Fuse, Strip"},
        {PREPEND, "", ERR_VALUE, "decoder: expected Llama's: Replace, ByteFallback, Fuse"},
        {"TemplateProcessing", "BertProcessing", ERR_VALUE, "post_processor: expected nothing, or"},
        {"          1\n", "          1,\n          2\n", ERR_VALUE, "post_processor: expected not"},
        {"          1\n", "          420\n", ERR_VALUE, "post_processor: expected nothing, or"},
        {"          1\n", "          7\n", ERR_VALUE, "bos is id 7: expected a special token"},
        {"\"ignore_merges\": false", "\"ignore_merges\": true", ERR_VALUE, "model.ignore_merges"},
        {"\"dropout\": null", "\"dropout\": 0.1", ERR_VALUE, "model.dropout"},
        {"\"unk_token\": \"<unk>\"", "\"unk_token\": \"<unknown>\"", ERR_VALUE,
         "model.unk_token: expected a token"},
        {"\"truncation\": null", "\"truncation\": {\"max_length\": 9}", ERR_VALUE, "truncation"},
        {"\"<0x0A>\": 13", "\"<0x0a>\": 13", ERR_VALUE, "no piece is <0x0A>"},
        {"\"<0x0A>\": 13", "\"<0x0A>\": 14", ERR_VALUE, "expected each id from 0 to 419 once"},
        {"\"<0x0A>\": 13", "\"<0x0A>\": 420", ERR_VALUE, "expected each id from 0 to 419 once"},
        {"\"<0x0A>\": 13", "\"<0x0A>\": \"13\"", ERR_VALUE, "\"<0x0A>\" in model.vocab or"},
        {"\"▁ t\"", "\"▁t\"", ERR_FORMAT, "model.merges[2]: expected two names"},
        {"\"▁ t\"", "\"▁ nobody\"", ERR_VALUE, "model.merges[2]: \"nobody\" is not in model.vocab"},
        {"\"▁ t\"", "\"t ▁\"", ERR_VALUE, "merge 2 joins "},
        {"\"id\": 2,", "\"id\": 3,", ERR_VALUE, "expected each id from 0 to 419 once"},
        {"\"id\": 2,", "\"id\": -2,", ERR_VALUE, "added_tokens[2].id: expected an id"},
        {"\"content\": \"</s>\"", "\"content\": 7", ERR_FORMAT, "added_tokens[2].id, content"},
    };
    expect_refusals(sizeof cases / sizeof *cases, cases, some_sentencepiece);
}
