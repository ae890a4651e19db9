// config_file: a model's shape as Hugging Face's config.json for GPT-2.
#ifndef GPT_CONFIG_FILE_H
#define GPT_CONFIG_FILE_H

#include "error.h"
#include "gpt.h"

#define CONFIG_FILE "config.json"

// config_file_stage writes DIR/config.json.new; output_publish (file.h) makes it DIR/config.json.
//   ERR_IO  the disk is full, or the system refused
enum err config_file_stage(const char *dir, const struct gpt_config *c, struct error *e);

// config_file_read reads DIR/config.json; *c is gpt_filled.
//   ERR_IO      there is none
//   ERR_FORMAT  it is not JSON, a size is missing or impossible, or it asks for another
//               architecture or for a variation of GPT-2 that we do not compute
enum err config_file_read(const char *dir, struct gpt_config *c, struct error *e);

#endif
