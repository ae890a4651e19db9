#include "fast.h"

#ifdef MINE_gemm
#define GEMM gemm
#else
#include "gemm_fast.h"
#define GEMM gemm_fast
#endif

#ifdef MINE_attention
#include "attention.h"
#define ATTENTION(name) attention_##name
static size_t attention_work(int B, int T, int H, int G, int D)
{
    (void)G, (void)D;
    return (size_t)B * (size_t)H * (size_t)T * (size_t)T;
}
#else
#include "attention_fast.h"
#define ATTENTION(name) attention_fast_##name
#endif

#ifdef MINE_flash
#include "flash_heads.h"
#define FLASH(name) flash_heads_##name
#else
#include "flash_fast.h"
#define FLASH(name) flash_fast_##name
#endif

#ifdef MINE_quant
#define QUANT(name) quant_rows_##name
#else
#include "quant_fast.h"
#define QUANT(name) quant_fast_##name
#endif

const struct fast FAST = {GEMM,           ATTENTION(forward), ATTENTION(backward), ATTENTION(work),
                          FLASH(forward), FLASH(backward),    QUANT(bytes),        QUANT(fill),
                          QUANT(row),     QUANT(linear)};
