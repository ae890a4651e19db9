// cache: the logits of the whole text, to the last bit, however it is read.
#include "cache.h"

#include <criterion/criterion.h>

#include "check.h"
#include "generate.h"
#include "random.h"
#include "shape.h"

enum { CONTEXT = 40, V = 13 };

// models returns the i-th of some shapes.
static struct gpt *model(int i)
{
    struct gpt_config c = {SIZES(V, CONTEXT, 2, 4, 24)};
    if (i == 1) c.groups = 2;
    if (i == 2) gpt_llama(&c);
    if (i == 3) gpt_llama(&c), c.groups = 1, c.untied = 0;
    if (i == 4) c.position = POSITION_WAVES, c.heads = 1;
    struct gpt *m = gpt_new(&c, 5);
    struct random r = random_start(6, RANDOM_TEST);
    for (size_t j = 0; j < gpt_weights(m); j++) gpt_data(m)[j] += 0.3f * random_normal(&r);
    return m;
}
enum { MODELS = 5 };

Test(cache, gives_the_bits_of_the_whole_text_however_it_is_split)
{
    for (int i = 0; i < MODELS; i++) {
        struct gpt *m = model(i);
        struct check *c = check_begin((uint64_t)i);
        struct tape *t = tape_new(), *own = tape_new();
        struct cache *cache = cache_new(gpt_config(m), CONTEXT, generate_attend);
        const int32_t *ids = check_ids(c, CONTEXT, V);
        const float *want = tape_data(own, gpt_forward(m, own, 0, 1, CONTEXT, ids));
        const int step[] = {1, 2, 3, 7, 16, 39, 40};
        for (size_t k = 0; k < sizeof step / sizeof *step; k++) {
            check_set_threads(k % 3 == 2 ? 8 : (int)(k % 3) + 1);
            cache_cut(cache, 0);
            for (int at = 0; at < CONTEXT; at += step[k]) {
                int n = CONTEXT - at < step[k] ? CONTEXT - at : step[k];
                check_same((size_t)(n * V), cache_extend(cache, m, t, n, ids + at), want + at * V,
                           "model %d, %d at a time, from %d", i, step[k], at);
            }
            cr_assert_eq(cache_count(cache), CONTEXT);
        }
        cache_free(cache);
        tape_free(t), tape_free(own);
        check_end(c);
        gpt_free(m);
    }
}

Test(cache, any_text_may_follow_any_other)
{
    for (int i = 0; i < MODELS; i++) {
        struct gpt *m = model(i);
        struct check *c = check_begin((uint64_t)i);
        struct tape *t = tape_new(), *own = tape_new();
        struct cache *cache = cache_new(gpt_config(m), CONTEXT, generate_attend);
        struct random r = random_start(3, RANDOM_TEST);
        int32_t *ids = check_ids(c, CONTEXT, V);
        for (int k = 0; k < 60; k++) {
            // A few ids change, and the length.
            int n = 1 + (int)random_below(&r, CONTEXT), before = cache_count(cache), same = n, read;
            if (k % 3) {
                int at = (int)random_below(&r, CONTEXT);
                ids[at] = (ids[at] + 1) % V;
                same = at < n ? at : n;
            }
            tape_reset(own);
            const float *want = tape_data(own, gpt_forward(m, own, 0, 1, n, ids));
            check_same(V, cache_next(cache, m, t, n, ids, &read), want + (n - 1) * V,
                       "model %d, %d ids", i, n);
            cr_assert_eq(cache_count(cache), n);
            if (same > before) same = before;
            cr_assert_eq(read, n - (same < n ? same : n - 1), "%d read again", read);
        }
        cache_free(cache);
        tape_free(t), tape_free(own);
        check_end(c);
        gpt_free(m);
    }
}

Test(cache, a_prompt_of_many_tokens)
{
    enum { LONG = 1100 };
    const struct gpt_config shape = {SIZES(V, LONG, 2, 2, 8)};
    struct gpt *m = gpt_new(&shape, 5);
    struct check *c = check_begin(1);
    struct tape *t = tape_new(), *own = tape_new();
    struct cache *cache = cache_new(gpt_config(m), LONG, generate_attend);
    const int32_t *ids = check_ids(c, LONG, V);
    const float *want = tape_data(own, gpt_forward(m, own, 0, 1, LONG, ids));
    const int length[] = {512, 513, 1024, 1025, LONG};
    for (size_t k = 0; k < sizeof length / sizeof *length; k++) {
        int n = length[k], read;
        cache_cut(cache, 0);
        check_same(V, cache_next(cache, m, t, n, ids, &read), want + (n - 1) * V, "%d ids", n);
        cr_assert_eq(read, n);
        cr_assert_eq(cache_count(cache), n);
    }
    cache_free(cache);
    tape_free(t), tape_free(own);
    check_end(c);
    gpt_free(m);
}

Test(cache, bytes)
{
    const struct gpt_config gpt2 = {SIZES(50257, 1024, 12, 12, 768)};
    cr_assert_eq(cache_bytes(&gpt2, 1), 2u * 12 * 768 * 4);
    cr_assert_eq(cache_bytes(&gpt2, 1024), 75497472u);
    struct gpt_config grouped = gpt2;
    grouped.groups = 3;
    cr_assert_eq(cache_bytes(&grouped, 1024), 75497472u / 4);
}
