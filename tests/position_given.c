// position: what the learner does not write: threads, refusals, exact angles, and that a table that
// is drawn knows nothing of distances.
#include "position.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>

#include "check.h"

enum { B = 3, T = 17, HEADS = 3, D = 6, W = HEADS * D + 5 };

struct job {
    const float *x, *table, *cosine, *sine;
};

static void forward(const void *job, float *y)
{
    const struct job *j = job;
    position_forward(B, T, W, j->x, j->table, y);
}

static void backward(const void *job, float *dtable)
{
    const struct job *j = job;
    position_backward(B, T, W, j->x, dtable);
}

static void turn(const void *job, float *y)
{
    const struct job *j = job;
    rotary_forward(B, T, W, HEADS, D, j->cosine, j->sine, j->x, y);
}

static void turn_back(const void *job, float *dx)
{
    const struct job *j = job;
    rotary_backward(B, T, W, HEADS, D, j->cosine, j->sine, j->x, dx);
}

Test(position_given, threads)
{
    struct check *c = check_begin(1);
    float *cosine = check_nans(c, T * D / 2), *sine = check_nans(c, T * D / 2);
    rotary_angles(T, D, 10000, cosine, sine);
    struct job j = {check_normals(c, B * T * W, 1), check_normals(c, T * W, 1), cosine, sine};
    check_threads(c, B * T * W, forward, &j, "position_forward");
    check_threads(c, T * W, backward, &j, "position_backward");
    check_threads(c, B * T * W, turn, &j, "rotary_forward");
    check_threads(c, B * T * W, turn_back, &j, "rotary_backward");
    check_end(c);
}

// Whoever makes a longer table has the shorter one in it: a model whose context grows, and a cache.
Test(position_given, rows_do_not_depend_on_how_many_there_are)
{
    struct check *c = check_begin(2);
    float *few = check_nans(c, T * D), *many = check_nans(c, 4 * T * D);
    position_waves(T, D, few);
    position_waves(4 * T, D, many);
    check_same(T * D, few, many, "waves");
    rotary_angles(T, D, 10000, few, few + T * D / 2);
    rotary_angles(4 * T, D, 10000, many, many + 2 * T * D);
    check_same(T * D / 2, few, many, "cosine");
    check_same(T * D / 2, few + T * D / 2, many + 2 * T * D, "sine");
    check_end(c);
}

// The widest base there is, and a narrow and a wide row: the root behind the frequencies is exact.
Test(position_given, frequencies)
{
    static const int WIDTH[] = {2, 4, 64, 128, 1024};
    static const float BASE[] = {0.5f, 1, 100, 10000, 500000, 1e9f};
    struct check *c = check_begin(3);
    float cosine[512 * 2], sine[512 * 2];
    for (int w = 0; w < 5; w++) {
        for (int b = 0; b < 6; b++) {
            int half = WIDTH[w] / 2;
            double want[512];
            rotary_angles(2, WIDTH[w], BASE[b], cosine, sine);
            for (int i = 0; i < half; i++) want[i] = sin(pow((double)BASE[b], -(double)i / half));
            check_near((size_t)half, sine + half, want, 2e-7, "D=%d base=%g", WIDTH[w],
                       (double)BASE[b]);
        }
    }
    check_end(c);
}

// The dot product of two rows that were drawn is not a function of their distance.
Test(position_given, a_drawn_table_knows_no_distance)
{
    struct check *c = check_begin(4);
    float *table = check_normals(c, T * D, 1);
    int alike = 0;
    for (int t = 0; t + 2 < T; t++) {
        double here = 0, next = 0;
        for (int i = 0; i < D; i++) {
            here += (double)table[t * D + i] * (double)table[(t + 1) * D + i];
            next += (double)table[(t + 1) * D + i] * (double)table[(t + 2) * D + i];
        }
        alike += fabs(here - next) < 1e-3;
    }
    cr_assert(alike < 3, "%d of %d neighbours alike", alike, T - 2);
    check_end(c);
}

Test(position_given, an_odd_head, .signal = SIGABRT)
{
    float x[3] = {0}, y[3];
    rotary_forward(1, 1, 3, 1, 3, x, x, x, y);
}

Test(position_given, rows_too_short, .signal = SIGABRT)
{
    float x[4] = {0}, y[4];
    rotary_backward(1, 1, 4, 2, 4, x, x, x, y);
}

Test(position_given, no_places, .signal = SIGABRT)
{
    float x[4];
    position_waves(0, 4, x);
}
