#include "bench_report.h"

#include <stdlib.h>

#include "bench_picture.h"
#include "file.h"

void bench_report_add(struct bench_report *r, struct bench_result row)
{
    CHECK(r->count < BENCH_ROWS, "%d rows", r->count);
    r->rows[r->count++] = row;
}

double bench_report_limit(const struct bench_report *r, const struct bench_result *row)
{
    const struct roofline *l = row->threads == 1 ? &r->one : &r->all;
    double compute = row->flops / l->flops, memory = row->bytes / l->far;
    return (compute > memory ? compute : memory) / row->best;
}

static void put_limits(struct output *out, const struct roofline *l)
{
    output_print(out, "limits\tfma\t%d\t1\t1\t%.6g\t0\n", l->threads, l->flops);
    output_print(out, "limits\tread %zu bytes\t%d\t1\t1\t0\t%.6g\n", l->far_bytes, l->threads,
                 l->far);
    output_print(out, "limits\tread %zu bytes\t%d\t1\t1\t0\t%.6g\n", l->near_bytes, l->threads,
                 l->near);
    output_print(out, "limits\tparallel region\t%d\t%.6g\t%.6g\t0\t0\n", l->threads, l->region,
                 l->region);
}

static enum err save_table(const struct bench_report *r, const char *dir, struct error *e)
{
    char *path = file_path(dir, "results.tsv");
    struct output *out;
    enum err code = output_open(path, &out, e);
    if (!code) {
        output_print(out, "setting\twhat\tthreads\tbest s\tmedian s\tflops\tbytes\n");
        put_limits(out, &r->one);
        if (r->all.threads > 1) put_limits(out, &r->all);
        for (int i = 0; i < r->count; i++) {
            const struct bench_result *row = &r->rows[i];
            output_print(out, "%s\t%s\t%d\t%.6g\t%.6g\t%.6g\t%.6g\n", row->setting, row->what,
                         row->threads, row->best, row->median, row->flops, row->bytes);
        }
        code = output_commit(out, e);
    }
    free(path);
    return code;
}

typedef enum err picture(const struct bench_report *r, const char *svg, struct error *e);

static enum err draw(const struct bench_report *r, picture *draw_it, const char *dir,
                     const char *name, struct error *e)
{
    char *path = file_path(dir, name);
    enum err code = draw_it(r, path, e);
    free(path);
    return code;
}

enum err bench_report_save(const struct bench_report *r, const char *dir, struct error *e)
{
    enum err code = save_table(r, dir, e);
    if (!code) code = draw(r, bench_picture_roofline, dir, "roofline.svg", e);
    if (!code) code = draw(r, bench_picture_scaling, dir, "scaling.svg", e);
    return code;
}
