// mlp_run: a small text learnt, scored, looked into and gone on with, the same for any number of
// threads.
#include "mlp_run.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "safetensors.h"

static char directory[] = "/tmp/mlp_run-XXXXXX";

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    cr_assert_not_null(f);
    cr_assert_geq(fputs(text, f), 0);
    cr_assert_eq(fclose(f), 0);
}

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
    write_text("train.txt", "abcabcabcabcabcabcabcabcabcabcabcabc");
    write_text("val.txt", "abcabcabc");
    cr_assert_not_null(freopen("/dev/null", "w", stderr));  // the live line
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    cr_assert_eq(system(command), 0);
}

TestSuite(mlp_run, .init = begin, .fini = end);

static const struct mlp_options OPTIONS = {
    .text = {.data = ".", .tokenizer = "chars"},
    .shape = {.context = 2, .embed = 3, .hidden = 8, .layers = 1},
    .batch = 16,
    .steps = 200,
    .optimizer = OPTIMIZER_ADAMW,
    .lr = 0.02f,
    .gain = 1,
    .seed = 1,
};

static struct mlp_run opened(const struct mlp_options *o)
{
    struct mlp_run r;
    struct error e = {.text = ""};
    cr_assert_eq(mlp_run_open(o, &r, &e), ERR_NONE, "%s", e.text);
    return r;
}

Test(mlp_run, learns_a_text_and_goes_on_with_it)
{
    struct mlp_run r = opened(&OPTIONS);
    double before = mlp_run_bits(&r, &r.val, 0);
    cr_assert(fabs(before - log2(3)) < 0.1, "%g bits/byte before", before);
    cr_assert(fabs(mlp_run_start(&r) - log(3)) < 0.1, "%g nats before", mlp_run_start(&r));
    cr_assert(mlp_run_train(&r));
    double after = mlp_run_bits(&r, &r.val, 0), first = mlp_run_bits(&r, &r.val, 4);
    cr_assert(after < 0.2, "%g bits/byte after", after);
    cr_assert(fabs(first * 4 - after * 9) < 0.2, "the beginning has all the surprise: %g", first);
    struct error e;
    FILE *out = fopen("out", "wb");
    cr_assert_eq(mlp_run_write(&r, "ab", 7, out, &e), ERR_NONE);
    cr_assert_eq(mlp_run_write(&r, "abz", 1, out, &e), ERR_SYMBOL);
    fclose(out);
    char text[16] = "";
    FILE *in = fopen("out", "rb");
    cr_assert(fgets(text, sizeof text, in) && fclose(in) == 0);
    cr_assert_str_eq(text, "abcabcabc");
    mlp_run_close(&r);
}

// lines counts those of a file, and keeps the last.
static int lines(const char *path, char last[120])
{
    int count = 0;
    FILE *in = fopen(path, "rb");
    cr_assert_not_null(in);
    while (fgets(last, 120, in)) count++;
    fclose(in);
    return count;
}

Test(mlp_run, looks_and_leaves_the_weights_alone)
{
    struct mlp_run r = opened(&OPTIONS);
    struct error e;
    char last[120];
    double before = mlp_run_bits(&r, &r.train, 0);
    FILE *out = fopen("stats", "wb");
    mlp_run_stats(&r, out);
    fclose(out);
    cr_assert(lines("stats", last) == 4 && strncmp(last, "head", 4) == 0, "%s", last);
    for (size_t i = 0; i < mlp_weights(r.model); i++) cr_assert(mlp_grad(r.model)[i] == 0);
    out = fopen("near", "wb");
    cr_assert_eq(mlp_run_near(&r, "abab", out, &e), ERR_NONE);
    cr_assert_eq(mlp_run_near(&r, "z", out, &e), ERR_SYMBOL);
    fclose(out);
    cr_assert(lines("near", last) == 2 && last[0] == 'b' && strchr(last, 'c'), "%s", last);
    cr_assert(mlp_run_bits(&r, &r.train, 0) == before);
    mlp_run_close(&r);
}

Test(mlp_run, has_the_same_bits_on_any_number_of_threads)
{
    struct mlp_options o = OPTIONS;
    o.steps = 20;
    o.shape.layers = 2;
    float *want = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        check_set_threads(threads);
        struct mlp_run r = opened(&o);
        size_t size = mlp_weights(r.model) * sizeof *want;
        cr_assert(mlp_run_train(&r));
        if (!want) {
            want = malloc(size);
            cr_assert_not_null(want);
            memcpy(want, mlp_data(r.model), size);
        }
        cr_assert(memcmp(want, mlp_data(r.model), size) == 0, "%d threads", threads);
        mlp_run_close(&r);
    }
    free(want);
}

Test(mlp_run, saves_its_weights)
{
    struct mlp_run r = opened(&OPTIONS);
    struct error e = {.text = ""};
    struct safetensors *st;
    cr_assert_eq(mlp_run_save(&r, "runs/one", &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(safetensors_open("runs/one/mlp.safetensors", &st, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(safetensors_count(st), mlp_params(r.model));
    struct param p = mlp_param(r.model, 1);
    const struct safetensors_tensor *t = safetensors_find(st, p.name);
    cr_assert(t && t->shape[0] == 8 && t->shape[1] == 6 && t->size == p.size * sizeof(float));
    cr_assert_eq(memcmp(t->data, p.data, t->size), 0);
    safetensors_close(st);
    mlp_run_close(&r);
}

Test(mlp_run, refuses)
{
    struct mlp_run r;
    struct error e;
    struct mlp_options o = OPTIONS;
    o.text.data = "nosuch";
    cr_assert_eq(mlp_run_open(&o, &r, &e), ERR_IO);
    o = OPTIONS;
    o.shape.hidden = 0;
    cr_assert_eq(mlp_run_open(&o, &r, &e), ERR_VALUE);
    cr_assert(strstr(e.text, "hidden 0"), "%s", e.text);
    o = OPTIONS;
    o.lr = INFINITY;
    r = opened(&o);
    cr_assert(!mlp_run_train(&r), "a run that diverges says so");
    mlp_run_close(&r);
}
