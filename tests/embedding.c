#include "embedding.h"

#include <criterion/criterion.h>
#include <signal.h>

#include "check.h"

// {N, V, C}: more rows than ids, and fewer; one id for all; blocks of columns crossed.
static const int SHAPES[][3] = {{1, 1, 1},   {9, 1, 3},     {50, 7, 17},  {5, 90, 64},
                                {33, 4, 65}, {200, 3, 130}, {64, 64, 16}, {3, 2, 1}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

Test(embedding, forward_copies_rows)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        int N = SHAPES[i][0], V = SHAPES[i][1], C = SHAPES[i][2];
        const int32_t *ids = check_ids(c, (size_t)N, V);
        const float *w = check_normals(c, (size_t)(V * C), 1);
        float *y = check_nans(c, (size_t)(N * C));
        embedding_forward(N, V, C, ids, w, y);
        for (int n = 0; n < N; n++) {
            check_same((size_t)C, y + n * C, w + ids[n] * C, "row %d, N=%d V=%d C=%d", n, N, V, C);
        }
        check_end(c);
    }
}

Test(embedding, backward_sums_rows_that_share_an_id_and_adds_once)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        int N = SHAPES[i][0], V = SHAPES[i][1], C = SHAPES[i][2];
        const int32_t *ids = check_ids(c, (size_t)N, V);
        int32_t *next = check_ids(c, (size_t)N, 99), *first = check_ids(c, (size_t)V, 99);
        const float *dy = check_normals(c, (size_t)(N * C), 2);
        const float *before = check_normals(c, (size_t)(V * C), 9);
        float *got = check_copy(c, (size_t)(V * C), before);
        float *want = check_copy(c, (size_t)(V * C), before);
        for (int j = 0; j < V * C; j++) {  // rows whose id does not occur stay as they are
            float sum = 0;
            int rows = 0;
            for (int n = 0; n < N; n++) {
                if (ids[n] == j / C) sum += dy[n * C + j % C], rows++;
            }
            if (rows) want[j] += sum;
        }
        embedding_backward(N, V, C, ids, dy, got, next, first);
        check_same((size_t)(V * C), got, want, "dw N=%d V=%d C=%d", N, V, C);
        check_end(c);
    }
}

struct problem {
    int N, V, C;
    const int32_t *ids;
    const float *w, *dy;
    int32_t *next, *first;
};

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    embedding_forward(p->N, p->V, p->C, p->ids, p->w, out);
    embedding_backward(p->N, p->V, p->C, p->ids, p->dy, out + p->N * p->C, p->next, p->first);
}

Test(embedding, threads_change_no_bit)
{
    enum { N = 700, V = 23, C = 90 };
    struct check *c = check_begin(20);
    struct problem p = {N,
                        V,
                        C,
                        check_ids(c, N, V),
                        check_normals(c, V * C, 1),
                        check_normals(c, N * C, 1),
                        check_ids(c, N, 2),
                        check_ids(c, V, 2)};
    check_threads(c, N * C + V * C, work, &p, "y, dw");
    check_end(c);
}

Test(embedding, refuses_an_id_past_the_table, .signal = SIGABRT)
{
    float w[6] = {0}, y[2];
    embedding_forward(1, 3, 2, (int32_t[]){3}, w, y);
}

Test(embedding, refuses_a_negative_id, .signal = SIGABRT)
{
    float w[6] = {0}, y[2];
    embedding_forward(1, 3, 2, (int32_t[]){-1}, w, y);
}
