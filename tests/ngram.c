// ngram: counts, probabilities, bits and samples, on texts of a few letters that a person can
// count, against exact fractions from Python, and against the reference on random texts.
//
// Texts are written in letters: a is id 0, b is id 1.  They stand in memory between other ids, so
// that a look beyond an end finds something, always the same, and comes out wrong.  A given() says
// first what decides, and fits one line.
#include "ngram.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/ngram.h"
#include "guard.h"
#include "lesson.h"
#include "random.h"
#include "ref_ngram.h"

FUNCTION(ngram_count, 3);
FUNCTION(ngram_probability, 4);
FUNCTION(ngram_bits, 3);
FUNCTION(ngram_sample, 2);

enum { ROOM = 1 << 15, BETWEEN = 16, V_MOST = 32, MOST = 24 };
static const double NEAR = 1e-12;
static const char WORD[] = "abracadabra";
static const char LETTERS[] = "abcdrefghijklmnopqstuvwxyzABCDEF";  // r is id 4, for that word

// --- texts -----------------------------------------------------------------------------------

// place returns room for n ids where the texts of this test stand, with these in it, or zeros.
static int32_t *place(size_t n, const int32_t *ids)
{
    static int32_t room[ROOM];
    static size_t used = BETWEEN;
    CHECK(used + n + BETWEEN <= ROOM, "used=%zu n=%zu", used, n);
    int32_t *at = room + used;
    if (n && ids) memcpy(at, ids, n * sizeof *ids);
    used += n + BETWEEN;
    return at;
}

static int32_t id_of(char letter)
{
    return (int32_t)(strchr(LETTERS, letter) - LETTERS);
}

// ids_of returns the letters as ids.
static const int32_t *ids_of(size_t n, const char *letters)
{
    int32_t *ids = place(n, NULL);
    for (size_t i = 0; i < n; i++) ids[i] = id_of(letters[i]);
    return ids;
}

// alone returns ids in memory of their own, for free(ids - BETWEEN).  With sanitizers it ends with
// the last of them, so that they see who reads on; without, who does always finds the same.
static int32_t *alone(size_t n, const char *letters)
{
    int32_t *ids = calloc(BETWEEN + n + (GUARD_SANITIZED ? 0 : BETWEEN), sizeof *ids);
    if (!ids) die("out of memory: a text");
    for (size_t i = 0; i < n; i++) ids[BETWEEN + i] = id_of(letters[i]);
    return ids + BETWEEN;
}

static const int32_t *word(const char *letters)
{
    return ids_of(strlen(letters), letters);
}

// brief returns letters in quotes, of many the first.
static const char *brief(size_t n, const char *letters)
{
    char shown[MOST + 4];
    if (n <= MOST) return lesson_quote(n, letters);
    snprintf(shown, sizeof shown, "%.*s...", MOST - 3, letters);
    return lesson_quote(MOST, shown);
}

// letters_of is the way from ids to letters, in quotes, for messages.
static const char *letters_of(size_t n, const int32_t *ids)
{
    char letters[MOST];
    size_t shown = n < sizeof letters ? n : sizeof letters;
    for (size_t i = 0; i < shown; i++) letters[i] = LETTERS[ids[i]];
    return lesson_quote(shown, letters);
}

// counted makes the learner's model of a text, and describes it; NULL, which is reported, if there
// is none.
static struct ngram *counted(size_t order, int V, const char *letters)
{
    size_t n = strlen(letters);
    given("order %zu, V = %d, counted %s", order, V, brief(n, letters));
    struct ngram *m = ngram_count(order, V, n, ids_of(n, letters));
    return expect_true("ngram_count returns a model", m != NULL) ? m : NULL;
}

// random_letters writes n of the first V letters, of which some follow others more often.
static void random_letters(struct random *r, size_t n, int V, char *letters)
{
    uint32_t last = 0, several = (uint32_t)V;
    for (size_t i = 0; i < n; i++) {
        last = random_below(r, 3) ? (2 * last + random_below(r, 2)) % several
                                  : random_below(r, several);
        letters[i] = LETTERS[last];
    }
    letters[n] = 0;
}

// --- ngram_count -----------------------------------------------------------------------------

// What a model knows of one context: after, kinds, and times of each id.
static void know(int ref, const struct ngram *m, int V, size_t n, const int32_t *context,
                 int32_t *known)
{
    known[0] = ref ? ref_ngram_after(m, n, context) : ngram_after(m, n, context);
    known[1] = ref ? ref_ngram_kinds(m, n, context) : ngram_kinds(m, n, context);
    for (int32_t id = 0; id < V; id++)
        known[2 + id] = ref ? ref_ngram_times(m, n, context, id) : ngram_times(m, n, context, id);
}

// next_context counts up through all contexts of n ids; returns 0 after the last.
static int next_context(size_t n, int32_t *context, int V)
{
    while (n > 0 && ++context[n - 1] == V) context[--n] = 0;
    return n > 0;
}

// expect_known checks what a model counted on `letters` knows of one context.
static void expect_known(const struct ngram *m, const char *letters, size_t n,
                         const int32_t *context, const int32_t *want)
{
    int32_t got[2 + V_MOST];
    int V = ngram_vocab(m);
    know(0, m, V, n, context, got);
    given("context %s; counted %s, order %zu, V = %d", letters_of(n, context),
          brief(strlen(letters), letters), ngram_order(m), V);
    expect_int("after: how often any id comes after the context", got[0], want[0]);
    expect_int("kinds: how many different ids come after it", got[1], want[1]);
    expect_ids("times: how often id 0, id 1, … comes after it", (size_t)V, got + 2, (size_t)V,
               want + 2);
}

// rows_of asks for the numbers of rows of 0, 1, … order + 1 ids; returns how many those are.
static size_t rows_of(int ref, const struct ngram *m, size_t order, int32_t *rows)
{
    for (size_t length = 0; length <= order + 1; length++)
        rows[length] = (int32_t)(ref ? ref_ngram_rows(m, length) : ngram_rows(m, length));
    return order + 2;
}

// has_rows checks them.  None may be longer than the order.
static void has_rows(const struct ngram *m, const char *letters, const int32_t *want)
{
    int32_t got[8];
    size_t order = ngram_order(m), n = rows_of(0, m, order, got);
    given("counted %s, order %zu, V = %d", brief(strlen(letters), letters), order, ngram_vocab(m));
    expect_ids("ngram_rows: different rows of 0, 1, … order + 1 ids", n, got, n, want);
}

static void knows(const struct ngram *m, const char *letters, const char *context,
                  const int32_t *want)
{
    expect_known(m, letters, strlen(context), word(context), want);
}

// compare checks every context that a model of that order may be asked about.  With `quick` it only
// says whether all are as they should be.
static int compare(int quick, size_t order, int V, size_t size, const char *letters)
{
    int32_t *ids = alone(size, letters);
    struct ngram *m = ngram_count(order, V, size, ids), *ref = ref_ngram_count(order, V, size, ids);
    int same = m != NULL;
    for (size_t n = 0; m && n < order; n++) {
        int32_t context[8] = {0}, got[2 + V_MOST], want[2 + V_MOST];
        do {
            know(0, m, V, n, context, got);
            know(1, ref, V, n, context, want);
            same &= memcmp(got, want, sizeof *got * (2 + (size_t)V)) == 0;
            if (quick) continue;
            expect_known(m, letters, n, context, want);
        } while (next_context(n, context, V));
    }
    int32_t got[8], want[8];
    size_t lengths = rows_of(1, ref, order, want);
    if (m) {
        rows_of(0, m, order, got);
        same &= memcmp(got, want, lengths * sizeof *got) == 0;
        if (!quick) has_rows(m, letters, want);
        ngram_free(m);
    }
    ref_ngram_free(ref);
    free(ids - BETWEEN);
    return same;
}

struct shape {
    size_t order;
    int V;
};

static int differs(size_t size, const char *letters, void *context)
{
    const struct shape *s = context;
    return !compare(1, s->order, s->V, size, letters);
}

TEST(ngram_count, one_letter)
{
    struct ngram *m = counted(1, 2, "a");
    if (!m) return;
    knows(m, "a", "", (int32_t[]){1, 1, 1, 0});
    has_rows(m, "a", (int32_t[]){1, 1, 0});
    ngram_free(m);
}

TEST(ngram_count, single_letters_of_a_word)
{
    struct ngram *m = counted(1, 5, WORD);
    if (!m) return;
    knows(m, WORD, "", (int32_t[]){11, 5, 5, 2, 1, 1, 2});
    has_rows(m, WORD, (int32_t[]){1, 5, 0});
    ngram_free(m);
}

TEST(ngram_count, pairs_of_a_word)
{
    struct ngram *m = counted(2, 5, WORD);
    if (!m) return;
    knows(m, WORD, "", (int32_t[]){11, 5, 5, 2, 1, 1, 2});
    knows(m, WORD, "b", (int32_t[]){2, 1, 0, 0, 0, 0, 2});
    knows(m, WORD, "a", (int32_t[]){4, 3, 0, 2, 1, 1, 0});  // it also ends the text
    has_rows(m, WORD, (int32_t[]){1, 5, 7, 0});
    ngram_free(m);
}

TEST(ngram_count, rows_overlap)
{
    struct ngram *m = counted(3, 2, "aaaa");
    if (!m) return;
    knows(m, "aaaa", "", (int32_t[]){4, 1, 4, 0});
    knows(m, "aaaa", "a", (int32_t[]){3, 1, 3, 0});
    knows(m, "aaaa", "aa", (int32_t[]){2, 1, 2, 0});
    has_rows(m, "aaaa", (int32_t[]){1, 1, 1, 1, 0});
    ngram_free(m);
}

TEST(ngram_count, text_shorter_than_the_order)
{
    struct ngram *m = counted(5, 3, "abc");
    if (!m) return;
    knows(m, "abc", "", (int32_t[]){3, 3, 1, 1, 1});
    knows(m, "abc", "ab", (int32_t[]){1, 1, 0, 0, 1});
    knows(m, "abc", "abc", (int32_t[]){0, 0, 0, 0, 0});
    knows(m, "abc", "aabc", (int32_t[]){0, 0, 0, 0, 0});
    has_rows(m, "abc", (int32_t[]){1, 3, 2, 1, 0, 0, 0});
    ngram_free(m);
}

TEST(ngram_count, no_text)
{
    struct ngram *m = counted(2, 2, "");
    if (!m) return;
    knows(m, "", "", (int32_t[]){0, 0, 0, 0});
    knows(m, "", "a", (int32_t[]){0, 0, 0, 0});
    expect_int("ngram_order", (int64_t)ngram_order(m), 2);
    expect_int("ngram_vocab", ngram_vocab(m), 2);
    ngram_free(m);
}

TEST(ngram_count, random_texts)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 12; i++) {
        struct shape s = {.order = 1 + (size_t)i % 4, .V = 1 + i % 5};
        char letters[61];
        size_t size = 5 * (size_t)i;
        random_letters(&r, size, s.V, letters);
        if (differs(size, letters, &s)) {
            size = lesson_shrink(size, letters, differs, &s);
            letters[size] = 0;
        }
        given("counted %s, order %zu, V = %d", brief(size, letters), s.order, s.V);
        expect_true("every count is as it should be", compare(0, s.order, s.V, size, letters));
    }
}

TEST(ngram_count, many_different_ids)
{
    enum { V = 400, N = 1000 };
    struct random r = random_start(2, RANDOM_TEST);
    int32_t ids[N], got[N], want[N];
    for (int i = 0; i < N; i++) ids[i] = (int32_t)(random_below(&r, V) | random_below(&r, V)) % V;
    given("order 2, V = %d, counted %d random ids", V, N);
    struct ngram *m = ngram_count(2, V, N, place(N, ids)), *ref = ref_ngram_count(2, V, N, ids);
    if (!expect_true("ngram_count returns a model", m != NULL)) return;
    for (int i = 0; i + 1 < N; i++) {
        got[i] = ngram_times(m, 1, ids + i, ids[i + 1]);
        want[i] = ref_ngram_times(ref, 1, ids + i, ids[i + 1]);
    }
    expect_ids("times of each id of the text, after the one before it", N - 1, got, N - 1, want);
    for (int i = 0; i + 1 < N; i++) {
        got[i] = ngram_kinds(m, 1, ids + i);
        want[i] = ref_ngram_kinds(ref, 1, ids + i);
    }
    expect_ids("kinds of each id of the text", N - 1, got, N - 1, want);
    ngram_free(m);
    ref_ngram_free(ref);
}

// Going on from the row before takes one look for each row; from the empty row, as many as it has
// ids: a hundred times the work.  Its name lets it run last: a test that is out of time ends
// others.
TEST(ngram_count, with_long_rows)
{
    enum { N = 30000, ORDER = 250 };
    given("counted \"aaa...\", %d ids, order %d: %d looks for each id", N, ORDER, ORDER);
    struct ngram *m = ngram_count(ORDER, 1, N, place(N, NULL));
    if (!expect_true("ngram_count returns a model", m != NULL)) return;
    int32_t *a = place(ORDER - 1, NULL);
    expect_int("times of 250 a", ngram_times(m, ORDER - 1, a, 0), N - ORDER + 1);
    ngram_free(m);
}

// --- ngram_probability -----------------------------------------------------------------------

// expect_p checks the probabilities of all ids after a context.
static void expect_p(const struct ngram *m, size_t n, const int32_t *context, const double *want)
{
    double got[V_MOST];
    int V = ngram_vocab(m);
    for (int32_t id = 0; id < V; id++) got[id] = ngram_probability(m, n, context, id);
    expect_doubles("P(id | context) for id 0, id 1, …", (size_t)V, got, want, NEAR);
}

// guesses does so for a model that was counted on `letters`.
static void guesses(const struct ngram *m, const char *letters, const char *context,
                    const double *want)
{
    given("context \"%s\"; counted \"%s\", order %zu, V = %d", context, letters, ngram_order(m),
          ngram_vocab(m));
    expect_p(m, strlen(context), word(context), want);
}

TEST(ngram_probability, nothing_known)
{
    struct ngram *m = counted(2, 4, "");
    if (!m) return;
    guesses(m, "", "", (double[]){0.25, 0.25, 0.25, 0.25});
    guesses(m, "", "c", (double[]){0.25, 0.25, 0.25, 0.25});
    ngram_free(m);
}

TEST(ngram_probability, single_letters)
{
    struct ngram *m = counted(1, 5, WORD);
    if (!m) return;
    const double want[] = {6. / 16, 3. / 16, 2. / 16, 2. / 16, 3. / 16};
    guesses(m, WORD, "", want);
    guesses(m, WORD, "abr", want);  // order 1 looks at no context
    ngram_free(m);
}

TEST(ngram_probability, an_id_that_never_occurs)
{
    struct ngram *m = counted(1, 10, "aab");
    if (!m) return;
    double want[10];
    for (int id = 0; id < 10; id++)
        want[id] = ((id == 0 ? 2 : id == 1 ? 1 : 0) + 2 / 10.) / (3 + 2);
    guesses(m, "aab", "", want);
    ngram_free(m);
}

TEST(ngram_probability, the_nearest_id)
{
    // a: nothing comes after b.  b: once after a.
    struct ngram *m = counted(3, 2, "ab");
    if (!m) return;
    guesses(m, "ab", "a", (double[]){0.25, 0.75});
    guesses(m, "ab", "b", (double[]){0.5, 0.5});
    guesses(m, "ab", "ba", (double[]){0.25, 0.75});
    guesses(m, "ab", "ab", (double[]){0.5, 0.5});
    ngram_free(m);
}

TEST(ngram_probability, pairs)
{
    struct ngram *m = counted(2, 5, WORD);
    if (!m) return;
    const double b[] = {6. / 48, 3. / 48, 2. / 48, 2. / 48, (2 + 3. / 16) / 3};
    const double a[] = {18. / 112, (2 + 9. / 16) / 7, 22. / 112, 22. / 112, 9. / 112};
    guesses(m, WORD, "b", b);
    guesses(m, WORD, "a", a);
    guesses(m, WORD, "rcab", b);  // order 2 looks at the nearest id only
    ngram_free(m);
}

TEST(ngram_probability, threes)
{
    struct ngram *m = counted(3, 5, WORD);
    if (!m) return;
    const double a[] = {18. / 112, (2 + 9. / 16) / 7, 22. / 112, 22. / 112, 9. / 112};
    const double ab[] = {2. / 48, 1. / 48, 2. / 144, 2. / 144, (2 + (2 + 3. / 16) / 3) / 3};
    guesses(m, WORD, "ab", ab);
    guesses(m, WORD, "ba", a);  // it never stands there, and "a" does
    guesses(m, WORD, "cab", ab);
    ngram_free(m);
}

TEST(ngram_probability, contexts_that_never_occur)
{
    struct ngram *m = counted(3, 4, "abcabc");
    if (!m) return;
    double single[] = {(2 + 3 / 4.) / 9, (2 + 3 / 4.) / 9, (2 + 3 / 4.) / 9, (3 / 4.) / 9}, pair[4];
    for (int id = 0; id < 4; id++) pair[id] = ((id == 1 ? 2 : 0) + single[id]) / 3;
    guesses(m, "abcabc", "d", single);
    guesses(m, "abcabc", "da", pair);
    guesses(m, "abcabc", "ad", single);
    ngram_free(m);
}

TEST(ngram_probability, context_only_at_the_end)
{
    struct ngram *m = counted(3, 3, "aabc");
    if (!m) return;
    const double single[] = {(2 + 1.) / 7, (1 + 1.) / 7, (1 + 1.) / 7};
    guesses(m, "aabc", "c", single);
    guesses(m, "aabc", "bc", single);
    ngram_free(m);
}

TEST(ngram_probability, one_id_only)
{
    struct ngram *m = counted(3, 1, "aaaaa");
    if (!m) return;
    guesses(m, "aaaaa", "aa", (double[]){1});
    guesses(m, "aaaaa", "", (double[]){1});
    ngram_free(m);
}

TEST(ngram_probability, as_exact_fractions_say)
{
    size_t n = sizeof GOLDEN_TEXT / sizeof *GOLDEN_TEXT;
    struct ngram *m = ngram_count(GOLDEN_ORDER, GOLDEN_V, n, place(n, GOLDEN_TEXT));
    if (!expect_true("ngram_count returns a model", m != NULL)) return;
    for (size_t i = 0; i < sizeof GOLDEN_P / sizeof *GOLDEN_P; i++) {
        size_t length = (size_t)GOLDEN_P[i].n;
        given("GOLDEN_P[%zu] of tests/golden/ngram.h; counted GOLDEN_TEXT, order %d", i,
              GOLDEN_ORDER);
        expect_p(m, length, place(length, GOLDEN_P[i].context), GOLDEN_P[i].p);
    }
    ngram_free(m);
}

TEST(ngram_probability, sum_is_one)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 10; i++) {
        size_t order = 1 + (size_t)i % 5;
        int V = 1 + i;
        char letters[201];
        random_letters(&r, 20 * (size_t)i, V, letters);
        struct ngram *m = counted(order, V, letters);
        if (!m) return;
        for (size_t at = 0; at < 5; at++) {
            int32_t context[5];
            for (int k = 0; k < 5; k++) context[k] = (int32_t)random_below(&r, (uint32_t)V);
            double sum = 0;
            for (int32_t id = 0; id < V; id++) sum += ngram_probability(m, at, context, id);
            given("context %s; counted %s, order %zu, V = %d", letters_of(at, context),
                  brief(strlen(letters), letters), order, V);
            expect_double("the sum of P over all ids", sum, 1, NEAR);
        }
        ngram_free(m);
    }
}

// struct question: what is asked of models counted on ever shorter texts.
struct question {
    size_t order, n;
    int V;
    int32_t context[6];
};

// answers compares P of all ids; with `quick` it only says whether they are as they should be.
static int answers(int quick, size_t size, const char *letters, const struct question *q)
{
    int32_t *ids = alone(size, letters);
    struct ngram *m = ngram_count(q->order, q->V, size, ids);
    struct ngram *ref = ref_ngram_count(q->order, q->V, size, ids);
    int right = m != NULL;
    double want[V_MOST];
    for (int32_t id = 0; m && id < q->V; id++) {
        want[id] = ref_ngram_probability(ref, q->n, q->context, id);
        double got = ngram_probability(m, q->n, q->context, id);
        right &= fabs(got - want[id]) <= NEAR;
    }
    if (m && !quick) expect_p(m, q->n, q->context, want);
    if (m) ngram_free(m);
    ref_ngram_free(ref);
    free(ids - BETWEEN);
    return right;
}

static int misjudged(size_t size, const char *letters, void *context)
{
    return !answers(1, size, letters, context);
}

TEST(ngram_probability, random_texts)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        char letters[61];
        size_t size = (size_t)(3 * i) % 61;
        struct question q = {.order = 1 + (size_t)i % 5, .V = 2 + i % 7, .n = (size_t)i % 6};
        random_letters(&r, size, q.V, letters);
        for (size_t k = 0; k < q.n; k++) q.context[k] = (int32_t)random_below(&r, (uint32_t)q.V);
        if (misjudged(size, letters, &q)) size = lesson_shrink(size, letters, misjudged, &q);
        given("context %s; counted %s, order %zu, V = %d", letters_of(q.n, q.context),
              brief(size, letters), q.order, q.V);
        answers(0, size, letters, &q);
    }
}

// --- ngram_bits ------------------------------------------------------------------------------

static void expect_bits(const struct ngram *m, size_t order, const char *letters, double want)
{
    double got = ngram_bits(m, order, strlen(letters), word(letters));
    expect_double("bits of surprise", got, want, NEAR);
}

TEST(ngram_bits, one_letter)
{
    struct ngram *m = counted(1, 4, "");
    if (!m) return;
    given("text \"c\"; order 1, V = 4, counted \"\"");
    expect_bits(m, 1, "c", 2);
    given("text \"abd\"; order 1, V = 4, counted \"\"");
    expect_bits(m, 1, "abd", 6);
    given("text \"\"; order 1, V = 4, counted \"\"");
    expect_bits(m, 1, "", 0);
    ngram_free(m);
}

TEST(ngram_bits, single_letters)
{
    struct ngram *m = counted(1, 5, WORD);
    if (!m) return;
    given("text \"cab\"; order 1, V = 5, counted \"abracadabra\"");
    expect_bits(m, 1, "cab", log2(8) + log2(16. / 6) + log2(16. / 3));
    ngram_free(m);
}

TEST(ngram_bits, nothing_surprises)
{
    struct ngram *m = counted(2, 1, "aaa");
    if (!m) return;
    given("text \"aaaaa\"; order 2, V = 1, counted \"aaa\"");
    expect_bits(m, 2, "aaaaa", 0);
    ngram_free(m);
}

TEST(ngram_bits, pairs)
{
    struct ngram *m = counted(2, 5, WORD);
    if (!m) return;
    given("text \"bra\"; order 2, V = 5, counted \"abracadabra\"");
    // b has no context; r comes after b, a after r.
    double want = log2(16. / 3) + log2(3 / (2 + 3. / 16)) + log2(3 / (2 + 6. / 16));
    expect_bits(m, 2, "bra", want);
    given("order 1 of a model of order 2; counted \"abracadabra\"; text \"bra\"");
    expect_bits(m, 1, "bra", 2 * log2(16. / 3) + log2(16. / 6));
    ngram_free(m);
}

TEST(ngram_bits, minus_the_logarithm_of_the_product)
{
    static const char *const texts[] = {"a", "ab", "abra", "cadabra", "dabradabra"};
    struct ngram *m = counted(4, 5, WORD), *ref = ref_ngram_count(4, 5, strlen(WORD), word(WORD));
    if (!m) return;
    for (size_t order = 1; order <= 4; order++) {
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            double product = 1;
            const int32_t *ids = word(texts[t]);
            for (size_t i = 0; texts[t][i]; i++) {
                size_t n = i < order - 1 ? i : order - 1;
                product *= ref_ngram_probability(ref, n, ids + i - n, ids[i]);
            }
            given("order %zu of a model of order 4; counted \"abracadabra\"; text \"%s\"", order,
                  texts[t]);
            expect_bits(m, order, texts[t], -log2(product));
        }
    }
    ngram_free(m);
    ref_ngram_free(ref);
}

TEST(ngram_bits, as_exact_fractions_say)
{
    size_t n = sizeof GOLDEN_TEXT / sizeof *GOLDEN_TEXT;
    size_t held = sizeof GOLDEN_HELD / sizeof *GOLDEN_HELD;
    struct ngram *m = ngram_count(GOLDEN_ORDER, GOLDEN_V, n, place(n, GOLDEN_TEXT));
    if (!expect_true("ngram_count returns a model", m != NULL)) return;
    double got[GOLDEN_ORDER];
    for (size_t order = 1; order <= GOLDEN_ORDER; order++)
        got[order - 1] = ngram_bits(m, order, held, place(held, GOLDEN_HELD));
    given("text GOLDEN_HELD of tests/golden/ngram.h; counted GOLDEN_TEXT");
    expect_doubles("bits of surprise with order 1, 2, …", GOLDEN_ORDER, got, GOLDEN_BITS, NEAR);
    ngram_free(m);
}

TEST(ngram_bits, random_texts)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < 6; i++) {
        int V = 3 + 3 * i;
        size_t order = 1 + (size_t)i % 5;
        char letters[401];
        size_t size = 60 * (size_t)i;
        random_letters(&r, size, V, letters);
        struct ngram *m = counted(order, V, letters);
        if (!m) return;
        int32_t ids[400];
        for (size_t k = 0; k < size; k++) ids[k] = id_of(letters[k]);
        struct ngram *ref = ref_ngram_count(order, V, size, ids);
        random_letters(&r, 100, V, letters);
        int32_t *own = alone(100, letters);
        for (size_t k = 1; k <= order; k++) {
            given("order %zu of a model of order %zu; V = %d, counted %zu letters; text of 100", k,
                  order, V, size);
            expect_double("bits of surprise", ngram_bits(m, k, 100, own),
                          ref_ngram_bits(ref, k, 100, own), 1e-9);
        }
        free(own - BETWEEN);
        ngram_free(m);
        ref_ngram_free(ref);
    }
}

// --- ngram_sample ----------------------------------------------------------------------------

TEST(ngram_sample, equal_shares)
{
    struct ngram *m = counted(1, 4, "");
    if (!m) return;
    static const double points[] = {0, 0.2, 0.25, 0.26, 0.49999, 0.5, 0.74999, 0.75, 0.99999};
    static const int32_t want[] = {0, 0, 1, 1, 1, 2, 2, 3, 3};
    for (int i = 0; i < 9; i++) {
        given("point %g; order 1, V = 4, counted \"\", so all P = 0.25", points[i]);
        expect_int("the id drawn", ngram_sample(m, 0, word(""), points[i]), want[i]);
    }
    ngram_free(m);
}

TEST(ngram_sample, single_letters)
{
    struct ngram *m = counted(1, 5, WORD);
    if (!m) return;
    // The sums end at 6/16 = 0.375, 0.5625, 0.6875, 0.8125, 1.
    static const double points[] = {0.3749, 0.3751, 0.5624, 0.5626, 0.6874, 0.6876, 0.8124, 0.8126};
    static const int32_t want[] = {0, 1, 1, 2, 2, 3, 3, 4};
    for (int i = 0; i < 8; i++) {
        given("point %g; context \"\"; counted \"abracadabra\", order 1, V = 5", points[i]);
        expect_int("the id drawn", ngram_sample(m, 0, word(""), points[i]), want[i]);
    }
    ngram_free(m);
}

TEST(ngram_sample, next_to_a_boundary)
{
    struct ngram *m = counted(1, 3, "");
    if (!m) return;
    static const double nearby[] = {-1e-9, 1e-9};
    for (int32_t i = 0; i < 4; i++) {
        given("point %d/3 %+g; order 1, V = 3, counted \"\", so all P = 1/3", 1 + i / 2,
              nearby[i % 2]);
        expect_int("the id drawn", ngram_sample(m, 0, word(""), (1 + i / 2) / 3. + nearby[i % 2]),
                   (i + 1) / 2);
    }
    ngram_free(m);
}

TEST(ngram_sample, looks_at_the_context)
{
    struct ngram *m = counted(3, 3, "abcabcabcabc");
    if (!m) return;
    static const char *const contexts[] = {"a", "b", "c", "ab", "bc", "ca", "cabca"};
    static const int32_t want[] = {1, 2, 0, 2, 0, 1, 1};
    for (int i = 0; i < 7; i++) {
        // The id that follows has nearly all of the probability, the middle of it included.
        double point = want[i] == 0 ? 0.4 : want[i] == 1 ? 0.5 : 0.6;
        given("point %g; context \"%s\"; counted \"abcabcabcabc\", order 3, V = 3", point,
              contexts[i]);
        expect_int("the id drawn", ngram_sample(m, strlen(contexts[i]), word(contexts[i]), point),
                   want[i]);
    }
    ngram_free(m);
}

TEST(ngram_sample, point_next_to_one)
{
    // In some of these all probabilities together, rounded, are no more than the point.
    for (int V = 1; V <= 30; V++) {
        struct ngram *m = counted(2, V, "aaaaaaa");
        if (!m) return;
        given("point 1 - 2^-53; context \"\"; counted \"aaaaaaa\", order 2, V = %d", V);
        expect_int("the id drawn", ngram_sample(m, 0, word(""), 1 - 0x1p-53), V - 1);
        ngram_free(m);
    }
}

TEST(ngram_sample, random_texts)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 8; i++) {
        int V = 2 + 3 * i;
        size_t order = 1 + (size_t)i % 4;
        char letters[201];
        size_t size = 25 * (size_t)i;
        random_letters(&r, size, V, letters);
        struct ngram *m = counted(order, V, letters);
        if (!m) return;
        int32_t ids[200];
        for (size_t k = 0; k < size; k++) ids[k] = id_of(letters[k]);
        struct ngram *ref = ref_ngram_count(order, V, size, ids);
        int32_t got[60], want[60];
        for (int k = 0; k < 60; k++) {
            size_t at = size ? random_below(&r, (uint32_t)size) : 0, n = at < 3 ? at : 3;
            double point = (k + 0.3719) / 60;
            got[k] = ngram_sample(m, n, ids + at - n, point);
            want[k] = ref_ngram_sample(ref, n, ids + at - n, point);
        }
        expect_ids("the ids drawn at 60 places for 60 points", 60, got, 60, want);
        ngram_free(m);
        ref_ngram_free(ref);
    }
}

TEST(ngram_sample, as_often_as_the_model_says)
{
    enum { DRAWS = 4000 };
    struct ngram *m = counted(2, 5, WORD);
    if (!m) return;
    static const double p[] = {18. / 112, 41. / 112, 22. / 112, 22. / 112, 9. / 112};
    struct random r = random_start(7, RANDOM_TEST);
    const int32_t *a = word("a");
    int32_t drawn[5] = {0};
    for (int i = 0; i < DRAWS; i++) {
        int32_t id = ngram_sample(m, 1, a, (double)random_float(&r));
        if (!expect_true("the id drawn is in [0, 5)", id >= 0 && id < 5)) return;
        drawn[id]++;
    }
    double chi = 0;
    for (int id = 0; id < 5; id++)
        chi += (drawn[id] - DRAWS * p[id]) * (drawn[id] - DRAWS * p[id]) / (DRAWS * p[id]);
    given("%d random points; context \"a\"; counted \"abracadabra\", order 2", DRAWS);
    // Four degrees of freedom: a right answer is above 18.5 once in a thousand times, and the
    // points are always the same.
    expect_double("how far the draws are from the probabilities (chi-square)", chi, 0, 18.5);
    ngram_free(m);
}
