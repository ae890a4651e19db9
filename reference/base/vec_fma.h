// vec_fma: the fused multiply-add, for as many floats as one register of this machine holds.
//
// A compiler that may not fuse on its own (-ffp-contract=off) makes two instructions, and two
// roundings, of `sum + a * x` where x and sum are vectors; for fmaf, which is one, it knows no
// vector.  So each machine's own name for it stands here.
#ifndef GPT_VEC_FMA_H
#define GPT_VEC_FMA_H

#include <math.h>

#include "vec.h"

// VEC_FMA: 1 where the machine has it; elsewhere fmaf is called lane by lane, which is slow.
#if defined(__AVX512F__) || (defined(__AVX__) && defined(__FMA__))
#include <immintrin.h>
#define VEC_FMA 1
#elif defined(__aarch64__)
#include <arm_neon.h>
#define VEC_FMA 1
#else
#define VEC_FMA 0
#endif

// vec_fma returns sum + a * x, each lane rounded once: the bits of fmaf(a, x[l], sum[l]).
static inline vec_part vec_fma(float a, vec_part x, vec_part sum)
{
#if defined(__AVX512F__)
    return _mm512_fmadd_ps(_mm512_set1_ps(a), x, sum);
#elif VEC_FMA && defined(__AVX__)
    return _mm256_fmadd_ps(_mm256_set1_ps(a), x, sum);
#elif VEC_FMA
    return vfmaq_n_f32(sum, x, a);
#else
    for (int l = 0; l < VEC_WIDTH; l++) sum[l] = fmaf(a, x[l], sum[l]);
    return sum;
#endif
}

#endif
