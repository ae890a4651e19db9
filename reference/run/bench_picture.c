#include "bench_picture.h"

#include <string.h>

#include "gnuplot.h"

enum { SETTINGS = 8 };  // that a report may have

static int is_step(const struct bench_result *row)
{
    return strcmp(row->what, "step") == 0;
}

// settings_of lists the settings of which steps were timed.
static int settings_of(const struct bench_report *r, const char *name[SETTINGS])
{
    int count = 0;
    for (int i = 0; i < r->count; i++) {
        const struct bench_result *row = &r->rows[i];
        if (!is_step(row) || count == SETTINGS) continue;
        if (count == 0 || strcmp(name[count - 1], row->setting) != 0) name[count++] = row->setting;
    }
    return count;
}

// --- roofline --------------------------------------------------------------------------------

static int is_point(const struct bench_report *r, const struct bench_result *row,
                    const char *setting)
{
    return row->threads == r->all.threads && row->flops > 0 && row->bytes > 0 &&
           strcmp(row->setting, setting) == 0;
}

// put_points writes the kernels of a setting: operations a byte, GFLOP a second, number.  Names
// would cover each other; put_names lists them.
static void put_points(FILE *g, const struct bench_report *r, const char *setting)
{
    int number = 0;
    fprintf(g, "$%s << END\n", setting);
    for (int i = 0; i < r->count; i++) {
        const struct bench_result *row = &r->rows[i];
        if (is_point(r, row, setting))
            fprintf(g, "%g %g %d\n", row->flops / row->bytes, 1e-9 * row->flops / row->best,
                    ++number);
    }
    fputs("END\n", g);
}

// put_names lists the points' names beside the picture.
static void put_names(FILE *g, const struct bench_report *r, const char *setting)
{
    int number = 0;
    fputs("unset label\n", g);
    for (int i = 0; i < r->count; i++) {
        const struct bench_result *row = &r->rows[i];
        if (!is_point(r, row, setting)) continue;
        number++;
        fprintf(g, "set label '%d  %s' at graph 1.03, graph %g font 'sans,10'\n", number, row->what,
                1.03 - 0.06 * number);
    }
}

static void put_roofline(FILE *g, const char *into, const void *context)
{
    const struct bench_report *r = context;
    const char *name[SETTINGS];
    int count = settings_of(r, name);
    gnuplot_svg(g, into, 860, 420 * count, 12);
    for (int i = 0; i < count; i++) put_points(g, r, name[i]);
    fprintf(g,
            "peak = %g\nfar = %g\nnear = %g\nroof(x, rate) = x * rate < peak ? x * rate : peak\n"
            "set logscale xy\nset xrange [0.03:1000]\nset yrange [*:%g]\n"
            "set xlabel 'operations a byte'\nset ylabel 'GFLOP/s'\nset grid\n"
            "set samples 400\nset key bottom right\nset rmargin 26\nset multiplot layout %d,1\n",
            1e-9 * r->all.flops, 1e-9 * r->all.far, 1e-9 * r->all.near, 2e-9 * r->all.flops, count);
    for (int i = 0; i < count; i++) {
        put_names(g, r, name[i]);
        fprintf(
            g,
            "set title 'setting %s, %d thread%s'\n"
            "plot roof(x, far) with lines lw 2 lc rgb '#555555' title "
            "'the limits: memory, then arithmetic', "
            "roof(x, near) with lines lw 1 dt 2 lc rgb '#999999' title 'from caches', "
            "$%s using 1:2 with points pt 7 ps 0.6 lc rgb '#c0392b' notitle, "
            "'' every 2 using 1:2:3 with labels left offset 0.5,0.4 font 'sans,10' notitle, "
            "'' every 2::1 using 1:2:3 with labels right offset -0.5,-0.4 font 'sans,10' notitle\n",
            name[i], r->all.threads, r->all.threads > 1 ? "s" : "", name[i]);
    }
    fputs("unset multiplot\n", g);
}

enum err bench_picture_roofline(const struct bench_report *r, const char *svg, struct error *e)
{
    const char *name[SETTINGS];
    return settings_of(r, name) ? gnuplot_draw(svg, put_roofline, r, e) : ERR_NONE;
}

// --- scaling ---------------------------------------------------------------------------------

// put_steps writes the steps of a setting: threads, and how many times as fast as on one.
static void put_steps(FILE *g, const struct bench_report *r, const char *setting)
{
    double one = 0;
    fprintf(g, "$%s << END\n", setting);
    for (int i = 0; i < r->count; i++) {
        const struct bench_result *row = &r->rows[i];
        if (!is_step(row) || strcmp(row->setting, setting) != 0) continue;
        if (row->threads == 1) one = row->best;
        fprintf(g, "%d %g\n", row->threads, one / row->best);
    }
    fputs("END\n", g);
}

static void put_scaling(FILE *g, const char *into, const void *context)
{
    static const char *const COLORS[] = {"#c0392b", "#2c6fbb", "#2e8b57"};
    const struct bench_report *r = context;
    const char *name[SETTINGS];
    int count = settings_of(r, name), most = r->all.threads;
    gnuplot_svg(g, into, 640, 480, 12);
    for (int i = 0; i < count; i++) put_steps(g, r, name[i]);
    fprintf(g,
            "set xrange [0.9:%g]\nset yrange [0:%g]\nset xlabel 'threads'\nset grid\n"
            "set xtics %d\nset ylabel 'times as fast as on one'\nset key top left\n"
            "set title 'a training step'\nplot x with lines lw 1 dt 2 lc rgb '#555555' title "
            "'as many times as threads'",
            most + 0.1, most + 0.5, most / 8 + 1);
    for (int i = 0; i < count; i++)
        fprintf(g, ", $%s using 1:2 with linespoints lw 2 pt 7 lc rgb '%s' title 'setting %s'",
                name[i], COLORS[i % 3], name[i]);
    fputc('\n', g);
}

enum err bench_picture_scaling(const struct bench_report *r, const char *svg, struct error *e)
{
    const char *name[SETTINGS];
    return settings_of(r, name) ? gnuplot_draw(svg, put_scaling, r, e) : ERR_NONE;
}
