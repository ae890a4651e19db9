// blocks_run: blocks of any size round as quant.h's do where they are of 32, and a model is left as
// it was.
#include "blocks_run.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "quant.h"
#include "shape.h"

Test(blocks_run, rounds_as_quant_does)
{
    enum { K = 256 };
    struct check *c = check_begin(1);
    for (float scale = 1e-7f; scale < 1e4f; scale *= 10) {
        const float *x = check_normals(c, K, scale);
        float *eight = check_copy(c, K, x), *four = check_copy(c, K, x), *want = check_nans(c, K);
        struct quant_q8_0 q8[K / QUANT_BLOCK];
        struct quant_q4_0 q4[K / QUANT_BLOCK];
        blocks_round(8, QUANT_BLOCK, K, eight);
        blocks_round(4, QUANT_BLOCK, K, four);
        quant_to_q8_0(K, x, q8);
        quant_from_q8_0(K, q8, want);
        for (int i = 0; i < K; i++)
            cr_assert(eight[i] == want[i], "8 bits, %d, %g", i, (double)scale);
        quant_to_q4_0(K, x, q4);
        quant_from_q4_0(K, q4, want);
        for (int i = 0; i < K; i++)
            cr_assert(four[i] == want[i], "4 bits, %d, %g", i, (double)scale);
    }
    check_end(c);
}

Test(blocks_run, two_bits_by_hand)
{
    // d is 4 / -2: the integers -2 … 1 stand for 4, 2, 0, -2.
    float x[] = {4, 3.1f, 2.9f, -0.9f, -1.1f, -2, -4, 0, 1, 0, 0, 0};
    const float want[] = {4, 4, 2, 0, -2, -2, -2, 0, 1, 0, 0, 0};
    blocks_round(2, 4, 4, x);
    cr_assert(x[0] == want[0] && x[1] == 4 && x[2] == 2 && x[3] == 0);
    blocks_round(2, 4, 4, x + 4);  // d is -4 / -2
    cr_assert(x[4] == -2 && x[5] == -2 && x[6] == -4 && x[7] == 0);
    blocks_round(2, 2, 4, x + 8);
    for (int i = 8; i < 12; i++) cr_assert(x[i] == want[i], "%d: %g", i, (double)x[i]);
}

// model returns one with matrices whose rows are 32 and 64 numbers.
static struct gpt *model(void)
{
    struct gpt_config c = {SIZES(5, 4, 1, 2, 32), .hidden = 64};
    return gpt_new(&c, 1);
}

// lines prints to a file and returns how many lines there are.
static int lines(FILE *f, char *got, size_t most)
{
    int n = 0;
    rewind(f);
    got[fread(got, 1, most - 1, f)] = 0;
    fclose(f);
    for (const char *p = got; *p; p++) n += *p == '\n';
    return n;
}

Test(blocks_run, leaves_the_model_as_it_was)
{
    struct gpt *m = model();
    size_t size = gpt_weights(m) * sizeof(float);
    float *before = malloc(size);
    memcpy(before, gpt_data(m), size);
    char got[4000];
    struct error e;
    const int32_t ids[] = {0, 1, 2, 3, 4, 0, 1};
    struct blocks_text text = {7, 9, ids};
    FILE *f = tmpfile();
    cr_assert_eq(blocks_run_sizes(m, 4, 0, 30, &text, f, &e), ERR_NONE);
    cr_assert_eq(lines(f, got, sizeof got), 1 + 3, "%s", got);  // blocks of 8, 16, 32
    cr_assert(memcmp(before, gpt_data(m), size) == 0);
    f = tmpfile();
    cr_assert_eq(blocks_run_sizes(m, 8, 0, 0, NULL, f, &e), ERR_NONE);
    double errors[3];
    lines(f, got, sizeof got);
    cr_assert_eq(
        sscanf(got, "%*[^\n]\n8 10 %lf\n16 9 %lf\n32 8.5 %lf", errors, errors + 1, errors + 2), 3);
    cr_assert(0.3 < errors[0] && errors[0] < errors[1] && errors[1] < errors[2] && errors[2] < 0.7,
              "%s", got);
    free(before);
    gpt_free(m);
}

Test(blocks_run, lists_matrices_but_not_positions)
{
    struct gpt *m = model();
    char got[4000];
    FILE *f = tmpfile();
    blocks_run_tensors(m, f);
    cr_assert_eq(lines(f, got, sizeof got), 1 + 5, "%s", got);  // embedding, and four of the layer
    cr_assert(!strstr(got, "wpe"));
    gpt_free(m);
}

Test(blocks_run, refuses_what_is_not_there)
{
    struct gpt *m = model();
    struct error e;
    cr_assert_eq(blocks_run_row(m, "wpe.weight", 0, stdout, &e), ERR_VALUE);
    cr_assert_str_eq(e.text, "--matrix wpe.weight: there is none; gpt blocks lists them");
    cr_assert_eq(blocks_run_row(m, "wte.weight", 5, stdout, &e), ERR_VALUE);
    cr_assert_str_eq(e.text, "--row 5: wte.weight has rows 0 to 4");
    cr_assert_eq(blocks_run_sizes(m, 4, 24, 0, NULL, stdout, &e), ERR_VALUE);
    cr_assert_str_eq(e.text, "--block 24: not all rows are whole blocks of it");
    gpt_free(m);
}
