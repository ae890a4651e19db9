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

const struct fast FAST = {GEMM, ATTENTION(forward), ATTENTION(backward), FLASH(forward),
                          FLASH(backward)};
