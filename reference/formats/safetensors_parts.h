// safetensors_parts: what the reader and the writer of safetensors share.  Nobody else includes it.
#ifndef GPT_SAFETENSORS_PARTS_H
#define GPT_SAFETENSORS_PARTS_H

#include <jansson.h>

#include "safetensors.h"

// How the header of a file of ours begins.  The digits of its checksum follow; for computing it
// they are blank.
#define SAFETENSORS_FRONT "{\"__metadata__\":{\"xxh64_header\":\""
#define SAFETENSORS_BLANK "0000000000000000"

enum {
    SAFETENSORS_PREFIX = 8,  // bytes of the header's length
    SAFETENSORS_HEADER_MAX = 100000000,
    SAFETENSORS_DIGITS = 16,  // of a checksum
    SAFETENSORS_DIGITS_AT = SAFETENSORS_PREFIX + sizeof SAFETENSORS_FRONT - 1,
};

struct safetensors_entry {
    struct safetensors_tensor tensor;
    size_t key;  // which of the header's keys it is
};

struct safetensors {
    char *path;
    const unsigned char *bytes;
    size_t size, data;  // bytes of the file; where the data section begins
    void *map;          // bytes, if they are ours to unmap
    json_t *root;       // the header; owns every name, key and value
    struct safetensors_entry *entries;
    struct safetensors_pair *metadata;
    int count, metadata_count;
};

// safetensors_allocate returns n × size bytes from calloc.
void *safetensors_allocate(size_t n, size_t size);

// safetensors_dtype_named finds the dtype of that name; it returns 0 if there is none.
int safetensors_dtype_named(const char *name, enum safetensors_dtype *dtype);

// safetensors_size computes the bytes of t's elements; it returns 0 if a size_t cannot hold them.
int safetensors_size(const struct safetensors_tensor *t, size_t *size);

// safetensors_hex writes a checksum as lower-case digits and a NUL.
void safetensors_hex(uint64_t value, char out[SAFETENSORS_DIGITS + 1]);

// safetensors_header_hash returns the XXH64 of everything before the data section, size bytes,
// with the digits of that checksum itself counted as '0'.
uint64_t safetensors_header_hash(const unsigned char *head, size_t size);

#endif
