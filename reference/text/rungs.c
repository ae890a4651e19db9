#include "rungs.h"

#ifdef MINE_bpe
#include "bpe.h"
const struct rungs RUNGS = {bpe_train, bpe_encode};
#else
#include "bpe_fast_encode.h"
#include "bpe_fast_train.h"
const struct rungs RUNGS = {bpe_fast_train, bpe_fast_encode};
#endif
