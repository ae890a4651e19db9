// cache: what long blocks gave, so that they need not be run again.
//
// An entry is a directory with a file for each command, and a tar file of what stood below runs/
// and datasets/ afterwards: later blocks may use it.
#ifndef TEXT_CACHE_H
#define TEXT_CACHE_H

#include <stddef.h>

#include "shell.h"

// cache_find returns 1 if the entry is there, whole.
int cache_find(const char *entry);

// cache_load reads how command `number` went.  Returns 0 if the entry is damaged.
int cache_load(const char *entry, size_t number, struct outcome *o);

// cache_restore puts the files back into the scratch copy.  Returns 0 if it cannot.
int cache_restore(const char *entry, const char *scratch);

// cache_save makes the entry from n outcomes and the scratch copy.  Failing to is no error: the
// block is run again next time.
void cache_save(const char *entry, size_t n, const struct outcome *o, const char *scratch);

#endif
