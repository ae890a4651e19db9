// bench_work: what the kernels of a step do, and that nothing of it is forgotten.
#include "bench_work.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

Test(bench_work, products_add_up_to_the_steps_flops)
{
    for (int i = 0; i < BENCH_SETTINGS; i++) {
        const struct bench_setting *s = &bench_settings[i];
        double sum = 0, all = gpt_flops(&s->shape, s->batch, s->tokens);
        for (int k = 0; k < BENCH_KERNELS; k++) {
            struct bench_work w = bench_work_of(s, (enum bench_kernel)k);
            if (w.product) sum += w.flops;
        }
        cr_assert(fabs(sum / all - 1) < 1e-9, "(%s) %.17g of %.17g", s->name, sum, all);
    }
}

Test(bench_work, every_kernel_has_a_name_of_its_own_and_bytes)
{
    for (int k = 0; k < BENCH_KERNELS; k++) {
        struct bench_work w = bench_work_of(&bench_settings[1], (enum bench_kernel)k);
        cr_assert(w.name && *w.name && strlen(w.name) < 20, "kernel %d", k);
        cr_assert(w.bytes > 0 && isfinite(w.bytes), "%s: %g bytes", w.name, w.bytes);
        cr_assert(w.flops >= 0 && isfinite(w.flops), "%s: %g flops", w.name, w.flops);
        for (int j = 0; j < k; j++)
            cr_assert(strcmp(w.name, bench_work_of(&bench_settings[1], (enum bench_kernel)j).name));
    }
}

Test(bench_work, bytes_of_a_small_setting_by_hand)
{
    // One layer, N = 2 rows of C = 4, F = 16, H = 2 heads, V = 3.
    const struct bench_setting s = {
        .shape = {.vocab = 3, .context = 2, .layers = 1, .heads = 2, .channels = 4},
        .batch = 1,
        .tokens = 2};
    double weights = (double)gpt_count(&s.shape).total;
    cr_assert(bench_work_of(&s, BENCH_ADAMW).bytes == 7 * 4 * weights);
    cr_assert(bench_work_of(&s, BENCH_GELU).bytes == 4 * 2 * 2 * 16);
    // Inputs 2 (3 4 + 16), outputs 2 (5 4 + 16), weights 4 4 4 + 2 4 16, biases 5 4 + 16.
    cr_assert(bench_work_of(&s, BENCH_LINEAR).bytes == 4 * (56 + 72 + 192 + 36));
    cr_assert(bench_work_of(&s, BENCH_LINEAR_DX).bytes == 4 * (56 + 72 + 192));
    cr_assert(bench_work_of(&s, BENCH_LINEAR_DW).bytes == 4 * (56 + 72 + 2 * 192));
}
