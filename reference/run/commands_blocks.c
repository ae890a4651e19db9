#include <stdio.h>
#include <stdlib.h>

#include "blocks_run.h"
#include "commands.h"
#include "commands_parts.h"
#include "dataset.h"
#include "threads.h"

// struct blocks: what `gpt blocks` was told.
struct blocks {
    const char *model, *data, *matrix;
    int bits, block, row, threads;
    float outlier;
};

// sizes_on measures sizes of blocks, the loss too if there is a text.
static void sizes_on(const struct blocks *b, struct gpt *m, const struct tokenizer *tok)
{
    struct error e;
    struct dataset d;
    struct blocks_text text;
    int32_t *ids = NULL;
    if (!b->data) {
        error_must(blocks_run_sizes(m, b->bits, b->block, b->outlier, NULL, stdout, &e), &e);
        return;
    }
    error_must(dataset_read(b->data, &d, &e), &e);
    const struct part *p = &d.val;
    error_must(dataset_in(&e, tokenizer_encode(tok, p->size, p->bytes, &ids, &text.n, &e), p), &e);
    if (text.n < 2)
        error_must(error_set(&e, ERR_VALUE, "%s: %zu tokens: expected at least 2", p->path, text.n),
                   &e);
    text.ids = ids, text.bytes = p->size;
    error_must(blocks_run_sizes(m, b->bits, b->block, b->outlier, &text, stdout, &e), &e);
    free(ids);
    dataset_free(&d);
}

int command_blocks(int argc, char **argv)
{
    struct blocks b = {.model = "runs/latest"};
    const struct option_spec specs[] = {
        {"model", OPTION_STRING, &b.model, 1, 0, "DIR", "a trained model", 0},
        {"bits", OPTION_INT, &b.bits, 0, 8, "N",
         "compare sizes of blocks with integers of 2 to 8 bits", 0},
        {"block", OPTION_INT, &b.block, 0, 1 << 16, "N", "one size only, with --bits", 0},
        {"outlier", OPTION_FLOAT, &b.outlier, -1e6, 1e6, "X",
         "put the first weight of each row at X root mean squares, with --bits", 0},
        {"data", OPTION_STRING, &b.data, 1, 0, "WHAT",
         "text file or data set: the loss on its validation part, with --bits", 0},
        {"matrix", OPTION_STRING, &b.matrix, 1, 0, "NAME", "show one block of this matrix", 0},
        {"row", OPTION_INT, &b.row, 0, 1 << 24, "N", "its row, with --matrix", 0},
        {"threads", OPTION_INT, &b.threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"blocks", "Shows what rounding to blocks does to a model's weights.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    if (b.bits == 1) error_must(error_set(&e, ERR_VALUE, "--bits 1: expected 2 to 8"), &e);
    if (b.bits && b.matrix)
        error_must(error_set(&e, ERR_VALUE, "--bits, --matrix: expected one of them"), &e);
    if (!b.bits && (b.data || b.block || b.outlier != 0))
        error_must(error_set(&e, ERR_VALUE, "--block, --data, --outlier: expected with --bits"),
                   &e);
    if (b.threads) threads_use(b.threads);
    model_open(b.model, &m, &tok);
    if (b.bits)
        sizes_on(&b, m, tok);
    else if (b.matrix)
        error_must(blocks_run_row(m, b.matrix, b.row, stdout, &e), &e);
    else
        blocks_run_tensors(m, stdout);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}
