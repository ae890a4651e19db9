// llama2c: a Llama's weights as llama2.c keeps them, in the older of its two forms, a MODEL.bin.
//
//   7 x int32  channels C, width F of the network, layers L, heads H, groups G, vocabulary V
//              (negative: the head has weights of its own), context T;  D = C / H
//   float32    embedding (V, C); of all layers, one layer behind the other: the first norm (C),
//              queries (C, C), keys (G D, C), values (G D, C), output (C, C), the second norm (C),
//              then gates (F, C), down (C, F), values (F, C) of the network; the last norm (C);
//              cosines and sines (T, D / 2) each, which are computed instead; the head (V, C), if
//              it has its own
// All little-endian.  The norms' epsilon is 1e-5, the rotary base 10000.
// Source: Karpathy 2023, llama2.c, run.c and export.py (legacy_export).
#ifndef GPT_LLAMA2C_H
#define GPT_LLAMA2C_H

#include "error.h"
#include "gpt.h"

// llama2c_read makes *m of the file at path.
//   ERR_IO      path cannot be read
//   ERR_SHORT   it ends inside the head
//   ERR_FORMAT  it is the newer form or another format; a size is impossible; the file is shorter
//   or
//               longer than the sizes say
// Each names the file and what was expected.
enum err llama2c_read(const char *path, struct gpt **m, struct error *e);

#endif
