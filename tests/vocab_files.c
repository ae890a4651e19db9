// vocab_files: written and read back, Hugging Face's files and ids, GPT-2's where they are, and
// every refusal.
#include "vocab_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpe_fast_encode.h"
#include "bpe_fast_train.h"
#include "check.h"
#include "file.h"

static char directory[] = "/tmp/vocab_files-XXXXXX";
static char vocab_path[64], merges_path[64];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(vocab_path, sizeof vocab_path, "%s/%s", directory, VOCAB_JSON);
    snprintf(merges_path, sizeof merges_path, "%s/%s", directory, MERGES_TXT);
}

static void end(void)
{
    unlink(vocab_path);
    unlink(merges_path);
    rmdir(directory);
}

TestSuite(vocab_files, .init = begin, .fini = end);

static char *contents(const char *path)
{
    char *text;
    size_t size;
    struct error e;
    cr_assert_eq(file_read(path, &text, &size, &e), ERR_NONE, "%s", e.text);
    return text;
}

static struct vocab *read_from(const char *dir)
{
    struct vocab *v;
    struct error e;
    cr_assert_eq(vocab_files_read(dir, &v, &e), ERR_NONE, "%s", e.text);
    return v;
}

static void write_vocab(const struct vocab *v)
{
    struct error e;
    cr_assert_eq(vocab_files_write(directory, v, &e), ERR_NONE, "%s", e.text);
}

// write_three writes a vocabulary of three merges and two special tokens.
static void write_three(void)
{
    static const int32_t merge[] = {220, 83, 256, 71, 1, 59};  // " t", " th", "\"\\"
    static const char *const special[] = {VOCAB_END_OF_TEXT, "<\"\n\\>"};
    struct vocab *v;
    cr_assert_eq(vocab_new(3, merge, 2, special, &v, NULL), ERR_NONE);
    write_vocab(v);
    vocab_free(v);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(text, 1, strlen(text), f), strlen(text));
    cr_assert_eq(fclose(f), 0);
}

// replace writes a file again with the one occurrence of `from` replaced by `to`.
static void replace(const char *path, const char *from, const char *to)
{
    char *text = contents(path), *at = strstr(text, from);
    cr_assert_not_null(at, "no %s", from);
    cr_assert_null(strstr(at + 1, from), "two %s", from);
    char *changed = malloc(strlen(text) + strlen(to) + 1);
    cr_assert_not_null(changed);
    sprintf(changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    put(path, changed);
    free(changed);
    free(text);
}

static void expect_same(const struct vocab *a, const struct vocab *b)
{
    cr_assert_eq(vocab_size(a), vocab_size(b));
    cr_assert_eq(vocab_merges(a), vocab_merges(b));
    for (int i = 0; i < vocab_merges(a); i++) {
        int32_t left, right, other_left, other_right;
        vocab_merge(a, i, &left, &right);
        vocab_merge(b, i, &other_left, &other_right);
        cr_assert(left == other_left && right == other_right, "merge %d", i);
    }
    for (int32_t id = 0; id < vocab_size(a); id++) {
        size_t one, two;
        const char *bytes = vocab_bytes(a, id, &one), *other = vocab_bytes(b, id, &two);
        cr_assert(one == two && memcmp(bytes, other, one) == 0, "token %d", id);
    }
}

static int32_t *encode(const void *v, size_t size, const char *text, size_t *count)
{
    return bpe_fast_encode(v, size, text, count);
}

Test(vocab_files, what_is_written_comes_back)
{
    write_three();
    struct vocab *v = read_from(directory);
    cr_assert_eq(vocab_size(v), 261);
    cr_assert_eq(vocab_specials(v), 2);
    char *merges = contents(merges_path), *names = contents(vocab_path);
    cr_assert_str_eq(merges, "#version: 0.2\nĠ t\nĠt h\n\" \\\n");
    cr_assert_not_null(strstr(names, "{\"!\": 0, \"\\\"\": 1, \"#\": 2, "));
    cr_assert_not_null(strstr(names, ", \"\\\"\\\\\": 258, \"<|endoftext|>\": 259, "
                                     "\"<\\\"\\n\\\\>\": 260}"));
    write_vocab(v);
    struct vocab *again = read_from(directory);
    expect_same(v, again);
    free(merges);
    free(names);
    vocab_free(again);
    vocab_free(v);
}

Test(vocab_files, other_layouts_of_the_same_are_read)
{
    write_three();
    struct vocab *v = read_from(directory);
    // Without the line with the version, without the last line's end, letters escaped, entries in
    // another order.
    put(merges_path, "Ġ t\nĠt h\n\" \\");
    replace(vocab_path, "\"Ġth\": 257", "\"\\u0120th\" :\n257");
    replace(vocab_path, "\"!\": 0, ", "");
    replace(vocab_path, ": 260}", ": 260, \"!\": 0 }\n");
    struct vocab *other = read_from(directory);
    expect_same(v, other);
    vocab_free(other);
    vocab_free(v);
}

Test(vocab_files, bytes_alone_are_a_vocabulary)
{
    struct vocab *v;
    cr_assert_eq(vocab_new(0, NULL, 0, NULL, &v, NULL), ERR_NONE);
    write_vocab(v);
    struct vocab *again = read_from(directory);
    expect_same(v, again);
    put(merges_path, "");
    vocab_free(again);
    again = read_from(directory);
    expect_same(v, again);
    vocab_free(again);
    vocab_free(v);
}

Test(vocab_files, hugging_face_learns_the_same_and_encodes_the_same)
{
    static const char *const special[] = {VOCAB_END_OF_TEXT};
    struct vocab *v = read_from(GOLDEN "/bpe"), *ours;
    cr_assert_eq(vocab_size(v), 512);
    char *text = contents(GOLDEN "/bpe/text.txt");
    cr_assert_eq(bpe_fast_train(strlen(text), text, 512, 1, special, &ours, NULL), ERR_NONE);
    expect_same(v, ours);
    cr_assert_gt(check_golden_texts("bpe/ids.txt", encode, v), 70);
    free(text);
    vocab_free(ours);
    vocab_free(v);
}

// Not in our repository: where it is missing there is nothing to compare.
Test(vocab_files, gpt2s_own)
{
    static const char *const places[] = {"datasets/gpt2", "../shared/data/gpt2"};
    size_t i = 0;
    while (i < 2 && !file_is_directory(places[i])) i++;
    if (i == 2) cr_skip_test("not run: make datasets/gpt2");
    struct vocab *v = read_from(places[i]);
    cr_assert_eq(vocab_size(v), 50257);
    cr_assert_eq(vocab_specials(v), 1);
    cr_assert_gt(check_golden_texts("gpt2/ids.txt", encode, v), 70);
    write_vocab(v);
    char theirs[64];
    snprintf(theirs, sizeof theirs, "%s/%s", places[i], MERGES_TXT);
    char *a = contents(theirs), *b = contents(merges_path);
    cr_assert(strcmp(a, b) == 0, "written back, merges.txt is not the same");
    struct vocab *again = read_from(directory);
    expect_same(v, again);
    free(a);
    free(b);
    vocab_free(again);
    vocab_free(v);
}

static void refused(enum err code, const char *says, const char *path)
{
    struct vocab *v = (struct vocab *)&(char){0}, *before = v;
    struct error e = {0};
    enum err got = vocab_files_read(directory, &v, &e);
    char expected[256];
    snprintf(expected, sizeof expected, "%s: %s", path, says);
    cr_assert_eq(got, code, "%s", e.text);
    cr_assert(strncmp(e.text, expected, strlen(expected)) == 0, "%s; expected %s", e.text,
              expected);
    cr_assert_eq(v, before);
}

Test(vocab_files, refuses_lines_that_are_no_merges)
{
    static const struct {
        const char *from, *to, *says;
        enum err code;
    } cases[] = {
        {"Ġt h\n", "Ġth\n", "line 3: expected two names, one space between", ERR_FORMAT},
        {"Ġt h\n", "Ġ t h\n", "line 3: expected two names, one space between", ERR_FORMAT},
        {"Ġt h\n", " h\n", "line 3: expected two names, one space between", ERR_FORMAT},
        {"Ġt h\n", "h \n", "line 3: expected two names, one space between", ERR_FORMAT},
        {"Ġt h\n", "Ġt  h\n", "line 3: expected two names, one space between", ERR_FORMAT},
        {"Ġt h\n", "\nĠt h\n", "line 3: expected two names, one space between", ERR_FORMAT},
        {"#version: 0.2\n", "version: 0.2\n", "line 1: joins \"version:\", which is not in ",
         ERR_SYMBOL},
        {"Ġt h\n", "Ġt h\n#version: 0.2\n", "line 4: joins \"#version:\", which is not in ",
         ERR_SYMBOL},
        {"Ġt h\n", "Ġx h\n", "line 3: joins \"Ġx\", which is not in ", ERR_SYMBOL},
        {"Ġt h\n", "Ġt h\r\n", "line 3: joins \"h?\", which is not in ", ERR_SYMBOL},
        {"Ġt h\n", "Ġt i\n", "line 3: makes \"Ġti\", which is not in ", ERR_SYMBOL},
        {"Ġ t\nĠt h\n", "Ġt h\nĠ t\n",
         "line 2: joins \"Ġt\", id 256: expected an id below 256, made by a line before",
         ERR_VALUE},
        {"Ġt h\n", "\" \\\nĠt h\n", "line 3: makes \"\"\\\", id 258 in ", ERR_VALUE},
        {"Ġt h\n", "Ġt h\nĠt h\n", "line 4: makes \"Ġth\", id 257 in ", ERR_VALUE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_three();
        replace(merges_path, cases[i].from, cases[i].to);
        refused(cases[i].code, cases[i].says, merges_path);
    }
}

Test(vocab_files, refuses_ids_that_are_not_each_there_once)
{
    static const struct {
        const char *from, *to, *says;
        enum err code;
    } cases[] = {
        {"\"Ġth\": 257, ", "", "no token has id 257: expected each from 0 to 259", ERR_VALUE},
        {"\"Ġth\": 257, ", "\"Ġth\": 256, ", "\"Ġt\" and \"Ġth\" both have id 256", ERR_VALUE},
        {"\"Ġth\": 257, ", "\"Ġth\": -1, ", "\"Ġth\": expected an id from 0 to 260", ERR_VALUE},
        {"\"Ġth\": 257, ", "\"Ġth\": 1e3, ", "\"Ġth\": expected a whole number", ERR_FORMAT},
        {"\"Ġth\": 257, ", "\"Ġth\": \"257\", ", "\"Ġth\": expected a whole number", ERR_FORMAT},
        {"\"!\": 0, ", "\"!\": 1, ", "\"!\" and \"\"\" both have id 1", ERR_VALUE},
        {"\"!\": 0, ", "\"!!\": 0, ", "expected \"!\", a single byte, with id 0", ERR_VALUE},
        {"\"A\": 32, \"B\": 33", "\"B\": 32, \"A\": 33",
         "expected \"A\", a single byte, with id 32", ERR_VALUE},
        {"{\"!\": 0, ", "{\"!\": 0, \"!\": 0, ", "line 1, byte ", ERR_FORMAT},
        {"{\"!\": 0, ", "[{\"!\": 0, ", "line 1, byte ", ERR_FORMAT},
        {": 260}", ": 260", "line 1, byte ", ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_three();
        replace(vocab_path, cases[i].from, cases[i].to);
        refused(cases[i].code, cases[i].says, vocab_path);
    }
    put(vocab_path, "[]");
    refused(ERR_FORMAT, "expected an object of names and ids", vocab_path);
    put(vocab_path, "{}");
    refused(ERR_VALUE, "expected \"!\", a single byte, with id 0", vocab_path);
    put(vocab_path, "{\"\": 0}");
    refused(ERR_VALUE, "expected \"!\", a single byte, with id 0", vocab_path);
}

Test(vocab_files, refuses_what_vocab_new_refuses)
{
    write_three();
    replace(vocab_path, "\"<|endoftext|>\": 259", "\"\": 259");
    refused(ERR_VALUE, "special token 0 is empty", vocab_path);
}

Test(vocab_files, a_file_that_is_not_there)
{
    write_three();
    unlink(merges_path);
    refused(ERR_IO, "cannot open", merges_path);
    unlink(vocab_path);
    refused(ERR_IO, "cannot open", vocab_path);
}

Test(vocab_files, write_refuses_what_it_could_not_read_back)
{
    static const char *const like[] = {"Ġ"};
    struct vocab *v;
    struct error e;
    cr_assert_eq(vocab_new(0, NULL, 1, like, &v, NULL), ERR_NONE);
    cr_assert_eq(vocab_files_write(directory, v, &e), ERR_VALUE);
    cr_assert_not_null(strstr(e.text, "special token 256 reads like the name of token 220"));
    cr_assert(!file_exists(vocab_path) && !file_exists(merges_path));
    vocab_free(v);
    cr_assert_eq(vocab_new(0, NULL, 0, NULL, &v, NULL), ERR_NONE);
    cr_assert_eq(vocab_files_write("/proc/none", v, &e), ERR_IO);
    vocab_free(v);
}
