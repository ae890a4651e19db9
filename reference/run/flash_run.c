#include "flash_run.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "flash.h"
#include "mathf.h"
#include "vec.h"

// update shows the row n keys more, and leaves their scores as they are.
static void update(int n, const float *z, const float *v, struct flash_row *row)
{
    float weights[FLASH_BLOCK];
    memcpy(weights, z, sizeof *z * (size_t)n);
    flash_update(n, 1, weights, v, 1, row);
}

static void print_row(const struct flash_row *row, FILE *out)
{
    fprintf(out, "%8.3f %8.3f %8.3f %8.3f %8.3f\n", (double)row->max, (double)row->sum,
            (double)*row->mix, (double)(*row->mix / row->sum),
            (double)(row->max + mathf_log(row->sum)));
}

void flash_run_blocks(int n, const float *z, const float *v, int block, FILE *out)
{
    CHECK(n > 0 && block > 0 && block <= FLASH_BLOCK, "n=%d block=%d", n, block);
    float mix = 0;
    struct flash_row row = {-INFINITY, 0, &mix};
    fprintf(out, "%5s %8s %8s %8s %8s %8s %8s %8s\n", "to", "largest", "factor", "max", "sum",
            "mix", "y", "lse");
    for (int s = 0; s < n; s += block) {
        int there = vec_left(n, s, block);
        float before = row.max;
        update(there, z + s, v + s, &row);
        fprintf(out, "%5d %8.3f %8.3f ", s + there - 1, (double)vec_max(there, z + s),
                (double)mathf_exp(before - row.max));
        print_row(&row, out);
    }
}

void flash_run_merged(int n, const float *z, const float *v, int block, int split, FILE *out)
{
    CHECK(split > 0 && split < n && block > 0 && block <= FLASH_BLOCK, "split=%d of %d, block=%d",
          split, n, block);
    float mix[2] = {0, 0};
    struct flash_row row[2] = {{-INFINITY, 0, &mix[0]}, {-INFINITY, 0, &mix[1]}};
    fprintf(out, "%-14s %8s %8s %8s %8s %8s\n", "keys", "max", "sum", "mix", "y", "lse");
    for (int i = 0; i < 2; i++) {
        int first = i ? split : 0, end = i ? n : split;
        for (int s = first; s < end; s += block)
            update(vec_left(end, s, block), z + s, v + s, &row[i]);
        fprintf(out, "%5d … %-6d ", first, end - 1);
        print_row(&row[i], out);
    }
    flash_merge(1, &row[1], &row[0]);
    fprintf(out, "%-14s ", "merged");
    print_row(&row[0], out);
}
