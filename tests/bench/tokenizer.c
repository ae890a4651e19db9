// The tokenizer's speed: encoding with GPT-2's vocabulary and training on Tiny Shakespeare, the
// fast rung beside the plain one, and beside other programs where they are installed.
//   usage: tokenizer PYTHON        one thread, processor time
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bpe.h"
#include "bpe_fast_encode.h"
#include "bpe_fast_train.h"
#include "clock.h"
#include "file.h"
#include "vocab_files.h"

#define TRAIN "datasets/shakespeare/train.txt"
#define VAL "datasets/shakespeare/val.txt"

enum { PEERS_MOST = 16 };

static const char *const END[] = {VOCAB_END_OF_TEXT};

struct data {
    const char *vocab_path;
    char *text;
    size_t size;
    struct vocab *gpt2;  // or NULL
    int tokens;          // to train
};

typedef int32_t *encoder(const struct vocab *v, size_t size, const char *text, size_t *count);
typedef enum err trainer(size_t size, const char *text, int tokens, int specials,
                         const char *const *special, struct vocab **v, struct error *e);

static double encode(const struct data *d, encoder *f, size_t *count)
{
    double begin = clock_processor();
    int32_t *ids = f(d->gpt2, d->size, d->text, count);
    double seconds = clock_processor() - begin;
    free(ids);
    return seconds;
}

// encode_cold is the first encoding of a process; its vocabulary was read before.
static double encode_cold(void *context)
{
    size_t count;
    return encode(context, bpe_fast_encode, &count);
}

static double train(const struct data *d, trainer *f, int *merges)
{
    struct vocab *v;
    struct error e;
    double begin = clock_processor();
    error_must(f(d->size, d->text, d->tokens, 1, END, &v, &e), &e);
    double seconds = clock_processor() - begin;
    *merges = vocab_merges(v);
    vocab_free(v);
    return seconds;
}

// print_row prints a time, as a rate if `size` is not 0, and how many times `ours` it is.
static void print_row(const struct bench_row *r, size_t size, double ours)
{
    printf("  %-26s %-12s ", r->who, r->what);
    if (r->best <= 0)
        printf("%s\n", r->not_run);
    else if (size)
        printf("%8.2f MB/s %8.1f x our time\n", (double)size / r->best / 1e6, r->best / ours);
    else
        printf("%8.4f s    %8.1f x our time\n", r->best, r->best / ours);
}

static void print_peers(const char *what, int rows, const struct bench_row *row, size_t size,
                        double ours)
{
    for (int i = 0; i < rows; i++)
        if (strcmp(row[i].what, what) == 0) print_row(row + i, size, ours);
}

static void bench_encode(struct data *d, const char *peers)
{
    struct bench_row cold = {"bpe_fast_encode", "encode cold", 0, ""};
    struct bench_row warm = {"bpe_fast_encode", "encode warm", 0, ""};
    struct bench_row plain = {"bpe_encode", "encode warm", 0, ""}, peer[PEERS_MOST];
    int rows = 0;
    size_t count = 0;
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        bench_keep(&cold, bench_fresh(encode_cold, d));
        bench_keep(&warm, encode(d, bpe_fast_encode, &count));
        bench_keep(&plain, encode(d, bpe_encode, &count));
        bench_peers(peers, PEERS_MOST, &rows, peer);
    }
    printf("encode %zu bytes with GPT-2's vocabulary: %zu tokens\n", d->size, count);
    print_row(&cold, d->size, cold.best);
    print_peers("encode cold", rows, peer, d->size, cold.best);
    print_row(&warm, d->size, warm.best);
    print_row(&plain, d->size, warm.best);
    print_peers("encode warm", rows, peer, d->size, warm.best);
}

static void bench_train(struct data *d, int tokens, const char *peers)
{
    char what[40];
    snprintf(what, sizeof what, "train %d", tokens);
    struct bench_row fast = {"bpe_fast_train", "", 0, ""}, plain = {"bpe_train", "", 0, ""};
    struct bench_row peer[PEERS_MOST];
    int rows = 0, merges = 0;
    d->tokens = tokens;
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        bench_keep(&fast, train(d, bpe_fast_train, &merges));
        // It counts again for each merge: for many it would take minutes.
        if (tokens <= 1024) bench_keep(&plain, train(d, bpe_train, &merges));
        bench_peers(peers, PEERS_MOST, &rows, peer);
    }
    snprintf(fast.what, sizeof fast.what, "%s", what);
    snprintf(plain.what, sizeof plain.what, "%s", what);
    printf("train on %zu bytes, at most %d tokens: %d merges of pairs with two places\n", d->size,
           tokens, merges);
    print_row(&fast, 0, fast.best);
    if (plain.best > 0) print_row(&plain, 0, fast.best);
    print_peers(what, rows, peer, 0, fast.best);
}

// read_text reads both parts of Tiny Shakespeare, which are one text.
static void read_text(struct data *d)
{
    struct error e;
    char *val;
    size_t val_size;
    error_must(file_read(TRAIN, &d->text, &d->size, &e), &e);
    error_must(file_read(VAL, &val, &val_size, &e), &e);
    d->text = realloc(d->text, d->size + val_size);
    if (!d->text) die("out of memory: a text");
    memcpy(d->text + d->size, val, val_size);
    d->size += val_size;
    free(val);
}

int main(int argc, char **argv)
{
    static const char *const vocabs[] = {"datasets/gpt2", "../shared/data/gpt2", NULL};
    struct data d = {.vocab_path = bench_place(vocabs)};
    struct error e;
    char command[1024];
    if (argc != 2) die("usage: tokenizer PYTHON");
    if (!file_exists(TRAIN)) {
        puts("tokenizer: not run: make datasets/shakespeare");
        return 0;
    }
    read_text(&d);
    printf("Tiny Shakespeare, one thread, processor time, best of %d rounds\n", BENCH_ROUNDS);
    if (d.vocab_path) {
        error_must(vocab_files_read(d.vocab_path, &d.gpt2, &e), &e);
        snprintf(command, sizeof command, "%s " BENCH_PEERS "peers.py encode %s %s %s", argv[1],
                 d.vocab_path, TRAIN, VAL);
        bench_encode(&d, command);
    } else {
        puts("encode with GPT-2's vocabulary: not run: make datasets/gpt2");
    }
    static const int sizes[] = {1024, 21336};
    for (int i = 0; i < 2; i++) {
        snprintf(command, sizeof command, "%s " BENCH_PEERS "peers.py train %d %s %s", argv[1],
                 sizes[i], TRAIN, VAL);
        bench_train(&d, sizes[i], command);
    }
    vocab_free(d.gpt2);
    free(d.text);
    return 0;
}
