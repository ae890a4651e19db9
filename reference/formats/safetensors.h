// safetensors: named arrays in a file, in the format that published weights come in.
//
// A file is 8 bytes of header length N (little-endian), N bytes of JSON, and the data section:
//   {"__metadata__":{"key":"text",…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
// Offsets count from the beginning of the data section.  All of the format's rules are checked
// when a file is opened, so whoever holds an open file need not check again.
//
// Files that we write carry two checksums as metadata, both XXH64 (hash.h) in 16 lower-case hex
// digits.  Other programs see two more strings.
//   xxh64_header  of everything before the data section, its own 16 digits counted as '0'.  It is
//                 the header's very first entry, so that the digits stand at a fixed place.
//   xxh64         of the data section
// A file with both is verified, a file with one is refused, a file with neither is another
// program's and is accepted as it is.  So any changed byte of a file of ours is found: in the
// data by xxh64, elsewhere by xxh64_header, and a damaged key leaves its partner alone.  (Only
// damage that hits both keys, and leaves a valid file, makes it another program's.)
//
// Source: https://github.com/huggingface/safetensors, section Format.  Machines are taken to be
// little-endian.
#ifndef GPT_SAFETENSORS_H
#define GPT_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum { SAFETENSORS_RANK = 8 };  // most dimensions of a tensor

enum safetensors_dtype {
    SAFETENSORS_F64,
    SAFETENSORS_F32,
    SAFETENSORS_F16,
    SAFETENSORS_BF16,
    SAFETENSORS_F8_E5M2,
    SAFETENSORS_F8_E4M3,
    SAFETENSORS_I64,
    SAFETENSORS_I32,
    SAFETENSORS_I16,
    SAFETENSORS_I8,
    SAFETENSORS_U64,
    SAFETENSORS_U32,
    SAFETENSORS_U16,
    SAFETENSORS_U8,
    SAFETENSORS_BOOL,
};

// struct safetensors_tensor: one array, row-major.
struct safetensors_tensor {
    const char *name;  // UTF-8
    enum safetensors_dtype dtype;
    int rank;  // 0 is a single number
    int64_t shape[SAFETENSORS_RANK];
    const void *data;    // not aligned in general, in a file: memcpy from it
    size_t begin, size;  // bytes: place in the file, length.  The writer computes them itself
};

// struct safetensors_pair: one entry of the metadata, both UTF-8.
struct safetensors_pair {
    const char *key, *value;
};

// struct safetensors: an open, checked file.  It does not change while open, so threads may share
// it.  Every pointer got from it is good until safetensors_close.
struct safetensors;

// safetensors_open maps the file into memory and checks all of it.
//   ERR_IO      path cannot be opened, or is not a regular file
//   ERR_SHORT   the file ends before the header or a tensor does
//   ERR_FORMAT  it breaks a rule of the format, or a checksum differs
//   ERR_VALUE   a tensor has more than SAFETENSORS_RANK dimensions
// Whoever truncates the file while it is open stops this process (SIGBUS).  Files written through
// file.h are replaced by renaming, which leaves the open one whole.
enum err safetensors_open(const char *path, struct safetensors **out, struct error *e);

// safetensors_view does the same for bytes in memory, which must stay until safetensors_close.
// Messages call them `name`.  Errors as above without ERR_IO.
enum err safetensors_view(const char *name, const void *bytes, size_t size,
                          struct safetensors **out, struct error *e);

// safetensors_close unmaps and frees.  st may be NULL.
void safetensors_close(struct safetensors *st);

// safetensors_count returns the number of tensors; safetensors_at the i-th, in the data's order;
// safetensors_find the one of that name, or NULL.
int safetensors_count(const struct safetensors *st);
const struct safetensors_tensor *safetensors_at(const struct safetensors *st, int i);
const struct safetensors_tensor *safetensors_find(const struct safetensors *st, const char *name);

// safetensors_want finds the tensor of that name and shape.
//   ERR_MATCH  it is missing or has another shape; the message names file, tensor and both shapes
enum err safetensors_want(const struct safetensors *st, const char *name, int rank,
                          const int64_t *shape, const struct safetensors_tensor **out,
                          struct error *e);

// safetensors_floats writes the elements of t, a tensor of st, to out: exact, for F32, F16, BF16.
//   out  as many floats as t has elements
//   ERR_VALUE  another dtype
enum err safetensors_floats(const struct safetensors *st, const struct safetensors_tensor *t,
                            float *out, struct error *e);

// safetensors_metadata returns the text behind key, or NULL.  safetensors_metadata_count and
// safetensors_metadata_at go through all entries in the file's order, the checksums included.
const char *safetensors_metadata(const struct safetensors *st, const char *key);
int safetensors_metadata_count(const struct safetensors *st);
const struct safetensors_pair *safetensors_metadata_at(const struct safetensors *st, int i);

// safetensors_dtype_name returns the format's name ("BF16"); safetensors_dtype_size the bytes of
// one element.
const char *safetensors_dtype_name(enum safetensors_dtype dtype);
size_t safetensors_dtype_size(enum safetensors_dtype dtype);

// safetensors_stage writes n tensors and m metadata entries to `path`.new and flushes it to the
// disk; output_publish(path) (file.h) makes it path.  The data section begins at a multiple of 64
// bytes and holds the tensors in the given order, without gaps.  The same content gives the same
// bytes.  Tensors' names must differ, and so must keys; "__metadata__" is no tensor's name, and
// "xxh64" and "xxh64_header" are no keys.  `begin` and `size` of a tensor are not read.
//   ERR_IO    the disk is full, or the system refused
//   ERR_UTF8  a name, key or value is not UTF-8
enum err safetensors_stage(const char *path, int n, const struct safetensors_tensor *tensors, int m,
                           const struct safetensors_pair *metadata, struct error *e);

#endif
