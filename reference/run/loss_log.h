// loss_log: DIR/loss.tsv, a run's losses as text, for plots and for people.
//
// After two comment lines each line is: step, loss of its batch in bits per byte, loss of the
// validation part in bits per byte (or "-").  A resumed run first drops what its checkpoint does
// not know, so that the file is the same as that of an unbroken run.
#ifndef GPT_LOSS_LOG_H
#define GPT_LOSS_LOG_H

#include <stdio.h>

#include "error.h"

// struct loss_log: the open file.  A failed write is found by loss_log_close.
struct loss_log {
    FILE *file;
    char *path;
};

// loss_log_open opens DIR/loss.tsv for appending after the line of step `step`; a run that
// begins says 0.  floor is in bits per byte, NaN if unknown.
//   ERR_IO  the file cannot be read or written
enum err loss_log_open(const char *dir, int step, double floor, struct loss_log *log,
                       struct error *e);

// loss_log_add appends a line; val is NaN where it was not measured.
void loss_log_add(struct loss_log *log, int step, double train, double val);

// loss_log_flush puts what was added on the disk; loss_log_close hands it to the system and closes.
//   ERR_IO  some line could not be written
void loss_log_flush(struct loss_log *log);
enum err loss_log_close(struct loss_log *log, struct error *e);

#endif
