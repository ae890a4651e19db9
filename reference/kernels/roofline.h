// roofline: what this machine can do at most, measured.  No kernel can be faster than the two lines
// of a roofline: so many operations a second, and so many bytes.
//
// A machine that others use too is measured slower than it is, never faster: so the best of several
// tries counts.  All of it is measured with the threads that parallel regions have (threads.h).
// Source: Williams et al. 2009, "Roofline: an insightful visual performance model".
#ifndef GPT_ROOFLINE_H
#define GPT_ROOFLINE_H

#include <stddef.h>

// struct roofline: what so many threads reach together.
struct roofline {
    int threads;
    double flops;       // of fp32 a second: a fused multiply-add is two
    double far, near;   // bytes read a second, of the two working sets below
    double region;      // seconds that a parallel region costs which does nothing
    size_t far_bytes;   // roofline_far's
    size_t near_bytes;  // ROOFLINE_NEAR
};

enum { ROOFLINE_NEAR = 4 << 20 };  // bytes: what two cores' own caches may hold

// roofline_measure measures them all; it takes one or two seconds.
struct roofline roofline_measure(void);

// roofline_far returns the size of a working set that has to come from memory: twice the last cache
// as far as it is known, at least 256 MiB, at most an eighth of the memory or 1 GiB.
size_t roofline_far(void);

// Its parts.  roofline_flops returns operations a second, roofline_read the bytes a second at which
// `bytes` bytes are read, again and again, each thread its own share; roofline_region seconds.
double roofline_flops(void);
double roofline_read(size_t bytes);
double roofline_region(void);

#endif
