// tokenizer_file: each thing a person may point at.
#include "tokenizer_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "file.h"
#include "tokenizer_json.h"
#include "vocab_files.h"

static char directory[] = "/tmp/tokenizer_file-XXXXXX";
static const char *const NAMES[] = {"tokenizer.json", VOCAB_JSON, MERGES_TXT, "tokenizer.bin"};

static void remove_file(const char *name)
{
    char *path = file_path(directory, name);
    unlink(path);
    free(path);
}

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
}

static void end(void)
{
    for (int i = 0; i < 4; i++) remove_file(NAMES[i]);
    rmdir(directory);
}

TestSuite(tokenizer_file, .init = begin, .fini = end);

static void write_json(void)
{
    struct chars *c;
    cr_assert_eq(chars_new(3, "abc", &c, NULL), ERR_NONE);
    struct tokenizer *t = tokenizer_of_chars(c);
    char *path = file_path(directory, NAMES[0]);
    cr_assert_eq(tokenizer_json_write(path, t, NULL), ERR_NONE);
    free(path);
    tokenizer_free(t);
}

static void write_pair(void)
{
    struct vocab *v;
    cr_assert_eq(vocab_new(0, NULL, 0, NULL, &v, NULL), ERR_NONE);
    cr_assert_eq(vocab_files_write(directory, v, NULL), ERR_NONE);
    vocab_free(v);
}

static void expect_vocab(const char *path, int V)
{
    struct tokenizer *t;
    struct error e;
    cr_assert_eq(tokenizer_file_read(path, &t, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(tokenizer_vocab(t), V);
    tokenizer_free(t);
}

static void expect_refusal(const char *path, const char *says)
{
    struct tokenizer *t = NULL;
    struct error e;
    cr_assert_eq(tokenizer_file_read(path, &t, &e), ERR_IO);
    cr_assert_not_null(strstr(e.text, says), "%s; expected %s", e.text, says);
    cr_assert_null(t);
}

Test(tokenizer_file, a_file_and_a_directory_with_one)
{
    write_json();
    char *path = file_path(directory, NAMES[0]);
    expect_vocab(path, 3);
    expect_vocab(directory, 3);
    free(path);
}

Test(tokenizer_file, a_directory_with_gpt2s_two_files)
{
    write_pair();
    expect_vocab(directory, 256);
    write_json();
    expect_vocab(directory, 3);
}

Test(tokenizer_file, llama2_cs_one_file)
{
    char *path = file_path(directory, NAMES[3]), *bytes;
    size_t size;
    cr_assert_eq(file_read(GOLDEN "/llama/tokenizer.bin", &bytes, &size, NULL), ERR_NONE);
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, size, f) == size && fclose(f) == 0);
    free(bytes);
    expect_vocab(path, 420);
    expect_vocab(directory, 420);
    write_pair();
    expect_vocab(directory, 256);
    free(path);
}

Test(tokenizer_file, a_directory_with_less)
{
    expect_refusal(directory, ": expected tokenizer.json in it, or vocab.json and merges.txt, or "
                              "tokenizer.bin");
    write_pair();
    remove_file(VOCAB_JSON);
    expect_refusal(directory, "/vocab.json: cannot open");
    write_pair();
    remove_file(MERGES_TXT);
    expect_refusal(directory, "/merges.txt: cannot open");
    expect_refusal("/nowhere/at/all", "/nowhere/at/all: cannot open");
}
