// Fuzz target for the tokenizer.bin reader: any bytes make a vocabulary or give an error, and a
// vocabulary gives every text back.  With clang, from the top of the tree:
//   clang -g -O1 -D_DEFAULT_SOURCE -fsanitize=fuzzer,address,undefined -Ireference/base
//       -Ireference/text -Ireference/formats tests/fuzz/tokenizer_bin.c
//       reference/formats/tokenizer_bin.c reference/text/*.c
//       reference/base/{arena,error,file,hash,random}.c -lpcre2-8 -lm -o build/fuzz-tokenizer_bin
//   mkdir -p build/corpus && cp tests/golden/llama/tokenizer.bin build/corpus
//   build/fuzz-tokenizer_bin -max_len=8192 -max_total_time=60 build/corpus
#include "tokenizer_bin.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentencepiece.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(int condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "broken promise: %s\n", what);
    abort();
}

// check_text encodes text and decodes it.  A special text gets a space behind it, and U+2581
// becomes a space: what has them need not come back.
static void check_text(const struct tokenizer *t, size_t size, const char *text)
{
    int32_t *ids;
    size_t n, length;
    expect(!tokenizer_encode(t, size, text, &ids, &n, NULL), "a text has ids");
    int other = 0;
    for (size_t i = 0; i < n; i++) {
        expect(ids[i] >= 0 && ids[i] < tokenizer_vocab(t), "ids are in [0, V)");
        other |= i > 0 && tokenizer_is_special(t, ids[i]);
    }
    for (size_t i = 0; i + 2 < size; i++) other |= !memcmp(text + i, SENTENCEPIECE_SPACE, 3);
    char *again = tokenizer_decode(t, n, ids, &length);
    expect(other || (length == size && memcmp(again, text, size) == 0), "the text comes back");
    free(again);
    free(ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct tokenizer *t = NULL;
    struct error e = {.code = ERR_NONE};
    enum err code = tokenizer_bin_view("fuzz", size, (const char *)bytes, &t, &e);
    if (code) {
        expect(t == NULL && e.code == code, "a refusal touches nothing but the error");
        expect(strncmp(e.text, "fuzz: ", 6) == 0, "the message names the file");
        expect(strchr(e.text, '\n') == NULL, "the message is one line");
        return 0;
    }
    check_text(t, size, (const char *)bytes);
    check_text(t, 26, " a\n the <s> \xFF\xF0\x9F\x90\x9A  the end");
    tokenizer_free(t);
    return 0;
}
