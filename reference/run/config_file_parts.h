// config_file_parts: what the files of config_file share.  Nobody else includes it.
#ifndef GPT_CONFIG_FILE_PARTS_H
#define GPT_CONFIG_FILE_PARTS_H

#include "config_file.h"

// The model_type of a shape of our own, and what its choices are called, in the order of enum
// position, norm and network; NULL ends a list.
#define CONFIG_HANDMADE "handmade"
extern const char *const CONFIG_POSITIONS[], *const CONFIG_NORMS[], *const CONFIG_NETWORKS[];

#endif
