// attend: the maps it finds on the tape, and what it prints of them.
#include "attend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

// struct world: a small model of the characters a to d, its first weights large enough that no two
// looks are alike.
struct world {
    struct gpt *m;
    struct tokenizer *tok;
};

static struct world begin(void)
{
    struct gpt_config c = {.vocab = 4, .context = 6, .layers = 2, .heads = 2, .channels = 8};
    struct chars *chars;
    struct world w;
    cr_assert_eq(chars_new(4, "abcd", &chars, NULL), ERR_NONE);
    w.tok = tokenizer_of_chars(chars);
    w.m = gpt_new(&c, 1);
    for (size_t i = 0; i < gpt_weights(w.m); i++) gpt_data(w.m)[i] *= 2;
    return w;
}

static void end(struct world *w)
{
    gpt_free(w->m);
    tokenizer_free(w->tok);
}

static struct attend opened(const struct world *w, const char *text)
{
    struct attend a;
    struct error e;
    cr_assert_eq(attend_open(w->m, w->tok, text, &a, &e), ERR_NONE, "%s", e.text);
    return a;
}

Test(attend, finds_the_maps_of_all_heads)
{
    struct world w = begin();
    struct attend a = opened(&w, "abca");
    cr_assert(a.T == 4 && a.layers == 2 && a.heads == 2 && a.vocab == 4);
    for (int i = 0; i < 2 * 2 * 4; i++) {
        const float *p = a.maps[i / 8] + i % 8 * 4;
        double sum = 0;
        for (int s = 0; s < 4; s++) {
            cr_assert(s > i % 4 ? p[s] == 0 : p[s] > 0, "row %d, %d: %g", i, s, (double)p[s]);
            sum += (double)p[s];
        }
        cr_assert(fabs(sum - 1) < 1e-6, "row %d: %g", i, sum);
    }
    for (int i = 1; i < 4; i++)
        cr_assert(memcmp(a.maps[0], a.maps[i / 2] + i % 2 * 16, 16 * sizeof(float)) != 0,
                  "maps 0 and %d are the same", i);
    attend_close(&a);
    end(&w);
}

// printed returns what print writes, in memory from malloc.
static char *printed(const struct attend *a, int layer, int head,
                     enum err (*print)(const struct attend *, int, int, FILE *, struct error *),
                     enum err want)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    struct error e = {.text = ""};
    cr_assert_eq(print(a, layer, head, f, &e), want, "%s", e.text);
    fclose(f);
    return text;
}

Test(attend, prints_what_is_in_a_map)
{
    struct world w = begin();
    struct attend a = opened(&w, "aba");
    float map[2][3][3] = {{{0}}, {{1, 0, 0}, {0.25f, 0.75f, 0}, {0.4f, 0.2f, 0.4f}}};
    memcpy(a.maps[1], map, sizeof map);
    char *table = printed(&a, 1, 1, attend_table, ERR_NONE);
    cr_assert_str_eq(table,
                     "token\ta\tb\ta\na\t1.00\t-\t-\nb\t0.25\t0.75\t-\na\t0.40\t0.20\t0.40\n");
    char *most = printed(&a, 1, 1, attend_most, ERR_NONE);
    cr_assert_str_eq(most, "0\ta\t1.00 of\t0\ta\n1\tb\t0.75 of\t1\tb\n2\ta\t0.40 of\t0\ta\n");
    free(table);
    free(most);
    attend_close(&a);
    end(&w);
}

Test(attend, layers_and_heads_that_are_not_there)
{
    struct world w = begin();
    struct attend a = opened(&w, "a");
    const int wrong[][2] = {{2, 0}, {0, 2}, {-1, 0}, {0, -1}};
    for (int i = 0; i < 4; i++) {
        char *text = printed(&a, wrong[i][0], wrong[i][1], attend_table, ERR_VALUE);
        cr_assert_str_eq(text, "");
        free(text);
        text = printed(&a, wrong[i][0], wrong[i][1], attend_most, ERR_VALUE);
        cr_assert_str_eq(text, "");
        free(text);
    }
    attend_close(&a);
    end(&w);
}

Test(attend, two_texts_beside_each_other)
{
    struct world w = begin();
    struct attend a = opened(&w, "abcd"), b = opened(&w, "abdda");
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    attend_beside(&a, &b, f);
    fclose(f);
    const char *same = "0\ta\ta\tthe same bits\n1\tb\tb\tthe same bits\n2\tc\td\tscores differ by";
    cr_assert(strncmp(text, same, strlen(same)) == 0, "%s", text);
    cr_assert(strstr(text, "\n3\td\td\tscores differ by up to ") && !strstr(text, "\n4"), "%s",
              text);
    free(text);
    attend_close(&a);
    attend_close(&b);
    end(&w);
}

Test(attend, texts_that_do_not_fit)
{
    struct world w = begin();
    const struct {
        const char *text, *says;
        enum err code;
    } bad[] = {{"", "0 tokens: expected 1 to 6", ERR_VALUE},
               {"abcdabc", "7 tokens: expected 1 to 6", ERR_VALUE},
               {"abx", "the text", ERR_SYMBOL}};
    for (int i = 0; i < 3; i++) {
        struct attend a;
        struct error e = {.text = ""};
        cr_assert_eq(attend_open(w.m, w.tok, bad[i].text, &a, &e), bad[i].code, "%s", e.text);
        cr_assert(strstr(e.text, bad[i].says), "%s", e.text);
    }
    end(&w);
}
