// reso: what is found, said and learnt, on words of a few letters that a person can count, and
// against the reference on random texts.
//
// Texts are written in letters: a is 0, b is 1, and so on.  They stand in memory between other
// letters, so that a look beyond an end finds something, and comes out wrong.
#include "reso.h"

#include <math.h>
#include <string.h>

#include "lesson.h"
#include "random.h"
#include "ref_reso.h"

FUNCTION(reso_match, 3);
FUNCTION(reso_predict, 5);
FUNCTION(reso_learn, 5);

enum { BETWEEN = 16, LONGEST = 400, V_MOST = 8 };
static const double NEAR = 1e-5;  // probabilities from a few roundings each
static const float HALF[RESO_LEVELS + 1] = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f,
                                            0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f};

// struct text: letters as ids, with others before and behind.
struct text {
    int32_t room[LONGEST + 2 * BETWEEN];
    const int32_t *ids;
    size_t count;
};

static void write_text(struct text *t, const char *letters)
{
    t->count = strlen(letters);
    CHECK(t->count <= LONGEST, "count=%zu", t->count);
    // What stands around is a letter that every text has.
    for (size_t i = 0; i < sizeof t->room / sizeof *t->room; i++) t->room[i] = 0;
    for (size_t i = 0; i < t->count; i++) t->room[BETWEEN + i] = letters[i] - 'a';
    t->ids = t->room + BETWEEN;
}

// category makes the one that looks at these letters, and all shorter ones, and returns it.
static int32_t category(struct categories *k, const char *letters)
{
    int32_t row = CATEGORIES_ROOT;
    for (size_t i = strlen(letters); i-- > 0;) row = categories_add(k, row, letters[i] - 'a');
    return row;
}

// count counts each letter of `what` behind a category.
static void count(struct categories *k, int32_t row, const char *what)
{
    for (; *what; what++) categories_count(k, row, *what - 'a');
}

// --- reso_match ------------------------------------------------------------------------------

// matches checks what is found at the end of a text.
static void matches(const struct categories *k, int levels, const char *before, int want_found,
                    const int32_t *want)
{
    struct text t;
    int32_t path[RESO_LEVELS + 1];
    write_text(&t, before);
    for (int l = 0; l <= RESO_LEVELS; l++) path[l] = -7;
    given("levels %d, behind %s", levels, lesson_quote(t.count, before));
    int found = reso_match(k, levels, t.ids, t.count, path);
    if (!expect_int("how many categories it found, the root included", found, want_found)) return;
    expect_ints("path: the categories, from the root on", (size_t)found, path, (size_t)want_found,
                want);
}

TEST(reso_match, where_a_text_begins_there_is_the_root)
{
    struct categories *k = categories_new(3);
    category(k, "a");
    matches(k, 2, "", 1, (int32_t[]){CATEGORIES_ROOT});
    categories_free(k);
}

TEST(reso_match, an_empty_memory_has_the_root)
{
    struct categories *k = categories_new(3);
    matches(k, 2, "ab", 1, (int32_t[]){CATEGORIES_ROOT});
    categories_free(k);
}

TEST(reso_match, looks_back_from_the_place)
{
    struct categories *k = categories_new(3);
    int32_t b = category(k, "b"), cb = category(k, "cb"), acb = category(k, "acb");
    category(k, "a"), category(k, "c"), category(k, "bc"), category(k, "ac");
    matches(k, 3, "acb", 4, (int32_t[]){CATEGORIES_ROOT, b, cb, acb});
    categories_free(k);
}

TEST(reso_match, stops_before_the_first_that_is_missing)
{
    struct categories *k = categories_new(3);
    int32_t b = category(k, "b");
    category(k, "cb"), category(k, "acb");
    matches(k, 3, "aab", 2, (int32_t[]){CATEGORIES_ROOT, b});
    categories_free(k);
}

TEST(reso_match, no_longer_than_it_may)
{
    struct categories *k = categories_new(3);
    int32_t b = category(k, "b"), cb = category(k, "cb");
    category(k, "acb");
    matches(k, 2, "acb", 3, (int32_t[]){CATEGORIES_ROOT, b, cb});
    matches(k, 0, "acb", 1, (int32_t[]){CATEGORIES_ROOT});
    categories_free(k);
}

TEST(reso_match, not_beyond_the_beginning)
{
    struct categories *k = categories_new(3);
    int32_t b = category(k, "b");
    category(k, "ab"), category(k, "aab");  // an a is what stands before the text in memory
    matches(k, 3, "b", 2, (int32_t[]){CATEGORIES_ROOT, b});
    categories_free(k);
}

// --- reso_predict ----------------------------------------------------------------------------

static void predicts(const struct categories *k, const float *discount, int found,
                     const int32_t *path, const double *want)
{
    float p[V_MOST];
    int V = categories_vocab(k);
    for (int c = 0; c < V; c++) p[c] = NAN;
    reso_predict(k, discount, found, path, p);
    expect_floats("p", (size_t)V, p, want, NEAR);
}

TEST(reso_predict, who_knows_nothing_takes_all_for_alike)
{
    struct categories *k = categories_new(4);
    given("V = 4, nothing counted, the root alone");
    predicts(k, HALF, 1, (int32_t[]){CATEGORIES_ROOT}, (double[]){0.25, 0.25, 0.25, 0.25});
    categories_free(k);
}

TEST(reso_predict, the_root_alone)
{
    struct categories *k = categories_new(3);
    count(k, CATEGORIES_ROOT, "aabc");
    given("V = 3, the root has counted a a b c, discount 0.5");
    // (2 - 0.5 + 0.5 * 3 / 3) / 4 and (1 - 0.5 + 0.5 * 3 / 3) / 4
    predicts(k, HALF, 1, (int32_t[]){CATEGORIES_ROOT}, (double[]){0.5, 0.25, 0.25});
    categories_free(k);
}

TEST(reso_predict, what_was_never_counted_has_a_share)
{
    struct categories *k = categories_new(4);
    count(k, CATEGORIES_ROOT, "aab");
    given("V = 4, the root has counted a a b, discount 0.5");
    predicts(k, HALF, 1, (int32_t[]){CATEGORIES_ROOT},
             (double[]){1.75 / 3, 0.75 / 3, 0.25 / 3, 0.25 / 3});
    categories_free(k);
}

// The example of the text: after "banana".
TEST(reso_predict, example_of_the_text)
{
    struct categories *k = categories_new(3);  // a, b, and c for n
    int32_t a = category(k, "a"), na = category(k, "ca");
    count(k, CATEGORIES_ROOT, "aabc");
    count(k, a, "cc");
    count(k, na, "c");
    int32_t path[] = {CATEGORIES_ROOT, a, na};
    given(
        "V = 3; the root has counted a a b c, the next category c c, the longest c; discount 0.5");
    predicts(k, HALF, 3, path, (double[]){0.0625, 0.03125, 0.90625});
    given("the same, of which the longest was not found");
    predicts(k, HALF, 2, path, (double[]){0.125, 0.0625, 0.8125});
    categories_free(k);
}

TEST(reso_predict, each_length_has_its_discount)
{
    struct categories *k = categories_new(2);
    int32_t a = category(k, "a");
    count(k, CATEGORIES_ROOT, "ab");
    count(k, a, "bb");
    given("V = 2; the root has counted a b, the next category b b; discounts 0.2 and 0.8");
    predicts(k, (float[]){0.2f, 0.8f}, 2, (int32_t[]){CATEGORIES_ROOT, a}, (double[]){0.2, 0.8});
    categories_free(k);
}

TEST(reso_predict, who_counted_nothing_passes_on)
{
    struct categories *k = categories_new(2);
    int32_t a = category(k, "a"), ba = category(k, "ba");
    count(k, CATEGORIES_ROOT, "aab");
    count(k, ba, "b");
    given(
        "V = 2; the root has counted a a b, the next category nothing, the longest b; discount 0.5");
    // The root says (2 - 0.5 + 0.5) / 3 of a; the longest keeps half of that.
    predicts(k, HALF, 3, (int32_t[]){CATEGORIES_ROOT, a, ba}, (double[]){1.0 / 3, 2.0 / 3});
    categories_free(k);
}

// random_memory counts letters at random behind the categories of a path of `found`.
static struct categories *random_memory(struct random *r, int V, int found, int32_t *path)
{
    struct categories *k = categories_new(V);
    uint32_t letters = (uint32_t)V;
    path[0] = CATEGORIES_ROOT;
    for (int l = 0; l < found; l++) {
        if (l) path[l] = categories_add(k, path[l - 1], (int32_t)random_below(r, letters));
        for (uint32_t n = random_below(r, 12); n > 0; n--)
            categories_count(k, path[l], (int32_t)random_below(r, 1 + random_below(r, letters)));
    }
    return k;
}

TEST(reso_predict, random_counts)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        int V = 1 + i % V_MOST, found = 1 + i % 5;
        int32_t path[8];
        float discount[8], want[V_MOST];
        double wide[V_MOST];
        struct categories *k = random_memory(&r, V, found, path);
        for (int l = 0; l < found; l++) discount[l] = 0.05f + 0.9f * random_float(&r);
        ref_reso_predict(k, discount, found, path, want);
        for (int c = 0; c < V; c++) wide[c] = (double)want[c];
        given("V = %d, %d categories with counts at random", V, found);
        predicts(k, discount, found, path, wide);
        categories_free(k);
    }
}

// --- reso_learn ------------------------------------------------------------------------------

// learns lets a text be learnt place by place, and checks what each call returns.
static struct categories *learns(int V, int levels, const char *letters, const int32_t *want)
{
    struct text t;
    int32_t got[LONGEST];
    struct categories *k = categories_new(V);
    write_text(&t, letters);
    given("V = %d, levels %d, the places of %s in their order", V, levels,
          lesson_quote(t.count, letters));
    for (size_t i = 0; i < t.count; i++) got[i] = reso_learn(k, levels, t.ids, i, t.ids[i]);
    expect_ints("what it returned: the length of the category that knew, or -1", t.count, got,
                t.count, want);
    return k;
}

// has checks what a category has counted; the row of letters must be there.
static void has(const struct categories *k, const char *letters, const int32_t *want)
{
    int32_t row = CATEGORIES_ROOT, times[V_MOST];
    int V = categories_vocab(k);
    for (size_t i = strlen(letters); i-- > 0 && row != CATEGORIES_NONE;)
        row = categories_find(k, row, letters[i] - 'a');
    given("the category of %s", lesson_quote(strlen(letters), letters));
    if (!expect_true("it is there", row != CATEGORIES_NONE)) return;
    for (int c = 0; c < V; c++) times[c] = categories_times(k, row, c);
    expect_ints("how often it counted a, b, …", (size_t)V, times, (size_t)V, want);
}

static void lacks(const struct categories *k, const char *letters)
{
    int32_t row = CATEGORIES_ROOT;
    for (size_t i = strlen(letters); i-- > 0 && row != CATEGORIES_NONE;)
        row = categories_find(k, row, letters[i] - 'a');
    given("the category of %s", lesson_quote(strlen(letters), letters));
    expect_true("it is not there", row == CATEGORIES_NONE);
}

TEST(reso_learn, the_first_letter)
{
    struct categories *k = learns(2, 3, "b", (int32_t[]){-1});
    has(k, "", (int32_t[]){0, 1});
    lacks(k, "a");
    categories_free(k);
}

TEST(reso_learn, what_the_root_knows)
{
    struct categories *k = learns(2, 0, "abb", (int32_t[]){-1, -1, 0});
    has(k, "", (int32_t[]){1, 2});
    categories_free(k);
}

TEST(reso_learn, what_is_new_is_counted_at_every_length)
{
    struct categories *k = learns(3, 2, "abc", (int32_t[]){-1, -1, -1});
    has(k, "", (int32_t[]){1, 1, 1});
    has(k, "a", (int32_t[]){0, 1, 0});
    has(k, "b", (int32_t[]){0, 0, 1});
    has(k, "ab", (int32_t[]){0, 0, 1});
    lacks(k, "bc");
    categories_free(k);
}

// The example of the text.
TEST(reso_learn, stops_at_the_first_that_knows)
{
    struct categories *k = learns(3, 2, "bacaca", (int32_t[]){-1, -1, -1, 0, 1, 2});
    has(k, "", (int32_t[]){2, 1, 1});
    has(k, "a", (int32_t[]){0, 0, 2});
    has(k, "c", (int32_t[]){1, 0, 0});
    has(k, "b", (int32_t[]){1, 0, 0});
    has(k, "ba", (int32_t[]){0, 0, 1});
    has(k, "ac", (int32_t[]){2, 0, 0});
    has(k, "ca", (int32_t[]){0, 0, 1});
    categories_free(k);
}

TEST(reso_learn, a_known_category_may_not_know_the_letter)
{
    struct categories *k = learns(2, 1, "abaab", (int32_t[]){-1, -1, 0, 0, 1});
    has(k, "", (int32_t[]){3, 1});
    has(k, "a", (int32_t[]){1, 2});
    has(k, "b", (int32_t[]){1, 0});
    categories_free(k);
}

TEST(reso_learn, what_it_is_told_need_not_stand_there)
{
    struct text t;
    struct categories *k = categories_new(3);
    write_text(&t, "ab");
    given("behind \"a\", where b stands, it is told c");
    expect_int("what it returned", reso_learn(k, 2, t.ids, 1, 2), -1);
    has(k, "a", (int32_t[]){0, 0, 1});
    categories_free(k);
}

// same compares all that two memories know of contexts of up to `levels` letters.
static int same(const struct categories *a, const struct categories *b, int32_t row_a,
                int32_t row_b, int levels)
{
    if ((row_a == CATEGORIES_NONE) != (row_b == CATEGORIES_NONE)) return 0;
    if (row_a == CATEGORIES_NONE) return 1;
    int V = categories_vocab(a);
    for (int c = 0; c < V; c++) {
        if (categories_times(a, row_a, c) != categories_times(b, row_b, c)) return 0;
    }
    // One length more than is asked for: none may be that long.
    for (int c = 0; c < V && levels >= 0; c++) {
        if (!same(a, b, categories_find(a, row_a, c), categories_find(b, row_b, c), levels - 1))
            return 0;
    }
    return 1;
}

TEST(reso_learn, random_texts)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 12; i++) {
        int V = 1 + i % 4, levels = i % 5;
        char letters[61];
        size_t size = 5 * (size_t)(i + 1);
        for (size_t n = 0; n < size; n++) letters[n] = (char)('a' + random_below(&r, (uint32_t)V));
        letters[size] = 0;
        struct text t;
        write_text(&t, letters);
        struct categories *k = categories_new(V), *want = categories_new(V);
        int32_t got[LONGEST], answers[LONGEST];
        for (size_t n = 0; n < size; n++) {
            got[n] = reso_learn(k, levels, t.ids, n, t.ids[n]);
            answers[n] = ref_reso_learn(want, levels, t.ids, n, t.ids[n]);
        }
        given("V = %d, levels %d, the places of %s in their order", V, levels,
              lesson_quote(size, letters));
        expect_ints("what it returned, place by place", size, got, size, answers);
        expect_true("all categories have counted what they should",
                    same(k, want, CATEGORIES_ROOT, CATEGORIES_ROOT, levels));
        categories_free(k);
        categories_free(want);
    }
}
