// best_of: the candidates are those that a writer writes one after the other; the judges' choices
// against each candidate read once more by itself.
#include "best_of.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "error.h"
#include "random.h"
#include "recall_suffix.h"
#include "shape.h"

enum { COUNT = 12, TOKENS = 6, CONTEXT = 16 };
static const char LETTERS[] = "abcde ", PROMPT[] = "ab";
enum { V = sizeof LETTERS - 1 };

struct scene {
    struct gpt *model;
    struct tokenizer *tok;
    struct writing writing;
    char *text[COUNT];  // what a writer writes, one after the other
};

static struct scene scene(float temperature, int tokens)
{
    const struct gpt_config c = {SIZES(V, CONTEXT, 2, 2, 12)};
    struct chars *chars;
    struct scene s = {.model = gpt_new(&c, 8),
                      .writing = {.sampling = {.temperature = temperature, .top_p = 1},
                                  .tokens = tokens,
                                  .seed = 5}};
    struct random r = random_start(9, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(s.model); i++)
        gpt_data(s.model)[i] += 0.4f * random_normal(&r);
    cr_assert_eq(chars_new(V, LETTERS, &chars, NULL), ERR_NONE);
    s.tok = tokenizer_of_chars(chars);
    struct writer *w = writer_new(s.model, s.tok, &s.writing);
    for (int i = 0; i < COUNT; i++) {
        size_t size;
        struct error e;
        writer_reset(w);
        cr_assert_eq(writer_read(w, PROMPT, &e), ERR_NONE);
        FILE *f = open_memstream(&s.text[i], &size);
        cr_assert_eq(writer_write(w, f, &e), ERR_NONE);
        fclose(f);
    }
    writer_free(w);
    return s;
}

static void leave(struct scene *s)
{
    for (int i = 0; i < COUNT; i++) free(s->text[i]);
    tokenizer_free(s->tok);
    gpt_free(s->model);
}

// best returns what was found, and checks that it is the text that was printed.
static struct best_found best(const struct scene *s, int count, enum judge judge,
                              const struct recall *memory)
{
    const struct best_of b = {count, judge, memory};
    struct best_found f;
    struct error e;
    char *out, want[64];
    size_t size;
    FILE *file = open_memstream(&out, &size);
    cr_assert_eq(best_of_text(s->model, s->tok, &s->writing, &b, PROMPT, file, &f, &e), ERR_NONE);
    fclose(file);
    snprintf(want, sizeof want, "%s%s", PROMPT, s->text[f.which]);
    cr_expect_str_eq(out, want, "%d of %d", f.which, count);
    free(out);
    return f;
}

// model_nats reads a text once more: the mean surprise behind the prompt.
static double model_nats(const struct scene *s, const char *text)
{
    int32_t ids[CONTEXT];
    int n = 0;
    for (const char *c = PROMPT; *c; c++) ids[n++] = (int32_t)(strchr(LETTERS, *c) - LETTERS);
    int begin = n;
    for (const char *c = text; *c; c++) ids[n++] = (int32_t)(strchr(LETTERS, *c) - LETTERS);
    // Characters are numbered as the tokenizer does it: in their order of code.
    for (int i = 0; i < n; i++) {
        size_t size;
        char letter = LETTERS[ids[i]];
        for (int32_t v = 0; v < V; v++)
            if (*tokenizer_bytes(s->tok, v, &size) == letter) ids[i] = v;
    }
    struct tape *t = tape_new();
    const float *x = tape_data(t, gpt_forward(s->model, t, 0, 1, n, ids));
    double sum = 0;
    for (int i = begin; i < n; i++) {
        double total = 0;
        for (int v = 0; v < V; v++) total += exp((double)x[(i - 1) * V + v]);
        sum += log(total) - (double)x[(i - 1) * V + ids[i]];
    }
    tape_free(t);
    return sum / (n - begin);
}

Test(best_of, the_model_picks_what_surprises_it_least)
{
    struct scene s = scene(1.5f, TOKENS);
    double least = (double)INFINITY, most = 0;
    int which = 0;
    for (int i = 0; i < COUNT; i++) {
        double nats = model_nats(&s, s.text[i]);
        if (nats < least) least = nats, which = i;
        if (nats > most) most = nats;
    }
    struct best_found f = best(&s, COUNT, JUDGE_MODEL, NULL);
    cr_expect_eq(f.which, which);
    cr_expect(fabs(f.nats - least) < 1e-5 && fabs(f.least - least) < 1e-5 &&
                  fabs(f.most - most) < 1e-5,
              "%g, %g to %g; want %g, to %g", f.nats, f.least, f.most, least, most);
    cr_expect(which > 0 && most > least + 0.1, "there is something to choose");
    cr_expect_eq(f.times.written, COUNT * TOKENS);
    leave(&s);
}

Test(best_of, one_is_the_plain_text)
{
    struct scene s = scene(1.5f, TOKENS);
    cr_expect_eq(best(&s, 1, JUDGE_MODEL, NULL).which, 0);
    cr_expect_eq(best(&s, 1, JUDGE_MAJORITY, NULL).agree, 1);
    leave(&s);
}

Test(best_of, the_majority)
{
    struct scene s = scene(1, 1);  // one letter each
    int count[256] = {0}, most = 0;
    for (int i = 0; i < COUNT; i++) {
        int n = ++count[(unsigned char)*s.text[i]];
        if (n > most) most = n;
    }
    cr_assert(most > 1 && most < COUNT, "%d of %d are alike", most, COUNT);
    struct best_found f = best(&s, COUNT, JUDGE_MAJORITY, NULL);
    cr_expect_eq(f.agree, most);
    cr_expect_eq(count[(unsigned char)*s.text[f.which]], most);
    for (int i = 0; i < f.which; i++)
        cr_expect_lt(count[(unsigned char)*s.text[i]], most, "of equals the first");
    leave(&s);
}

// A memory that has read one letter only: the text with most of it is the best.
Test(best_of, a_memory_picks_what_it_knows)
{
    struct scene s = scene(1.5f, TOKENS);
    int32_t ids[50];
    size_t size;
    for (int i = 0; i < 50; i++)
        for (int32_t v = 0; v < V; v++)
            if (*tokenizer_bytes(s.tok, v, &size) == 'c') ids[i] = v;
    struct recall r = {.kind = &RECALL_SUFFIX, .self = RECALL_SUFFIX.read(V, 50, ids), .V = V};
    struct best_found f = best(&s, COUNT, JUDGE_MEMORY, &r);
    int most = 0, letters[COUNT] = {0};
    for (int i = 0; i < COUNT; i++) {
        for (const char *c = s.text[i]; *c; c++) letters[i] += *c == 'c';
        if (letters[i] > most) most = letters[i];
    }
    cr_assert_gt(most, 0);
    cr_expect_eq(letters[f.which], most, "%s has %d of %d", s.text[f.which], letters[f.which],
                 most);
    cr_expect_lt(f.least, f.most);
    recall_close(&r);
    leave(&s);
}

// A stop text at once is no text that nobody could find fault with: its end is judged as well.
Test(best_of, an_empty_text_is_judged_by_its_end)
{
    struct scene s = scene(1.5f, TOKENS);
    // The first text is empty then; the memory has met all letters but the one that ends it.
    char first[2] = {*s.text[0], 0}, letters[V] = {0};
    const char *const stop[] = {first};
    s.writing.stop = stop, s.writing.stops = 1;
    int kept = 0;
    for (int i = 0; i < V; i++)
        if (LETTERS[i] != *first) letters[kept++] = LETTERS[i];
    int32_t ids[50];
    size_t size;
    for (int i = 0; i < 50; i++)
        for (int32_t v = 0; v < V; v++)
            if (*tokenizer_bytes(s.tok, v, &size) == letters[i % kept]) ids[i] = v;
    struct recall r = {.kind = &RECALL_SUFFIX, .self = RECALL_SUFFIX.read(V, 50, ids), .V = V};
    const struct best_of b = {COUNT, JUDGE_MEMORY, &r};
    struct best_found f;
    struct error e;
    char *out;
    FILE *file = open_memstream(&out, &size);
    cr_assert_eq(best_of_text(s.model, s.tok, &s.writing, &b, PROMPT, file, &f, &e), ERR_NONE);
    fclose(file);
    cr_expect_gt(strlen(out), strlen(PROMPT), "what the memory never met is no good end: %s", out);
    cr_expect_gt(f.least, 0.01);
    free(out);
    recall_close(&r);
    leave(&s);
}

Test(best_of, an_error_writes_nothing)
{
    struct scene s = scene(1, 2);
    const struct best_of b = {3, JUDGE_MODEL, NULL};
    struct best_found f;
    struct error e;
    char *out;
    size_t size;
    FILE *file = open_memstream(&out, &size);
    cr_expect_eq(best_of_text(s.model, s.tok, &s.writing, &b, "x", file, &f, &e), ERR_SYMBOL);
    cr_expect_not_null(strstr(e.text, "the prompt"));
    fclose(file);
    cr_expect_eq(size, 0);
    free(out);
    leave(&s);
}
