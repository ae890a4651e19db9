// Fuzz target for the safetensors reader: any bytes open or give an error, and what opens keeps
// its promises.  With clang, from the top of the tree:
//   clang -g -O1 -D_DEFAULT_SOURCE -fsanitize=fuzzer,address,undefined -Ireference/base
//       -Ireference/formats tests/fuzz/safetensors.c reference/formats/{dims,safetensors*}.c
//       reference/base/{error,file,hash}.c -ljansson -lm -o build/fuzz-safetensors
//   build/fuzz-safetensors -dict=tests/fuzz/safetensors.dict -max_len=1024 -max_total_time=60
// tests/safetensors.c damages valid files in the ordinary suite; this goes further from them.
#include "safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(int condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "broken promise: %s\n", what);
    abort();
}

// check_tensor reads all of t's data, which a sanitizer watches, and returns where t ends.
static size_t check_tensor(const struct safetensors *st, const struct safetensors_tensor *t,
                           const uint8_t *bytes, size_t begin)
{
    size_t elements = 1;
    for (int i = 0; i < t->rank; i++) elements *= (size_t)t->shape[i];
    expect(t->begin == begin, "the data is covered without gaps, in order");
    expect(t->data == (const void *)(bytes + begin), "data and begin agree");
    expect(t->size == elements * safetensors_dtype_size(t->dtype), "the size is the shape's");
    expect(safetensors_find(st, t->name) == t, "a name finds its tensor");
    const struct safetensors_tensor *same = NULL;
    expect(!safetensors_want(st, t->name, t->rank, t->shape, &same, NULL) && same == t, "want");
    uint8_t *copy = malloc(t->size + 1);
    float *out = malloc(elements * sizeof *out + 1);
    memcpy(copy, t->data, t->size);
    struct error e;
    enum err code = safetensors_floats(st, t, out, &e);
    expect(code == ERR_NONE || code == ERR_VALUE, "floats");
    free(copy);
    free(out);
    return begin + t->size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct safetensors *st = NULL;
    struct error e = {.code = ERR_NONE};
    enum err code = safetensors_view("fuzz", bytes, size, &st, &e);
    if (code) {
        expect(st == NULL && e.code == code, "a refusal touches nothing but the error");
        expect(code == ERR_SHORT || code == ERR_FORMAT || code == ERR_VALUE, "the code is known");
        expect(strncmp(e.text, "fuzz: byte", 10) == 0, "the message names file and offset");
        expect(strchr(e.text, '\n') == NULL, "the message is one line");
        return 0;
    }
    size_t at = 8;
    for (int i = 0; i < 8; i++) at += (size_t)bytes[i] << (8 * i);
    for (int i = 0; i < safetensors_count(st); i++)
        at = check_tensor(st, safetensors_at(st, i), bytes, at);
    expect(at == size, "the tensors end with the file");
    for (int i = 0; i < safetensors_metadata_count(st); i++) {
        const struct safetensors_pair *pair = safetensors_metadata_at(st, i);
        expect(safetensors_metadata(st, pair->key) == pair->value, "a key finds its value");
    }
    safetensors_close(st);
    return 0;
}
