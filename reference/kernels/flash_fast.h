// flash_fast: flash_heads' two functions, faster: blocks of 64 queries against blocks of 64 keys,
// whose products are register tiles.  The numbers are those of flash_heads but for rounding, and
// the same bits for any number of threads and on every machine.
//
// Heads whose D is no multiple of 16, or is more than 128, go to flash_heads.
#ifndef GPT_FLASH_FAST_H
#define GPT_FLASH_FAST_H

// flash_fast_forward, flash_fast_backward: contracts in flash_heads.h.  What is not finite at a
// token may reach up to 15 before it.
void flash_fast_forward(int B, int T, int H, int G, int D, const float *qkv, float *lse,
                        float *out);
void flash_fast_backward(int B, int T, int H, int G, int D, const float *qkv, const float *lse,
                         const float *out, const float *dout, float *dqkv);

#endif
