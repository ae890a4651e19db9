// bench_work: the kernels of a training step, and what each has to do in it: the formulas beside
// which bench_share's times stand.
#ifndef GPT_BENCH_WORK_H
#define GPT_BENCH_WORK_H

#include <stddef.h>

#include "bench_step.h"

// enum bench_kernel: the parts of a step, in the order in which they must be run.
enum bench_kernel {
    BENCH_EMBEDDING,  // with positions; forward and backward
    BENCH_NORM,
    BENCH_LINEAR,
    BENCH_ATTENTION,
    BENCH_GELU,
    BENCH_ADD,   // residual additions; forward and backward
    BENCH_HEAD,  // the last linear map and cross-entropy; forward and backward
    BENCH_GELU_BACK,
    BENCH_ATTENTION_BACK,
    BENCH_LINEAR_DX,
    BENCH_LINEAR_DW,
    BENCH_BIAS,
    BENCH_NORM_BACK,
    BENCH_ZERO,  // gradients of what is on the tape begin as zeros, and so does the step's
    BENCH_FOLD,  // the batch's gradients are added to the step's
    BENCH_NORM_OF_GRADIENT,
    BENCH_ADAMW,
    BENCH_KERNELS
};

// struct bench_work: what one kernel does in a step.
struct bench_work {
    const char *name;
    int product;   // 1: matrix products, whose flops add up to gpt_flops
    double flops;  // of others: what their formulas take, a root or a quotient as one, exp as 10
    double bytes;  // that must be read and written at least, once a call
};

// bench_work_of tells what a kernel does in a step of the setting.
struct bench_work bench_work_of(const struct bench_setting *s, enum bench_kernel k);

// bench_work_zeros returns how many floats of a tape a step sets to zero: the gradients of its
// results, but for the logits', which BENCH_HEAD does.
size_t bench_work_zeros(const struct bench_setting *s);

#endif
