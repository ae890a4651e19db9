// generate: which tokens are chosen how often, what the model is shown, where the text ends.
#include "generate.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpe_fast_train.h"
#include "bytes.h"
#include "check.h"
#include "sentencepiece.h"
#include "shape.h"
#include "tokenizer_file.h"

TestSuite(generate, .timeout = 120);

// --- sample ----------------------------------------------------------------------------------

enum { V = 12, DRAWS = 100000 };

static const float LOGITS[V] = {0.3f, -1.2f, 2.1f, 0,    1.4f,  -0.7f,
                                0.9f, -2.5f, 1.1f, 0.2f, -0.1f, 1.9f};

static void count_draws(const struct sampling *s, int n, const float *logits, int draws, int *count)
{
    struct random r = random_start(11, RANDOM_TEST);
    struct candidate work[V];
    for (int i = 0; i < n; i++) count[i] = 0;
    for (int i = 0; i < draws; i++) {
        int id = sample(s, n, logits, &r, work);
        cr_assert(id >= 0 && id < n, "id %d", id);
        count[id]++;
    }
}

// allowed computes, in doubles, the probability of each token: 0 for those that are cut off.
static void allowed(const struct sampling *s, int n, const float *logits, double *p)
{
    int order[V];
    double e[V], all = 0, sum = 0, most = -(double)INFINITY;
    for (int i = 0; i < n; i++) most = fmax(most, (double)logits[i]);
    for (int i = 0; i < n; i++) {
        e[i] = exp(((double)logits[i] - most) / (double)s->temperature);
        all += e[i];
        int at = i;
        for (; at > 0 && logits[order[at - 1]] < logits[i]; at--) order[at] = order[at - 1];
        order[at] = i;  // among equals the smaller id is first
        p[i] = 0;
    }
    int k = s->top_k && s->top_k < n ? s->top_k : n;
    for (int i = 0; i < k && (i == 0 || sum < (double)s->top_p * all); i++) {
        sum += e[order[i]];
        p[order[i]] = e[order[i]];
    }
    for (int i = 0; i < n; i++) p[i] /= sum;
}

// follows checks counts against probabilities by chi-square.
static void follows(const struct sampling *s)
{
    int count[V], kinds = 0;
    double p[V], square = 0;
    count_draws(s, V, LOGITS, DRAWS, count);
    allowed(s, V, LOGITS, p);
    for (int v = 0; v < V; v++) {
        if (p[v] == 0) {
            cr_assert_eq(count[v], 0, "temperature %g, top-k %d, top-p %g: %d drawn",
                         (double)s->temperature, s->top_k, (double)s->top_p, v);
            continue;
        }
        double want = p[v] * DRAWS;
        square += (count[v] - want) * (count[v] - want) / want;
        kinds++;
    }
    // The chance of more, with as many degrees of freedom, is below 1e-5: Wilson & Hilferty 1931.
    double k = kinds > 1 ? kinds - 1 : 1,
           limit = k * pow(1 - 2 / (9 * k) + 4.27 * sqrt(2 / (9 * k)), 3);
    cr_assert_lt(square, limit, "temperature %g, top-k %d, top-p %g: chi-square %g of %d tokens",
                 (double)s->temperature, s->top_k, (double)s->top_p, square, kinds);
}

Test(generate, tokens_come_as_often_as_softmax_says)
{
    const float temperature[] = {0.5f, 1, 2};
    for (int i = 0; i < 3; i++) follows(&(struct sampling){temperature[i], 0, 1});
}

Test(generate, those_that_are_left_keep_their_proportions)
{
    follows(&(struct sampling){1, 5, 1});
    follows(&(struct sampling){2, 0, 0.7f});
    follows(&(struct sampling){0.5f, 0, 0.9f});
    follows(&(struct sampling){1, 4, 0.6f});
    follows(&(struct sampling){1, 3, 0.99f});
    follows(&(struct sampling){1, V, 1});
    follows(&(struct sampling){1, V + 100, 1});
}

Test(generate, the_chi_square_would_see_another_temperature)
{
    // The check above can fail: counts at 1.05 do not pass for 1.
    int count[V];
    double p[V], square = 0;
    count_draws(&(struct sampling){1.05f, 0, 1}, V, LOGITS, DRAWS, count);
    allowed(&(struct sampling){1, 0, 1}, V, LOGITS, p);
    for (int v = 0; v < V; v++) {
        square += (count[v] - p[v] * DRAWS) * (count[v] - p[v] * DRAWS) / (p[v] * DRAWS);
    }
    cr_assert_gt(square, 80);
}

// set_is checks that exactly these tokens are ever drawn.
static void set_is(const struct sampling *s, int n, const float *logits, const char *tokens)
{
    int count[V];
    char drawn[V + 1] = "";
    count_draws(s, n, logits, 20000, count);
    for (int v = 0, at = 0; v < n; v++) {
        if (count[v]) drawn[at++] = (char)('a' + v);
    }
    cr_assert_str_eq(drawn, tokens, "top-k %d, top-p %g", s->top_k, (double)s->top_p);
}

Test(generate, top_k_keeps_k_and_of_equals_the_smaller_ids)
{
    const float ties[] = {1, 2, 1, 3, 1, 3, 1, 2};  // d f | b h | a c e g
    const char *sets[] = {"d",      "df",      "bdf",      "bdfh",    "abdfh",
                          "abcdfh", "abcdefh", "abcdefgh", "abcdefgh"};
    for (int k = 1; k <= 9; k++) set_is(&(struct sampling){1, k, 1}, 8, ties, sets[k - 1]);
    set_is(&(struct sampling){1, 0, 1}, 8, ties, "abcdefgh");
}

Test(generate, top_p_keeps_the_fewest_that_reach_it)
{
    // Probabilities 1/2, 1/4, 1/8, 1/16, 1/16 of b, e, a, c, d, within float rounding.
    const float l = 0.69314718f, logits[] = {-3 * l, -l, -4 * l, -4 * l, -2 * l};
    const struct {
        float p;
        const char *tokens;
    } cases[] = {{0, "b"},        {1e-6f, "b"},     {0.49f, "b"},        {0.51f, "be"},
                 {0.74f, "be"},   {0.76f, "abe"},   {0.87f, "abe"},      {0.88f, "abce"},
                 {0.93f, "abce"}, {0.94f, "abcde"}, {0.99999f, "abcde"}, {1, "abcde"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_is(&(struct sampling){1, 0, cases[i].p}, 5, logits, cases[i].tokens);
    }
    // Equal ones, exactly: 1/4 each.  Reaching it counts, so 0.5 takes two: those of smaller id.
    const float equal[] = {2, 2, 2, 2};
    set_is(&(struct sampling){1, 0, 0.25f}, 4, equal, "a");
    set_is(&(struct sampling){1, 0, 0.5f}, 4, equal, "ab");
    set_is(&(struct sampling){1, 0, 0.5001f}, 4, equal, "abc");
    set_is(&(struct sampling){1, 3, 0.9f}, 4, equal, "abc");
}

Test(generate, temperature_0_takes_the_largest_and_needs_no_dice)
{
    const float ties[] = {1, 3, 2, 3};
    struct random r = random_start(1, RANDOM_TEST);
    struct candidate work[V];
    cr_assert_eq(sample(&(struct sampling){0, 0, 1}, 4, ties, &r, work), 1);
    cr_assert_eq(r.position, 0);
    // The way there is continuous, as far as floats go.
    for (float t = 1e-3f; t > 0; t /= 16) {
        cr_assert_eq(sample(&(struct sampling){t, 0, 1}, V, LOGITS, &r, work), 2, "%g", (double)t);
    }
}

Test(generate, scores_of_any_size_are_sampled)
{
    struct random r = random_start(1, RANDOM_TEST);
    struct candidate work[V];
    const float wide[] = {-3e38f, 3e38f, 0, -1e30f}, flat[] = {-3e38f, -3e38f};
    int seen[2] = {0};
    for (int i = 0; i < 200; i++) {
        cr_assert_eq(sample(&(struct sampling){1, 0, 1}, 4, wide, &r, work), 1);
        cr_assert_eq(sample(&(struct sampling){100, 0, 0.999f}, 4, wide, &r, work), 1);
        seen[sample(&(struct sampling){1, 0, 1}, 2, flat, &r, work)]++;
    }
    cr_assert(seen[0] > 50 && seen[1] > 50);
    cr_assert_eq(sample(&(struct sampling){1, 0, 1}, 1, wide, &r, work), 0, "a single token");
}

// --- the model -------------------------------------------------------------------------------

enum { CONTEXT = 6 };

static struct gpt *model_of(int vocab)
{
    const struct gpt_config c = {SIZES(vocab, CONTEXT, 2, 2, 12)};
    struct gpt *m = gpt_new(&c, 8);
    struct random r = random_start(9, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] += 0.4f * random_normal(&r);
    return m;
}

Test(generate, the_model_sees_the_last_ids_that_its_context_holds)
{
    struct gpt *m = model_of(V);
    struct tape *t = tape_new(), *own = tape_new();
    struct check *c = check_begin(2);
    const int32_t *ids = check_ids(c, 40, V);
    for (int n = 1; n <= 40; n++) {
        int seen = n < CONTEXT ? n : CONTEXT;
        tape_reset(own);
        const float *all = tape_data(own, gpt_forward(m, own, 0, 1, seen, ids + n - seen));
        check_same(V, generate_next(m, t, n, ids), all + (seen - 1) * V, "after %d ids", n);
    }
    check_end(c);
    tape_free(t), tape_free(own);
    gpt_free(m);
}

// --- text ------------------------------------------------------------------------------------

static const char LETTERS[] = "abcdé\n ";

static struct tokenizer *letters(void)
{
    struct chars *c;
    cr_assert_eq(chars_new(strlen(LETTERS), LETTERS, &c, NULL), ERR_NONE);
    return tokenizer_of_chars(c);
}

// byte_pairs learns tokens of several bytes, é among them, and has an end-of-text token.
static struct tokenizer *byte_pairs(void)
{
    static const char text[] = "aba cab dab aba cab dab é é é é aba cab dab\n";
    const char *special = VOCAB_END_OF_TEXT;
    struct vocab *b;
    cr_assert_eq(bpe_fast_train(strlen(text), text, 266, 1, &special, &b, NULL), ERR_NONE);
    return tokenizer_of_bpe(b);
}

// write returns what generate_text writes, and its code.
static enum err write_text(const struct gpt *m, const struct tokenizer *tok,
                           const struct generation *g, char **text, size_t *size, int *count,
                           struct error *e)
{
    FILE *f = open_memstream(text, size);
    enum err code = generate_text(m, tok, g, f, count, e);
    cr_assert_eq(fclose(f), 0);
    return code;
}

static char *written(const struct gpt *m, const struct tokenizer *tok, const struct generation *g,
                     size_t *size, int *count)
{
    char *text;
    struct error e = {.text = ""};
    cr_assert_eq(write_text(m, tok, g, &text, size, count, &e), ERR_NONE, "%s", e.text);
    return text;
}

static const void *find(const char *text, size_t size, const char *what, size_t length)
{
    for (size_t at = 0; at + length <= size; at++) {
        if (memcmp(text + at, what, length) == 0) return text + at;
    }
    return NULL;
}

// stops_everywhere takes every short piece of what is written as the stop text.
static void stops_everywhere(const struct gpt *m, const struct tokenizer *tok, float temperature)
{
    struct generation g = {
        .sampling = {temperature, 0, 1}, .prompt = "ab", .tokens = 60, .seed = 4};
    size_t whole_size, size;
    int whole_count, count;
    char *whole = written(m, tok, &g, &whole_size, &whole_count);
    cr_assert(memcmp(whole, "ab", 2) == 0 && whole_count == 60);
    const char *made = whole + 2;
    size_t made_size = whole_size - 2;
    for (size_t from = 0; from < made_size; from++) {
        for (size_t length = 1; length <= 5 && from + length <= made_size; length++) {
            char stop[8] = "";
            memcpy(stop, made + from, length);
            if (strlen(stop) != length) continue;  // a zero byte, which no stop text has
            g.stop = stop;
            char *text = written(m, tok, &g, &size, &count);
            const char *first = find(made, made_size, stop, length);
            size_t want = (size_t)(first - whole);
            cr_assert(size == want && memcmp(text, whole, size) == 0,
                      "stop at %zu, %zu bytes: %zu bytes written, expected %zu", from, length, size,
                      want);
            cr_assert(count >= 1 && count <= 60);
            free(text);
        }
    }
    g.stop = "zzz";
    char *text = written(m, tok, &g, &size, &count);
    cr_assert(size == whole_size && memcmp(text, whole, size) == 0 && count == 60,
              "a stop text that does not come holds nothing back");
    free(text);
    free(whole);
}

Test(generate, the_stop_text_ends_the_text_and_is_not_written)
{
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    stops_everywhere(m, tok, 1);
    stops_everywhere(m, tok, 3);
    gpt_free(m);
    tokenizer_free(tok);
}

// unigram makes the model's scores those numbers, whatever came before: the last norm's gain is 0
// and its shift picks the first channel, where each token's embedding has its score.
static void unigram(struct gpt *m, const float *score)
{
    struct param wte = gpt_param(m, 0);
    struct param gain = gpt_param(m, gpt_params(m) - 2), shift = gpt_param(m, gpt_params(m) - 1);
    for (int v = 0; v < wte.shape[0]; v++) wte.data[v * wte.shape[1]] = score[v];
    for (size_t i = 0; i < gain.size; i++) gain.data[i] = 0, shift.data[i] = i == 0;
}

Test(generate, so_it_does_where_tokens_have_several_bytes)
{
    struct tokenizer *tok = byte_pairs();
    int vocab = tokenizer_vocab(tok);
    cr_assert_gt(vocab, 260);
    struct gpt *m = model_of(vocab);
    float *score = malloc((size_t)vocab * sizeof *score);
    // Merged tokens and letters, and never the end of text.
    for (int v = 0; v < vocab; v++) score[v] = v >= 256 ? 8 : v < 80 ? 5 : 0;
    score[vocab - 1] = -50;
    unigram(m, score);
    stops_everywhere(m, tok, 1);
    free(score);
    gpt_free(m);
    tokenizer_free(tok);
}

Test(generate, the_end_of_text_ends_the_text)
{
    struct tokenizer *tok = byte_pairs();
    int vocab = tokenizer_vocab(tok), count;
    size_t size;
    struct gpt *m = model_of(vocab);
    float *score = calloc((size_t)vocab, sizeof *score);
    score[vocab - 1] = 30;
    unigram(m, score);
    struct generation g = {.sampling = {0, 0, 1}, .prompt = "a cab", .tokens = 9};
    char *text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "a cab", "the token has no text to show");
    cr_assert_eq(count, 1);
    free(text);
    free(score);
    gpt_free(m);
    tokenizer_free(tok);
}

Test(generate, seeds_decide)
{
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    struct generation g = {.sampling = {2, 0, 1}, .prompt = "é", .tokens = 50, .seed = 1};
    size_t size;
    int count;
    char *one = written(m, tok, &g, &size, &count), *again = written(m, tok, &g, &size, &count);
    g.seed = 2;
    char *two = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(one, again);
    cr_assert_str_neq(one, two);
    cr_assert_eq(memcmp(one, "é", 2), 0, "the prompt comes first");
    cr_assert_eq(count, 50);
    free(one), free(again), free(two);
    gpt_free(m);
    tokenizer_free(tok);
}

Test(generate, a_prompt_that_cannot_be_encoded_is_refused)
{
    static const struct {
        const char *prompt;
        enum err code;
        const char *words;
    } bad[] = {{"", ERR_VALUE, "the prompt has 0 tokens"},
               {"abx", ERR_SYMBOL, "the prompt: byte 2: U+0078"},
               {"a\xFF", ERR_UTF8, "the prompt: byte 1: "}};
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    for (int i = 0; i < 3; i++) {
        struct generation g = {.sampling = {1, 0, 1}, .prompt = bad[i].prompt, .tokens = 5};
        struct error e = {0};
        char *text;
        size_t size;
        int count = -7;
        cr_assert_eq(write_text(m, tok, &g, &text, &size, &count, &e), bad[i].code);
        cr_assert(e.code == bad[i].code && strstr(e.text, bad[i].words), "%s", e.text);
        cr_assert(size == 0 && count == -7, "something was written");
        free(text);
    }
    gpt_free(m);
    tokenizer_free(tok);
}

Test(generate, a_model_without_numbers_is_refused)
{
    struct tokenizer *tok = letters();
    const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        struct gpt *m = model_of(tokenizer_vocab(tok));
        float score[sizeof LETTERS] = {0};
        score[3] = bad[i];
        unigram(m, score);
        struct generation g = {.sampling = {1, 0, 1}, .prompt = "a", .tokens = 5};
        struct error e = {0};
        char *text;
        size_t size;
        int count;
        cr_assert_eq(write_text(m, tok, &g, &text, &size, &count, &e), ERR_FORMAT);
        cr_assert(strstr(e.text, "not finite"), "%s", e.text);
        free(text);
        gpt_free(m);
    }
    tokenizer_free(tok);
}

Test(generate, where_nothing_can_be_written_it_ends)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full) cr_skip("no /dev/full here");
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    struct generation g = {.sampling = {1, 0, 1}, .prompt = "a", .tokens = 1000000};
    int count;
    cr_assert_eq(generate_text(m, tok, &g, full, &count, NULL), ERR_NONE);
    cr_assert_lt(count, 10);
    cr_assert(ferror(full));
    fclose(full);
    gpt_free(m);
    tokenizer_free(tok);
}

// Llama's kind: a model goes on from <s>, and what begins a text has no space before it.
Test(generate, begins_with_bos_where_the_tokenizer_has_one)
{
    struct tokenizer *tok;
    struct error e;
    cr_assert_eq(tokenizer_file_read(GOLDEN "/llama/tokenizer.bin", &tok, &e), ERR_NONE, "%s",
                 e.text);
    int vocab = tokenizer_vocab(tok), count;
    const struct sentencepiece *s = tokenizer_sentencepiece(tok);
    struct gpt *m = model_of(vocab);
    float *score = calloc((size_t)vocab, sizeof *score);
    score[sentencepiece_find(s, SENTENCEPIECE_SPACE "the")] = 9;
    unigram(m, score);
    struct generation g = {.sampling = {0, 0, 1}, .prompt = "", .tokens = 3};
    size_t size;
    char *text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "the the the");
    cr_assert_eq(count, 3);
    free(text);
    g.prompt = "a";
    text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "a the the the");
    free(text);
    score[2] = 10;  // </s>
    unigram(m, score);
    text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "a");
    cr_assert_eq(count, 1);
    free(text);
    free(score);
    gpt_free(m);
    tokenizer_free(tok);
}
