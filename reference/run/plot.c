#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "gnuplot.h"

// struct curve: what the script needs to know of the data.
struct curve {
    double floor;  // NaN if unknown
    int lines;
};

static struct curve look(const char *text)
{
    struct curve c = {.floor = (double)NAN};
    if (sscanf(text, "# floor %lf", &c.floor) != 1) c.floor = (double)NAN;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        c.lines += *line != '#';
        if (!strchr(line, '\n')) break;
    }
    return c;
}

// How the curves look: in the SVG, and in characters.
struct style {
    const char *train, *val, *floor;
};

static const struct style SVG = {"lines lw 1 lc rgb '#8fb3d9'",
                                 "linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b'",
                                 "lines lw 2 dt 2 lc rgb '#555555'"};
static const struct style CHARACTERS = {"points pt '.'", "points pt 'o'", "points pt '_'"};

// put_plot writes the commands of one picture.
static void put_plot(FILE *g, const char *data, const struct curve *c, const struct style *s)
{
    fprintf(g, "set datafile missing '-'\nset xlabel 'step'\nset xrange [0:*]\nset grid ytics\n"
               "set title 'loss, bits per byte'\nplot ");
    gnuplot_quoted(g, data);
    fprintf(g, " using 1:2 with %s title 'training batch'", s->train);
    // (column(3)) skips the steps at which nothing was validated.
    fprintf(g, ", '' using 1:(column(3)) with %s title 'validation'", s->val);
    if (!isnan(c->floor)) fprintf(g, ", %.6f with %s title 'floor'", c->floor, s->floor);
    fputc('\n', g);
}

// struct picture: what is drawn.
struct picture {
    const char *data;
    struct curve curve;
    int terminal;
};

// put_script writes what gnuplot is to do: the picture into a file, and one in characters on its
// standard output if terminal is set.
static void put_script(FILE *g, const char *into, const void *context)
{
    const struct picture *p = context;
    gnuplot_svg(g, into, 800, 480, 14);
    put_plot(g, p->data, &p->curve, &SVG);
    if (!p->terminal) return;
    fprintf(g, "set output\nset terminal dumb %d,24 noenhanced\n", p->terminal);
    put_plot(g, p->data, &p->curve, &CHARACTERS);
}

enum err plot_loss(const char *dir, int terminal, struct error *e)
{
    char *data = file_path(dir, "loss.tsv"), *svg = file_path(dir, "loss.svg");
    char *text = NULL;
    size_t size;
    enum err code = file_read(data, &text, &size, e);
    struct picture p = {.data = data, .terminal = terminal};
    if (!code) p.curve = look(text);
    if (!code && p.curve.lines < 2)
        code = error_set(e, ERR_SHORT, "%s: %d steps, expected two to draw", data, p.curve.lines);
    if (!code) code = gnuplot_draw(svg, put_script, &p, e);
    free(text);
    free(data);
    free(svg);
    return code;
}
