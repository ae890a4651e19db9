// bigram: training on a word comes to its counts, and what is printed is what the scores say.
#include "bigram.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char TRAIN[] = "abracadabra", VAL[] = "bardacabra";
static const struct row_loss SURPRISE = {gradient_surprise, NULL};

static void put(const char *dir, const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

// opened makes a data set of two texts and opens it.
static enum err opened(struct bigram_options *o, const char *train, const char *val,
                       struct bigram *b, struct error *e)
{
    static char dir[] = "/tmp/bigram.XXXXXX";
    cr_assert(mkdtemp(dir));
    put(dir, "train.txt", train);
    put(dir, "val.txt", val);
    o->data = dir;
    enum err code = bigram_open(o, b, e);
    char path[64];
    const char *names[] = {"train.txt", "val.txt"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
    return code;
}

// quietly sends the live line nowhere.
static void quietly(void)
{
    cr_assert(freopen("/dev/null", "w", stderr));
}

Test(bigram, knows_nothing_at_first)
{
    struct bigram_options o = {0};
    struct bigram b;
    struct error e;
    cr_assert_eq(opened(&o, TRAIN, VAL, &b, &e), ERR_NONE);
    cr_expect_eq(b.V, 5);
    cr_expect_float_eq(bigram_bits(&b, b.train, &b.text.train), log2(5), 1e-6);
    cr_expect_float_eq(bigram_bits(&b, b.val, &b.text.val), log2(5), 1e-6);
    int64_t pairs = 0;
    for (int i = 0; i < b.V * b.V; i++) pairs += b.train[i];
    cr_expect_eq(pairs, 10);
    cr_expect_eq(b.train[0 * 5 + 1], 2);  // a before b
    bigram_close(&b);
}

// The shares of what comes after a: of b 2/4, of c and d 1/4; all other letters have one follower.
// So 4 pairs have 1.5 bits on average, 6 none, and the first letter is one of five.
Test(bigram, comes_to_the_counts)
{
    struct bigram_options o = {.steps = 4000, .batch = 50, .lr = 8, .seed = 3};
    struct bigram b;
    struct error e;
    cr_assert_eq(opened(&o, TRAIN, VAL, &b, &e), ERR_NONE);
    quietly();
    cr_assert(bigram_train(&b, &o, &SURPRISE, NULL));
    cr_expect_float_eq(bigram_bits(&b, b.train, &b.text.train), (log2(5) + 4 * 1.5) / 11, 1e-3);
    bigram_close(&b);
}

Test(bigram, traces_first_and_last)
{
    struct bigram_options o = {.steps = 90, .batch = 10, .lr = 1, .lr_end = 1};
    struct bigram b;
    struct error e;
    cr_assert_eq(opened(&o, TRAIN, VAL, &b, &e), ERR_NONE);
    quietly();
    FILE *out = tmpfile();
    cr_assert(bigram_train(&b, &o, &SURPRISE, out));
    rewind(out);
    int step, last = -1, rows = 0;
    double train, val;
    for (; fscanf(out, "%d%lf%lf", &step, &train, &val) == 3; rows++) {
        cr_expect(step > last);
        if (rows == 0) cr_expect(step == 0 && fabs(train - log2(5)) < 1e-4);
        last = step;
    }
    cr_expect(last == 90 && rows > 30 && rows < 70, "%d rows, the last of step %d", rows, last);
    cr_expect_float_eq(train, bigram_bits(&b, b.train, &b.text.train), 1e-4);
    cr_expect_float_eq(val, bigram_bits(&b, b.val, &b.text.val), 1e-4);
    fclose(out);
    bigram_close(&b);
}

static double no_number(void *context, int V, const float *x, int32_t target, float scale,
                        float *dx)
{
    (void)V, (void)x, (void)target, (void)scale, (void)dx;
    ++*(int *)context;
    return (double)NAN;
}

Test(bigram, stops_where_there_is_no_number)
{
    int asked = 0;
    const struct row_loss loss = {no_number, &asked};
    struct bigram_options o = {.steps = 1000, .batch = 7, .lr = 1};
    struct bigram b;
    struct error e;
    cr_assert_eq(opened(&o, TRAIN, VAL, &b, &e), ERR_NONE);
    quietly();
    cr_expect_not(bigram_train(&b, &o, &loss, NULL));
    cr_expect_eq(asked, 7);
    bigram_close(&b);
}

Test(bigram, prints_what_it_came_to)
{
    struct bigram_options o = {0};
    struct bigram b;
    struct error e;
    cr_assert_eq(opened(&o, TRAIN, VAL, &b, &e), ERR_NONE);
    FILE *out = tmpfile();
    bigram_table(&b, out);
    rewind(out);
    char text[600] = "";
    cr_assert(fread(text, 1, sizeof text - 1, out));
    cr_expect_str_eq(text, "bits/byte                  train       val\n"
                           "all equally likely        2.3219    2.3219\n"
                           "by gradient               2.3219    2.3219\n"
                           "by counting, shares       0.7565       inf\n"
                           "by counting, smoothed     1.0616    1.9309\n");
    fclose(out);
    bigram_close(&b);
}

Test(bigram, needs_a_pair)
{
    struct bigram_options o = {0};
    struct bigram b;
    struct error e;
    cr_expect_eq(opened(&o, TRAIN, "a", &b, &e), ERR_VALUE);
    cr_expect(strstr(e.text, "val.txt: 1 tokens: expected at least 2"), "%s", e.text);
}
