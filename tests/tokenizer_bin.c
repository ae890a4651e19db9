// tokenizer_bin: a vocabulary that sentencepiece learned, and what is no such file.
#include "tokenizer_bin.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "file.h"
#include "random.h"
#include "sentencepiece.h"
#include "tokenizer_json.h"

#define FILE_BIN GOLDEN "/llama/tokenizer.bin"

static char *bytes;
static size_t size;

static void begin(void)
{
    cr_assert_eq(file_read(FILE_BIN, &bytes, &size, NULL), ERR_NONE);
}

static void end(void)
{
    free(bytes);
}

TestSuite(tokenizer_bin, .init = begin, .fini = end);

static int32_t *encode(const void *t, size_t length, const char *text, size_t *count)
{
    int32_t *ids;
    cr_assert_eq(tokenizer_encode(t, length, text, &ids, count, NULL), ERR_NONE);
    // On the way back nothing is lost, but a special text gets a space behind it, and the letter
    // that stands for a space becomes one.
    size_t got;
    char *again = tokenizer_decode(t, *count, ids, &got);
    int other = 0;
    for (size_t i = 1; i < *count; i++) other |= tokenizer_is_special(t, ids[i]);
    for (size_t i = 0; i + 2 < length; i++) other |= memcmp(text + i, SENTENCEPIECE_SPACE, 3) == 0;
    if (!other) {
        cr_assert_eq(got, length);
        cr_assert_eq(memcmp(again, text, length), 0);
    }
    free(again);
    return ids;
}

// What sentencepiece and Hugging Face's tokenizers say (tests/golden/make_llama.py).
Test(tokenizer_bin, ids_are_other_programs)
{
    struct tokenizer *t, *theirs;
    struct error e;
    cr_assert_eq(tokenizer_bin_read(FILE_BIN, &t, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(tokenizer_vocab(t), 420);
    cr_assert_eq(tokenizer_bos(t), 1);
    cr_assert_gt(check_golden_texts("llama/ids.txt", encode, t), 80);
    // The vocabulary as they write it, and as we do.
    cr_assert_eq(tokenizer_json_read(GOLDEN "/llama/tokenizer.json", &theirs, &e), ERR_NONE, "%s",
                 e.text);
    cr_assert_gt(check_golden_texts("llama/ids.txt", encode, theirs), 80);
    char *written[2], path[] = "/tmp/tokenizer_bin-XXXXXX";
    close(mkstemp(path));
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(tokenizer_json_write(path, i ? theirs : t, &e), ERR_NONE, "%s", e.text);
        size_t length;
        cr_assert_eq(file_read(path, &written[i], &length, NULL), ERR_NONE);
    }
    cr_assert_str_eq(written[0], written[1]);
    unlink(path);
    free(written[0]);
    free(written[1]);
    tokenizer_free(theirs);
    tokenizer_free(t);
}

static void refused(size_t length, const char *data, enum err code, const char *says)
{
    struct tokenizer *t = (struct tokenizer *)&(char){0}, *before = t;
    struct error e = {0};
    enum err got = tokenizer_bin_view("file", length, data, &t, &e);
    cr_assert_eq(got, code, "%s: error %d: %s", says, (int)got, e.text);
    cr_assert_str_eq(e.text, says);
    cr_assert_eq(t, before);
}

// changed refuses the file with n other bytes at `at`.
static void changed(size_t at, size_t n, const char *to, enum err code, const char *says)
{
    char *copy = malloc(size);
    memcpy(copy, bytes, size);
    memcpy(copy + at, to, n);
    refused(size, copy, code, says);
    free(copy);
}

Test(tokenizer_bin, what_ends_too_early)
{
    refused(0, "", ERR_SHORT, "file: 0 bytes: expected a tokenizer.bin");
    refused(3, bytes, ERR_SHORT, "file: 3 bytes: expected a tokenizer.bin");
    refused(4, bytes, ERR_SHORT,
            "file: byte 4: piece 0: expected <unk>, <s>, </s> and more, found the end");
    refused(11, bytes, ERR_SHORT,
            "file: byte 4: piece 0: expected its score and length, found the end");
    refused(16, bytes, ERR_SHORT, "file: byte 12: piece 0: expected its text, found the end");
    refused(17, bytes, ERR_SHORT,
            "file: byte 17: piece 1: expected <unk>, <s>, </s> and more, found the end");
    refused(size - 1, bytes, ERR_SHORT,
            "file: byte 5204: piece 419: expected its text, found the end");
}

Test(tokenizer_bin, what_is_another_format)
{
    refused(15, "{\"version\": \"1\"}", ERR_FORMAT,
            "file: byte 0: the longest piece has 1702240891 bytes: expected 1 to 1024, as in a "
            "tokenizer.bin");
    changed(0, 4, "\0\0\0\0", ERR_FORMAT,
            "file: byte 0: the longest piece has 0 bytes: expected 1 to 1024, as in a "
            "tokenizer.bin");
    changed(0, 4, "\x01\x04\0\0", ERR_FORMAT,
            "file: byte 0: the longest piece has 1025 bytes: expected 1 to 1024, as in a "
            "tokenizer.bin");
    changed(8, 4, "\xFF\xFF\xFF\xFF", ERR_FORMAT,
            "file: byte 8: piece 0 has -1 bytes: expected 1 to 6, the longest that the file "
            "announces");
    changed(8, 4, "\x07\0\0\0", ERR_FORMAT,
            "file: byte 8: piece 0 has 7 bytes: expected 1 to 6, the longest that the file "
            "announces");
    changed(8, 4, "\0\0\0\0", ERR_FORMAT,
            "file: byte 8: piece 0 has 0 bytes: expected 1 to 6, the longest that the file "
            "announces");
    changed(13, 1, "\0", ERR_FORMAT, "file: byte 13: piece 0 has a zero byte");
}

Test(tokenizer_bin, what_is_no_llama)
{
    changed(13, 1, "U", ERR_VALUE, "file: piece 0 is \"<Unk>\": expected \"<unk>\"");
    changed(27, 1, "S", ERR_VALUE, "file: piece 1 is \"?<S>?\": expected \"<s>\"");
    changed(53, 1, "x", ERR_VALUE, "file: no piece is <0x00>: expected one for every byte");
    changed(size - 1, 1, "\xFF", ERR_UTF8, "file: piece 419, byte 0: expected UTF-8");
    // The last piece says what the one before it does.
    changed(size - 1, 1, bytes + size - 10, ERR_VALUE, "file: piece 419 is the same as piece 418");
    changed(size - 9, 4, "\0\0\xC0\x7F", ERR_VALUE,
            "file: piece 419: expected a score that is a number");
}

// Damaged anywhere it opens or gives an error, and touches nothing else.
Test(tokenizer_bin, damage)
{
    struct random r = random_start(3, RANDOM_TEST);
    char *copy = malloc(size);
    for (int round = 0; round < 400; round++) {
        memcpy(copy, bytes, size);
        size_t length = round % 2 ? size : random_below(&r, (uint32_t)size);
        for (uint32_t i = random_below(&r, 4); length > 0 && i < 4; i++)
            copy[random_below(&r, (uint32_t)length)] = (char)random_below(&r, 256);
        struct tokenizer *t = NULL;
        struct error e = {0};
        enum err code = tokenizer_bin_view("file", length, copy, &t, &e);
        cr_assert_eq(code != ERR_NONE, t == NULL);
        cr_assert_eq(e.code, code);
        tokenizer_free(t);
    }
    free(copy);
}
