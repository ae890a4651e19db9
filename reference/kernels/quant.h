// quant: weights of 8 or 4 bits.  A row is cut into blocks of 32 numbers; a block has one scale,
// and each of its numbers becomes an integer that, times the scale, is near to it.
//
// The blocks are those of GGUF files, byte for byte (ggml-common.h: block_q8_0, block_q4_0), and
// are rounded as ggml rounds them (ggml-quants.c: quantize_row_q8_0_ref, quantize_row_q4_0_ref).
//
// Everywhere: K is the numbers of a row, a multiple of 32.
#ifndef GPT_QUANT_H
#define GPT_QUANT_H

#include <stdint.h>

enum { QUANT_BLOCK = 32 };

// struct quant_q8_0: 34 bytes.  Number i is d * q[i].
struct quant_q8_0 {
    uint16_t d;             // the scale, a half (half.h)
    int8_t q[QUANT_BLOCK];  // -127 … 127
};

// struct quant_q4_0: 18 bytes.  Number i is d * ((q[i] & 15) - 8), number i + 16 is
// d * ((q[i] >> 4) - 8), i < 16.
struct quant_q4_0 {
    uint16_t d;                  // a half; negative if the largest number is positive
    uint8_t q[QUANT_BLOCK / 2];  // two numbers each, 0 … 15
};

// quant_to_q8_0 rounds a row.  Of each block: d = max |x_i| / 127; q_i = x_i * (1 / d), rounded to
// the nearest integer, ties away from zero (roundf); d is rounded to a half afterwards.
//   x  (K)  finite   y  (K / 32)
// A block of zeros has d = 0 and q = 0; so may one whose d is below FLT_MIN: 1 / d would be inf.
void quant_to_q8_0(int K, const float *x, struct quant_q8_0 *y);

// quant_to_q4_0 rounds a row.  Of each block: m is the number with the largest |x_i|, the first of
// several; d = m / -8; q_i = x_i * (1 / d) + 8.5, cut to an integer, at most 15; d is rounded to a
// half afterwards.
//   x  (K)  finite   y  (K / 32)
// A block of zeros has d = 0 or -0, and q_i = 8; so may one whose |d| is below FLT_MIN.
void quant_to_q4_0(int K, const float *x, struct quant_q4_0 *y);

// quant_from_q8_0, quant_from_q4_0: the numbers that blocks stand for.
//   x  (K / 32)   y  (K)
void quant_from_q8_0(int K, const struct quant_q8_0 *x, float *y);
void quant_from_q4_0(int K, const struct quant_q4_0 *x, float *y);

// quant_dot_q8_0, quant_dot_q4_0: the dot product of a row of weights and a vector, both in blocks.
// Of each block, from the first to the last, the sum of the products of the integers is exact, and
// (float)sum * (w.d * x.d) is added to a float that began as 0.
//   w  (K / 32)   x  (K / 32)
// Cost: K products of integers, K / 32 of floats.
float quant_dot_q8_0(int K, const struct quant_q8_0 *w, const struct quant_q8_0 *x);
float quant_dot_q4_0(int K, const struct quant_q4_0 *w, const struct quant_q8_0 *x);

#endif
