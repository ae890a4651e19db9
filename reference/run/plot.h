// plot: the loss of a run as a picture, drawn by gnuplot.
#ifndef GPT_PLOT_H
#define GPT_PLOT_H

#include "error.h"

// plot_loss draws DIR/loss.tsv (loss_log.h) as DIR/loss.svg and, if terminal is set, prints it
// in characters on stdout, `terminal` columns wide.
//   ERR_IO     there is no loss.tsv, gnuplot is missing or it failed
//   ERR_SHORT  fewer than two steps to draw
enum err plot_loss(const char *dir, int terminal, struct error *e);

#endif
