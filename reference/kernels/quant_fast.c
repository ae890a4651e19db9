#include "quant_fast.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_FEATURE_DOTPROD)
#include <arm_neon.h>
#endif

#include "error.h"
#include "half.h"
#include "quant.h"
#include "registers.h"

// SIDE rows fill a vector.  A tile is the products of SIDE rows and up to TOKENS rows of x, as many
// as there are registers for their sums, of integers and of floats.
#if defined(__AVX512F__)
enum { SIDE = 16, TOKENS = 8 };
#elif defined(__AVX__)
enum { SIDE = 8, TOKENS = 4 };
#elif defined(__aarch64__)
enum { SIDE = 4, TOKENS = 8 };
#else
enum { SIDE = 4, TOKENS = 4 };
#endif

typedef int32_t ints __attribute__((vector_size(4 * SIDE)));
typedef float floats __attribute__((vector_size(4 * SIDE)));
typedef uint16_t halves __attribute__((vector_size(2 * SIDE)));

// --- four products ---------------------------------------------------------------------------

// dot4 adds to each lane the four products of its bytes of w, which are signed once OFFSET has been
// taken off, with those of x.
#if defined(__AVX512VNNI__) && defined(__AVX512F__)
enum { OFFSET = 128, SPLIT = 1 };  // the instruction multiplies unsigned bytes by signed ones
INLINE ints dot4(ints sum, ints w, const int32_t *x)
{
    return (ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)w, _mm512_set1_epi32(*x));
}
#elif defined(__AVXVNNI__) && !defined(__AVX512F__)
enum { OFFSET = 128, SPLIT = 1 };
INLINE ints dot4(ints sum, ints w, const int32_t *x)
{
    return (ints)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)w, _mm256_set1_epi32(*x));
}
#elif defined(__ARM_FEATURE_DOTPROD)
enum { OFFSET = 0, SPLIT = 1 };
INLINE ints dot4(ints sum, ints w, const int32_t *x)
{
    return (ints)vdotq_s32((int32x4_t)sum, (int8x16_t)w, (int8x16_t)vdupq_n_s32(*x));
}
#else
// Two products of 16 bits at a time: of the even bytes, x[0], and of the odd ones, x[1].
enum { OFFSET = 0, SPLIT = 2 };
typedef int16_t shorts __attribute__((vector_size(4 * SIDE)));

INLINE ints dot2(shorts w, int32_t x)
{
    ints all = x - (ints){0};
#if defined(__AVX512BW__)
    return (ints)_mm512_madd_epi16((__m512i)w, (__m512i)all);
#elif defined(__AVX2__) && !defined(__AVX512F__)
    return (ints)_mm256_madd_epi16((__m256i)w, (__m256i)all);
#else
    ints even = ((ints)w << 16 >> 16) * (all << 16 >> 16);
    return even + ((ints)w >> 16) * (all >> 16);
#endif
}

INLINE ints dot4(ints sum, ints w, const int32_t *x)
{
    shorts even = (shorts)w << 8 >> 8, odd = (shorts)w >> 8;
    return sum + (dot2(even, x[0]) + dot2(odd, x[1]));
}
#endif

// --- x ---------------------------------------------------------------------------------------

enum { WORDS = QUANT_BLOCK / 4 };

// struct block: 32 numbers of x, rounded to Q8_0.
struct block {
    float d;
    int32_t start;  // of their sum of products: what it owes to integers that w's bytes are not yet
    int32_t word[WORDS * SPLIT];
};

// round_away is (int)roundf(x), but a loop of it becomes vectors.
static inline int round_away(float x)
{
    int whole = (int)x;
    float rest = x - (float)whole;
    return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

// block_fill rounds 32 numbers, as quant_to_q8_0 does, to be multiplied by weights of that type.
// Where one is not finite, d is NaN.
static void block_fill(enum quant_type type, const float *x, struct block *y)
{
    float most = 0;
    int finite = 1;
    for (int i = 0; i < QUANT_BLOCK; i++) {
        float size = fabsf(x[i]);
        most = size > most ? size : most;
        finite &= size <= FLT_MAX;
    }
    float d = finite ? most / 127 : NAN, inverse = d < FLT_MIN || !finite ? 0 : 1 / d;
    int8_t q[QUANT_BLOCK];
    int sum = 0;
    for (int i = 0; i < QUANT_BLOCK; i++) {
        int r = finite ? round_away(x[i] * inverse) : 0;
        q[i] = (int8_t)r;
        sum += r;
    }
    y->d = half_to_float(half_from_float(d));
    y->start = sum * (type == QUANT_Q4_0 ? -8 : -OFFSET);
    if (SPLIT == 1) {
        memcpy(y->word, q, sizeof q);
        return;
    }
    for (int w = 0; w < WORDS; w++, sum = 0) {
        const int8_t *b = q + 4 * w;
        const int16_t pairs[] = {b[0], b[2], b[1], b[3]};
        memcpy(y->word + 2 * w, pairs, sizeof pairs);
    }
}

// --- rows side by side -----------------------------------------------------------------------

// A group of SIDE rows: first the integers, [block][word][row][4 bytes], then the scales,
// [block][row].
static size_t group_bytes(enum quant_type type, int C)
{
    return SIDE * quant_row_bytes(type, C);
}

static int groups_of(int O)
{
    return O / SIDE + (O % SIDE != 0);
}

static int words_of(enum quant_type type)
{
    return type == QUANT_Q4_0 ? WORDS / 2 : WORDS;
}

size_t quant_fast_bytes(enum quant_type type, int O, int C)
{
    return (size_t)groups_of(O) * group_bytes(type, C);
}

void quant_fast_fill(enum quant_type type, int O, int C, const void *rows, void *data)
{
    size_t row = quant_row_bytes(type, C), block = 4 * (size_t)words_of(type) + sizeof(uint16_t);
    int blocks = C / QUANT_BLOCK, words = words_of(type);
#pragma omp parallel for
    for (int g = 0; g < groups_of(O); g++) {
        char *q = (char *)data + (size_t)g * group_bytes(type, C);
        char *d = q + (size_t)blocks * (size_t)words * SIDE * 4;
        memset(q, 0, group_bytes(type, C));
        for (int r = 0; r < SIDE && g * SIDE + r < O; r++) {
            const char *from = (const char *)rows + (size_t)(g * SIDE + r) * row;
            for (int b = 0; b < blocks; b++, from += block) {
                memcpy(d + (b * SIDE + r) * 2, from, 2);
                for (int w = 0; w < words; w++)
                    memcpy(q + ((b * words + w) * SIDE + r) * 4, from + 2 + w * 4, 4);
            }
        }
    }
}

void quant_fast_row(enum quant_type type, int C, int o, const void *data, float *y)
{
    int blocks = C / QUANT_BLOCK, words = words_of(type), r = o % SIDE;
    const char *q = (const char *)data + (size_t)(o / SIDE) * group_bytes(type, C);
    const char *d = q + (size_t)blocks * (size_t)words * SIDE * 4;
    for (int b = 0; b < blocks; b++) {
        char one[sizeof(struct quant_q8_0)];
        memcpy(one, d + (b * SIDE + r) * 2, 2);
        for (int w = 0; w < words; w++)
            memcpy(one + 2 + w * 4, q + ((b * words + w) * SIDE + r) * 4, 4);
        quant_rows_floats(type, 1, QUANT_BLOCK, one, y + b * QUANT_BLOCK);
    }
}

// --- tiles -----------------------------------------------------------------------------------

// floats_of: the numbers that finite halves stand for.
INLINE floats floats_of(const char *p)
{
    halves h;
    memcpy(&h, p, sizeof h);
    ints bits = __builtin_convertvector(h, ints), rest = bits & 0x7FFF, small = rest < 0x400;
    // (float)rest is exact; a normal half has its fields moved, and its exponent counted from 127.
    ints denormal = (ints)(__builtin_convertvector(rest, floats) * 0x1p-24f);
    ints normal = (rest << 13) + (112 << 23);
    return (floats)((bits & 0x8000) << 16 | (small & denormal) | (~small & normal));
}

// tile: sum[t][r] = the dot product of x[t] and row r of a group, t < n.
//   x  n rows of blocks, `blocks` apart
INLINE void tile(enum quant_type type, int n, int blocks, const char *q, const struct block *x,
                 floats *sum)
{
    int words = type == QUANT_Q4_0 ? WORDS / 2 : WORDS;
    const char *d = q + (ptrdiff_t)blocks * words * SIDE * 4;
    floats s[TOKENS];
    UNROLL
    for (int t = 0; t < n; t++) s[t] = (floats){0};
    for (int b = 0; b < blocks; b++, d += 2 * SIDE) {
        ints acc[TOKENS];
        UNROLL
        for (int t = 0; t < n; t++) acc[t] = x[t * blocks + b].start - (ints){0};
        UNROLL
        for (int w = 0; w < words; w++, q += 4 * SIDE) {
            ints four;
            memcpy(&four, q, sizeof four);
            ints low = type == QUANT_Q4_0 ? four & 0x0F0F0F0F
                     : OFFSET             ? four ^ (int32_t)0x80808080
                                          : four;
            UNROLL
            for (int t = 0; t < n; t++)
                acc[t] = dot4(acc[t], low, x[t * blocks + b].word + w * SPLIT);
            if (type != QUANT_Q4_0) continue;
            ints high = four >> 4 & 0x0F0F0F0F;
            UNROLL
            for (int t = 0; t < n; t++)
                acc[t] = dot4(acc[t], high, x[t * blocks + b].word + (w + words) * SPLIT);
        }
        floats scale = floats_of(d);
        UNROLL
        for (int t = 0; t < n; t++)
            s[t] += __builtin_convertvector(acc[t], floats) * (scale * x[t * blocks + b].d);
    }
    UNROLL
    for (int t = 0; t < n; t++) sum[t] = s[t];
}

// tile_of is tile for a type and a number that the compiler does not know.
#define TILE_OF(name, type)                                                                \
    static WIDE_VECTORS void name(int n, int blocks, const char *q, const struct block *x, \
                                  floats *sum)                                             \
    {                                                                                      \
        if (n == TOKENS)                                                                   \
            tile(type, TOKENS, blocks, q, x, sum);                                         \
        else                                                                               \
            for (int t = 0; t < n; t++) tile(type, 1, blocks, q, x + t * blocks, sum + t); \
    }
TILE_OF(tile_q8_0, QUANT_Q8_0)
TILE_OF(tile_q4_0, QUANT_Q4_0)

// group_dot: y[n][o] for the SIDE rows from o on, of which `rows` are there.
static void group_dot(enum quant_type type, int N, int blocks, int O, int rows, const char *q,
                      const struct block *x, const float *b, float *y)
{
    for (int n = 0; n < N; n += TOKENS) {
        int count = N - n < TOKENS ? N - n : TOKENS;
        floats sum[TOKENS];
        (type == QUANT_Q8_0 ? tile_q8_0 : tile_q4_0)(count, blocks, q, x + n * blocks, sum);
        for (int t = 0; t < count; t++) {
            float *y_n = y + (ptrdiff_t)(n + t) * O;
            for (int r = 0; r < rows; r++) y_n[r] = b ? sum[t][r] + b[r] : sum[t][r];
        }
    }
}

void quant_fast_linear(enum quant_type type, int N, int C, int O, const float *x, const void *data,
                       const float *b, float *y)
{
    CHECK(type != QUANT_F32 && quant_fits(type, C) && N >= 0 && O >= 0, "type=%s N=%d C=%d O=%d",
          quant_name(type), N, C, O);
    enum { MOST = 1 << 13, SMALL = 1 << 15 };
    struct block block[MOST];
    int blocks = C / QUANT_BLOCK, most = blocks ? MOST / blocks : N;
    for (int n = 0; n < N; n += most) {
        int count = N - n < most ? N - n : most;
        const float *x_n = x + (ptrdiff_t)n * C;
        float *y_n = y + (ptrdiff_t)n * O;
#pragma omp parallel for if (count > 1)
        for (int i = 0; i < count * blocks; i++)
            block_fill(type, x_n + (ptrdiff_t)i * QUANT_BLOCK, block + i);
            // To wake the other threads takes longer than a small product.
#pragma omp parallel for if ((ptrdiff_t)count * C * O > SMALL)
        for (int g = 0; g < groups_of(O); g++) {
            int o = g * SIDE, rows = O - o < SIDE ? O - o : SIDE;
            group_dot(type, count, blocks, O, rows,
                      (const char *)data + (size_t)g * group_bytes(type, C), block,
                      b ? b + o : NULL, y_n + o);
        }
    }
}
