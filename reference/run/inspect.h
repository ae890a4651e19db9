// inspect: what is in a checkpoint, printed for a person.
#ifndef GPT_INSPECT_H
#define GPT_INSPECT_H

#include "error.h"

// inspect_file prints a safetensors file: metadata, then each tensor's name, type, shape, size
// and, where it has floats, least, greatest, mean and deviation.
//   errors as for safetensors_open
enum err inspect_file(const char *path, struct error *e);

// inspect_model prints a model's directory: shape, vocabulary, number of weights and their
// checksum, then its weights file.
//   errors as for model_read
enum err inspect_model(const char *dir, struct error *e);

// inspect_gguf prints a GGUF: what model_read makes of it, or why that is nothing; its pairs and
// tensors, as inspect_file does.
//   errors as for gguf_open
enum err inspect_gguf(const char *path, struct error *e);

#endif
