// memory: what is predicted from a shape is what a step takes, to the byte.
#include "memory.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "memory_run.h"

// The sizes are odd, so that rounding to whole lines shows.
static const struct {
    struct gpt_config shape;
    int B, T;
} CASES[] = {
    {{.vocab = 1, .context = 1, .layers = 1, .heads = 1, .channels = 1}, 1, 1},
    {{.vocab = 77, .context = 19, .layers = 2, .heads = 3, .channels = 21}, 3, 19},
    {{.vocab = 33, .context = 40, .layers = 1, .heads = 2, .channels = 8}, 1, 7},
    {{.vocab = 1024, .context = 16, .layers = 3, .heads = 4, .channels = 32}, 5, 16},
    {{.vocab = 50,
      .context = 16,
      .layers = 2,
      .heads = 4,
      .channels = 24,
      .groups = 2,
      .hidden = 37,
      .position = POSITION_ROTARY,
      .norm = NORM_RMS,
      .network = NETWORK_SWIGLU,
      .unbiased = 1,
      .untied = 1},
     3,
     11},
    {{.vocab = 9,
      .context = 8,
      .layers = 1,
      .heads = 1,
      .channels = 5,
      .position = POSITION_WAVES,
      .network = NETWORK_SWIGLU},
     2,
     8},
};
enum { COUNT = sizeof CASES / sizeof *CASES };

Test(memory, the_prediction_is_what_is_measured)
{
    for (int n = 0; n < 2 * COUNT; n++) {
        struct memory kind[MEMORY_KINDS];
        int i = n / 2;
        enum gpt_attention how = n % 2 ? GPT_FLASH : GPT_MAPS;
        memory_gpt(&CASES[i].shape, how, CASES[i].B, CASES[i].T, kind);
        struct memory p = memory_add(kind);
        struct memory m = memory_run_gpt(&CASES[i].shape, how, CASES[i].B, CASES[i].T);
        cr_assert(p.nodes == m.nodes, "case %d: %d nodes, %d measured", i, p.nodes, m.nodes);
        cr_assert(p.results == m.results && p.gradients == m.gradients, "case %d", i);
        cr_assert(p.saved == m.saved, "case %d: %zu saved, %zu measured", i, p.saved, m.saved);
        cr_assert(p.work == m.work, "case %d: %zu work, %zu measured", i, p.work, m.work);
        cr_assert(memory_bytes(&p) == memory_bytes(&m) && memory_bytes(&p) > 0, "case %d", i);
    }
}

Test(memory, the_kinds_have_their_names_and_add_up)
{
    struct memory kind[MEMORY_KINDS];
    memory_gpt(&CASES[1].shape, GPT_MAPS, 3, 19, kind);
    size_t bytes = 0, work = 0;
    for (int i = 0; i < MEMORY_KINDS; i++) {
        bytes += memory_bytes(&kind[i]) - kind[i].work;
        if (kind[i].work > work) work = kind[i].work;
    }
    struct memory sum = memory_add(kind);
    cr_assert(sum.work == work && memory_bytes(&sum) == bytes + work);
    cr_assert_str_eq(kind[MEMORY_CROSS_ENTROPY].name, "cross-entropy");
    cr_assert(kind[MEMORY_ATTENTION].nodes == 2 && kind[MEMORY_LINEAR].nodes == 7 &&
              kind[MEMORY_NETWORK].nodes == 2);
}

Test(memory, and_of_a_network_of_windows)
{
    static const struct mlp_config SHAPES[] = {
        {.vocab = 5, .context = 1, .embed = 1, .hidden = 1, .layers = 0},
        {.vocab = 57, .context = 3, .embed = 7, .hidden = 21, .layers = 1},
        {.vocab = 100, .context = 8, .embed = 16, .hidden = 33, .layers = 3},
    };
    for (int i = 0; i < 3; i++) {
        struct memory kind[MEMORY_KINDS];
        memory_mlp(&SHAPES[i], 11, kind);
        struct memory p = memory_add(kind), m = memory_run_mlp(&SHAPES[i], 11);
        cr_assert(p.nodes == m.nodes && m.nodes == 4 + 2 * SHAPES[i].layers,
                  "case %d: %d nodes, %d measured", i, p.nodes, m.nodes);
        cr_assert(p.results == m.results && p.gradients == m.gradients, "case %d", i);
        cr_assert(p.saved == m.saved, "case %d: %zu saved, %zu measured", i, p.saved, m.saved);
        cr_assert(p.work == m.work, "case %d: %zu work, %zu measured", i, p.work, m.work);
    }
}

Test(memory, the_table_has_a_line_for_each)
{
    char text[4096];
    struct memory kind[MEMORY_KINDS];
    memory_gpt(&CASES[3].shape, GPT_MAPS, 5, 16, kind);
    struct memory measured = {.name = "measured"};
    for (int with = 0; with < 2; with++) {
        FILE *f = fmemopen(text, sizeof text, "w");
        cr_assert(f);
        memory_run_table(kind, with ? &measured : NULL, f);
        fclose(f);
        int lines = 0;
        for (const char *p = text; *p; p++) lines += *p == '\n';
        cr_assert(lines == 8 + 2 + with, "%d lines", lines);
        cr_assert(!strstr(text, "measured") == !with);
        cr_assert(!strstr(text, "tanh"), "a GPT has none");
    }
}
