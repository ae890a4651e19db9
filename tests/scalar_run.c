// scalar_run: what the small nets print, and that they learn.
#include "scalar_run.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "scalar_net.h"

// printed returns what a temporary file holds, for free.
static char *printed(FILE *f)
{
    size_t size = (size_t)ftell(f);
    char *text = calloc(1, size + 1);
    rewind(f);
    CHECK(text && fread(text, 1, size, f) == size, "size=%zu", size);
    fclose(f);
    return text;
}

// line_of reads the numbers of the first line that begins like `begin`; returns how many.
static int line_of(const char *text, const char *begin, double number[4])
{
    const char *at = strstr(text, begin);
    if (!at) return 0;
    return sscanf(at, "%lf %lf %lf %lf", number, number + 1, number + 2, number + 3);
}

Test(scalar_run, layers)
{
    // Two linear units of three inputs: weights and bias of the first, then of the second.
    static const float W[8] = {1, 2, 3, 4, -1, 0.5f, 0, 10}, X[3] = {1, -2, 3};
    struct scalar_graph *g = scalar_new();
    int x[3], y[2];
    for (int i = 0; i < 8; i++) scalar_leaf(g, W[i]);
    for (int i = 0; i < 3; i++) x[i] = scalar_leaf(g, X[i]);
    scalar_net_layer(g, 3, 2, 0, 0, x, y);
    cr_expect(scalar_value(g, y[0]) == 10 && scalar_value(g, y[1]) == 8);
    int loss = scalar_net_square(g, y[1], 5, 0.5f);
    cr_expect(scalar_value(g, loss) == 4.5f);
    scalar_backward(g, loss);
    scalar_net_step(g, 0, 8, 0.25f);  // the slope of the loss in y[1] is 3
    cr_expect(scalar_value(g, 0) == 1 && scalar_value(g, 4) == -1.75f &&
              scalar_value(g, 7) == 9.25f);
    scalar_net_layer(g, 3, 2, 0, 1, x, y);
    cr_expect(fabsf(scalar_value(g, y[0]) - 1) < 1e-6f);
    scalar_free(g);
}

Test(scalar_run, xor)
{
    const struct scalar_task t = {.width = 2, .steps = 500, .lr = 0.3f, .seed = 1};
    FILE *f = tmpfile();
    cr_assert(f);
    scalar_run_xor(&t, f);
    char *text = printed(f);
    static const char *const LINES[] = {" -1  -1", " -1   1", "  1  -1", "  1   1"};
    for (int i = 0; i < 4; i++) {
        double number[4];
        const char *at = strstr(text, LINES[i]);
        double before, after;
        cr_assert(at && sscanf(at, "%lf %lf %lf %lf %lf", number, number + 1, number + 2, &before,
                               &after) == 5);
        cr_expect(fabs(after - number[2]) < 0.2, "%s", text);
    }
    free(text);
}

Test(scalar_run, moons)
{
    const struct scalar_moons m = {.task = {.width = 8, .steps = 300, .lr = 0.3f, .seed = 1},
                                   .points = 100,
                                   .scatter = 0.1f,
                                   .data = 1};
    FILE *f = tmpfile();
    cr_assert(f);
    scalar_run_moons(&m, f);
    char *text = printed(f);
    double number[4];
    cr_assert(line_of(text, "  300  ", number) == 4, "%s", text);
    cr_expect(number[2] <= 2 && number[3] <= 5, "%s", text);
    free(text);
}
