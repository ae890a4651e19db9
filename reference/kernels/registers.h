// registers: how loops over registers are written, for the files whose sums must stay in them.
//
//   UNROLL        before a loop whose number of rounds is known: it is written out, and before
//                 registers are given out
//   ROLLED        before a loop that is to stay one
//   WIDE_VECTORS  before a function: clang halves vectors of 512 bits unless it is told not to
//   PICK          (mask, x, y, i, …)  of the elements of x and then those of y the i-th, …; mask:
//                 the type of a vector of as many ints
//   INLINE        before a function whose arguments decide how often its loops go round
#ifndef GPT_REGISTERS_H
#define GPT_REGISTERS_H

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#define ROLLED _Pragma("GCC unroll 1")
#endif
#if defined(__clang__) && defined(__AVX512F__)
#define WIDE_VECTORS __attribute__((min_vector_width(512)))
#else
#define WIDE_VECTORS
#endif
#if defined(__clang__)
#define PICK(mask, x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define PICK(mask, x, y, ...) __builtin_shuffle(x, y, (mask){__VA_ARGS__})
#endif
#define INLINE static inline __attribute__((always_inline))

#endif
