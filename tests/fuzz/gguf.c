// Fuzz target for the GGUF reader: any bytes open or give an error, and what opens keeps its
// promises.  With clang, from the top of the tree:
//   clang -g -O1 -D_DEFAULT_SOURCE -fsanitize=fuzzer,address,undefined -Ireference/base
//       -Ireference/text -Ireference/kernels -Ireference/formats tests/fuzz/gguf.c
//       reference/formats/{dims,gguf*}.c reference/kernels/quant.c reference/text/{bytes,names}.c
//       reference/base/{arena,error,file}.c -lm -o build/fuzz-gguf
//   mkdir -p build/corpus && cp tests/golden/gguf/*.gguf build/corpus
//   build/fuzz-gguf -max_len=8192 -max_total_time=60 build/corpus
// tests/gguf.c damages valid files in the ordinary suite; this goes further from them.
#include "gguf.h"

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

// check_tensor reads all of t's data, which a sanitizer watches.
static void check_tensor(const struct gguf *g, const struct gguf_tensor *t, const uint8_t *bytes,
                         size_t size)
{
    size_t elements = 1;
    for (int i = 0; i < t->rank; i++) elements *= (size_t)t->shape[i];
    expect(t->begin <= size && size - t->begin >= t->size, "the data is in the file");
    expect(t->data == (const void *)(bytes + t->begin), "data and begin agree");
    expect(t->begin % 8 == 0, "the data is aligned");
    expect(gguf_find(g, t->name) == t, "a name finds its tensor");
    const struct gguf_tensor *same = NULL;
    expect(!gguf_want(g, t->name, t->rank, t->shape, &same, NULL) && same == t, "want");
    float *out = malloc(elements * sizeof *out + 1);
    gguf_floats(t, out);
    free(out);
}

static void check_pair(const struct gguf *g, const struct gguf_pair *p)
{
    expect(gguf_pair(g, p->key) == p, "a key finds its value");
    for (size_t i = 0; i < p->count; i++) {
        int64_t whole;
        double number;
        int is = gguf_whole(p, i, &whole) + gguf_number(p, i, &number);
        expect(p->data || !is, "only numbers are numbers");
        if (p->kind == GGUF_STRING) expect(!p->text[i].bytes[p->text[i].size], "texts have an end");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct gguf *g = NULL;
    struct error e = {.code = ERR_NONE};
    enum err code = gguf_view("fuzz", bytes, size, &g, &e);
    if (code) {
        expect(g == NULL && e.code == code, "a refusal touches nothing but the error");
        expect(code == ERR_SHORT || code == ERR_FORMAT || code == ERR_UTF8, "the code is known");
        expect(strncmp(e.text, "fuzz: byte", 10) == 0, "the message names file and offset");
        expect(strchr(e.text, '\n') == NULL, "the message is one line");
        return 0;
    }
    for (int i = 0; i < gguf_count(g); i++) check_tensor(g, gguf_at(g, i), bytes, size);
    for (int i = 0; i < gguf_pairs(g); i++) check_pair(g, gguf_pair_at(g, i));
    gguf_close(g);
    return 0;
}
