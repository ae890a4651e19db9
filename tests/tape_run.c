// tape_run: what the demonstrations of lesson 08 print.
#include "tape_run.h"

#include <criterion/criterion.h>
#include <string.h>

static char text[4096];

static FILE *begin(void)
{
    FILE *f = fmemopen(text, sizeof text, "w");
    cr_assert(f);
    return f;
}

static void has(const char *part)
{
    cr_assert(strstr(text, part), "no \"%s\" in:\n%s", part, text);
}

Test(tape_run, the_example_is_the_one_of_the_text)
{
    FILE *f = begin();
    tape_run_example(0, f);
    fclose(f);
    has("0  leaf x        (1, 2)  1 2           206 322\n");
    has("2  matmul 0 1    (1, 2)  13 16         26 32\n");
    has("4  sum 3         ()      425           1\n");
}

Test(tape_run, detached_it_passes_half)
{
    FILE *f = begin();
    tape_run_example(1, f);
    fclose(f);
    has("1  leaf W        (2, 2)  3 4 5 6       13 16 26 32\n");
    has("3  detach 2      (1, 2)  13 16         -\n");
    has("5  sum 4         ()      425           1\n");
}

Test(tape_run, a_layer_has_the_nodes_that_a_person_counts)
{
    FILE *f = begin();
    tape_run_compare(2, 3, 4, 1, f);
    fclose(f);
    // Leaves 6 + 12 + 4; eight neurons of 3 products, 3 sums and a tanh; 7 sums.
    has("lesson 06         85 ");
    has("tape               7 ");
    has("22 gradients, which differ by at most 0.0000\n");
}
