// gemm_run: the rungs of the matrix product on this machine, beside what it could do at most.
#ifndef GPT_GEMM_RUN_H
#define GPT_GEMM_RUN_H

#include <stdio.h>

#include "error.h"

enum { GEMM_RUN_MOST = 1 << 14 };  // rows, columns and steps

// struct gemm_run_options: (M, K) by (K, N), each size in [1, GEMM_RUN_MOST].
struct gemm_run_options {
    int M, N, K;
    int threads;      // 0: as many as cores
    int rounds;       // 0: as many as fit into some seconds
    const char *svg;  // a picture of the roofline; "": none
};

// gemm_run measures the machine's limits; then, in turns, every rung, and gemm with 1, 4, 16, …
// rows of a.  It prints the best rate of each, and draws the roofline with all of them.
//   ERR_IO  gnuplot is missing or it failed; svg cannot be written
enum err gemm_run(const struct gemm_run_options *o, FILE *to, struct error *e);

// gemm_run_flops and gemm_run_bytes tell what a product has to do: operations; and the bytes of a,
// b and c, each read or written once.
double gemm_run_flops(int M, int N, int K);
double gemm_run_bytes(int M, int N, int K);

#endif
