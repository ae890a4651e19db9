// config_file: a model's shape as config.json, in the words of Hugging Face's GPT2Config and
// LlamaConfig.  A shape that is neither is written in words of our own, as model_type "handmade".
#ifndef GPT_CONFIG_FILE_H
#define GPT_CONFIG_FILE_H

#include "error.h"
#include "gpt.h"
#include "tokenizer.h"

#define CONFIG_FILE "config.json"

// config_file_type returns a shape's model_type: "gpt2", "llama" or "handmade".
const char *config_file_type(const struct gpt_config *c);

// config_file_note writes what of a shape its tensors do not tell, in words; for GPT-2's own
// choices nothing.
enum { CONFIG_NOTE = 128 };
void config_file_note(const struct gpt_config *c, char out[CONFIG_NOTE]);

// config_file_stage writes DIR/config.json.new; output_publish (file.h) makes it DIR/config.json.
// tok is asked for the tokens that begin and end a text, which other programs want to know of a
// Llama; it may be NULL.
//   ERR_IO  the disk is full, or the system refused
enum err config_file_stage(const char *dir, const struct gpt_config *c, const struct tokenizer *tok,
                           struct error *e);

// config_file_read reads DIR/config.json; *c is gpt_filled.  What it does not say is as Hugging
// Face takes it.
//   ERR_IO      there is none
//   ERR_FORMAT  it is not JSON, a size is missing or impossible, or it asks for another
//               architecture or for a variation that we do not compute; names key and value
enum err config_file_read(const char *dir, struct gpt_config *c, struct error *e);

#endif
