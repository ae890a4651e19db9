// gnuplot: the program that draws our pictures.
#ifndef GPT_GNUPLOT_H
#define GPT_GNUPLOT_H

#include <stdio.h>

#include "error.h"

// gnuplot_script writes what gnuplot is to do: a picture into the file `into`, and whatever is to
// be printed on its standard output.
typedef void gnuplot_script(FILE *g, const char *into, const void *context);

// gnuplot_quoted writes s as a gnuplot string.
void gnuplot_quoted(FILE *g, const char *s);

// gnuplot_svg begins a picture of that size in the file `into`, as SVG.
void gnuplot_svg(FILE *g, const char *into, int width, int height, int font_size);

// gnuplot_draw lets gnuplot draw the picture `svg`, which is there whole or not at all, and prints
// what it prints on stdout.
//   ERR_IO  gnuplot is missing or it failed; svg cannot be written
enum err gnuplot_draw(const char *svg, gnuplot_script *script, const void *context,
                      struct error *e);

#endif
