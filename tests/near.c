// near: similarities of rows that are chosen so that a person knows them.
#include "near.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "tokenizer_file.h"

// model returns one of four characters, a to d: (3, 4), (6, 8), (-4, 3) and nothing.
static struct gpt *model(struct tokenizer **tok)
{
    static const float ROWS[] = {3, 4, 6, 8, -4, 3, 0, 0};
    struct gpt_config c = {.vocab = 4, .context = 4, .layers = 1, .heads = 1, .channels = 2};
    struct chars *chars;
    cr_assert_eq(chars_new(4, "abcd", &chars, NULL), ERR_NONE);
    *tok = tokenizer_of_chars(chars);
    struct gpt *m = gpt_new(&c, 1);
    cr_assert_str_eq(gpt_param(m, 0).name, "wte.weight");
    memcpy(gpt_param(m, 0).data, ROWS, sizeof ROWS);
    return m;
}

Test(near, directions_have_length_one)
{
    const float want[] = {.6f, .8f, .6f, .8f, -.8f, .6f, 0, 0};
    struct tokenizer *tok;
    struct gpt *m = model(&tok);
    float *x = near_directions(near_embeddings(m));
    for (int i = 0; i < 8; i++) cr_assert(fabsf(x[i] - want[i]) < 1e-6f, "%d: %g", i, (double)x[i]);
    free(x);
    gpt_free(m);
    tokenizer_free(tok);
}

// prints checks what is printed to a file.
static void prints(FILE *f, const char *want)
{
    char got[1000] = "";
    rewind(f);
    got[fread(got, 1, sizeof got - 1, f)] = 0;
    fclose(f);
    cr_assert_str_eq(got, want);
}

Test(near, list_begins_with_the_token_itself)
{
    struct tokenizer *tok;
    struct gpt *m = model(&tok);
    struct error e;
    FILE *f = tmpfile();
    cr_assert_eq(near_list(m, tok, "b", 9, f, &e), ERR_NONE);
    prints(f,
           "(1, 2) by (2, 4): 16 flops\n1.0000\t0\ta\n1.0000\t1\tb\n0.0000\t2\tc\n0.0000\t3\td\n");
    f = tmpfile();
    cr_assert_eq(near_list(m, tok, "a", 1, f, &e), ERR_NONE);
    prints(f, "(1, 2) by (2, 4): 16 flops\n1.0000\t0\ta\n");
    cr_assert_eq(near_list(m, tok, "ab", 1, stdout, &e), ERR_VALUE);
    cr_assert(strstr(e.text, "'ab' is 2 tokens"), "%s", e.text);
    cr_assert_eq(near_list(m, tok, "x", 1, stdout, &e), ERR_SYMBOL);
    gpt_free(m);
    tokenizer_free(tok);
}

// Llama's kind of tokenizer puts <s> there.
Test(near, what_is_put_before_a_text_is_no_part_of_it)
{
    struct tokenizer *tok;
    struct error e = {.text = ""};
    cr_assert_eq(tokenizer_file_read(GOLDEN "/llama/tokenizer.bin", &tok, &e), ERR_NONE, "%s",
                 e.text);
    struct gpt_config c = {.vocab = 420, .context = 4, .layers = 1, .heads = 1, .channels = 2};
    struct gpt *m = gpt_new(&c, 1);
    FILE *f = tmpfile();
    cr_assert_eq(near_list(m, tok, "the", 1, f, &e), ERR_NONE, "%s", e.text);
    prints(f, "(1, 2) by (2, 420): 1680 flops\n1.0000\t266\t the\n");
    cr_assert_eq(near_list(m, tok, "", 1, stdout, &e), ERR_VALUE);
    gpt_free(m);
    tokenizer_free(tok);
}

Test(near, table_has_each_with_each)
{
    struct tokenizer *tok;
    struct gpt *m = model(&tok);
    struct error e;
    FILE *f = tmpfile();
    cr_assert_eq(near_table(m, tok, "cbc", f, &e), ERR_NONE);
    prints(f, "token\tc\tb\tc\nc\t1.00\t0.00\t1.00\nb\t0.00\t1.00\t0.00\nc\t1.00\t0.00\t1.00\n");
    cr_assert_eq(near_table(m, tok, "", stdout, &e), ERR_VALUE);
    gpt_free(m);
    tokenizer_free(tok);
}
