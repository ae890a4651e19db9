// flash_run: what a query has seen of its keys, block after block, and two parts merged.
#ifndef GPT_FLASH_RUN_H
#define GPT_FLASH_RUN_H

#include <stdio.h>

enum { FLASH_RUN_KEYS = 4096 };  // the most that are shown

// flash_run_blocks prints a line for each block of keys that a row looks at (flash_update): the
// number of its last key, the block's largest score, the row's max, sum and mix, the factor by
// which what was there had been rescaled, and the y and lse that these keys alone would give.
//   z, v   (n)  scores, and values of one number each
//   block  at most FLASH_BLOCK
void flash_run_blocks(int n, const float *z, const float *v, int block, FILE *out);

// flash_run_merged prints a row that has looked at the first `split` keys, one that has looked at
// the others, and both merged (flash_merge).  0 < split < n.
void flash_run_merged(int n, const float *z, const float *v, int block, int split, FILE *out);

#endif
