// dataset: text to train on, text to judge by, and the floor where it is known.
#ifndef GPT_DATASET_H
#define GPT_DATASET_H

#include <stddef.h>

#include "error.h"

// struct part: one of the two texts.  bytes and path come from malloc.
struct part {
    char *bytes;
    size_t size;
    char *path;    // the file it is from
    size_t begin;  // where in that file
    double floor;  // its entropy in bits per byte, below which no model's mean can be expected
                   // to go; NaN where nobody knows it
};

struct dataset {
    struct part train, val;
};

// dataset_read reads a data set by name.  The name may be
//   a file       its last tenth (of the bytes, moved back to the start of a character where the
//                text is UTF-8) is val
//   a directory  with train.txt, val.txt and, if the floor is known, floor.json
//   NAME         otherwise: the directory datasets/NAME
//   ERR_IO       nothing there, or not readable; names what was looked for
//   ERR_VALUE    a part is empty
//   ERR_FORMAT   floor.json is not what datasets/README.md says
//   ERR_MATCH    floor.json is of a text of another size
enum err dataset_read(const char *name, struct dataset *out, struct error *e);

// dataset_in puts the part's file, and where in it the part begins, before a message about the
// part's text; returns code (see error_in).
enum err dataset_in(struct error *e, enum err code, const struct part *p);

// dataset_free frees the texts.
void dataset_free(struct dataset *d);

#endif
