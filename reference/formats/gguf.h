// gguf: a model in one file, in the format that llama.cpp and its relatives run.
//
// A file is, all numbers little-endian and, but for the data, nothing aligned:
//   "GGUF", uint32 version 3, uint64 number of tensors, uint64 number of pairs
//   the pairs: key (string), uint32 kind, value; of an array uint32 kind and uint64 count first
//   the tensors: name (string), uint32 rank, uint64 dimensions (the one whose elements are
//     neighbours first), uint32 type, uint64 offset from the beginning of the data
//   zeros up to a multiple of the alignment (the pair general.alignment, else 32); the data, each
//     tensor's filled up with zeros to the alignment
// A string is a uint64 length and its bytes.  All of the format's rules are checked when a file is
// opened, so whoever holds an open file need not check again.  The data is as it is: the format
// knows no checksum, and programs that copy all pairs into another file would keep an old one.
//
// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; gguf.cpp for what that leaves
// open.  Machines are taken to be little-endian.
#ifndef GPT_GGUF_H
#define GPT_GGUF_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "error.h"

enum {
    GGUF_RANK = 4,   // most dimensions of a tensor
    GGUF_NAME = 63,  // most bytes of a tensor's name
};

// The types of tensors that we read and write, by the format's numbers.
enum gguf_type { GGUF_F32 = 0, GGUF_F16 = 1, GGUF_Q4_0 = 2, GGUF_Q8_0 = 8, GGUF_BF16 = 30 };

// The kinds of values in pairs, by the format's numbers.
enum gguf_kind {
    GGUF_UINT8,
    GGUF_INT8,
    GGUF_UINT16,
    GGUF_INT16,
    GGUF_UINT32,
    GGUF_INT32,
    GGUF_FLOAT32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY,
    GGUF_UINT64,
    GGUF_INT64,
    GGUF_FLOAT64,
    GGUF_KINDS,
};

// struct gguf_tensor: one array, row-major: the last dimension's elements are neighbours.
struct gguf_tensor {
    const char *name;  // UTF-8
    enum gguf_type type;
    int rank;  // 0 is a single number
    int64_t shape[GGUF_RANK];
    const void *data;    // aligned for the type's blocks
    size_t begin, size;  // bytes: place in the file, length.  The writer computes them itself
};

// struct gguf_text: bytes with a NUL behind them; there may be others among them.
struct gguf_text {
    const char *bytes;  // UTF-8
    size_t size;
};

// struct gguf_pair: a key and its value.
struct gguf_pair {
    const char *key;      // ASCII
    enum gguf_kind kind;  // of the value, or of an array's elements
    int array;            // 1: an array of count elements; 0: one value, and count is 1
    size_t count;
    // One of the two: the texts of GGUF_STRING, or numbers as in the file, one behind the other and
    // not aligned: gguf_whole and gguf_number read them.  An array of arrays has neither.
    const struct gguf_text *text;
    const void *data;
    size_t begin;  // the key's place in the file; not the writer's concern
};

// struct gguf: an open, checked file.  It does not change while open, so threads may share it.
// Every pointer got from it is good until gguf_close.
struct gguf;

// gguf_open maps the file into memory and checks all of it.
//   ERR_IO      path cannot be opened, or is not a regular file
//   ERR_SHORT   the file ends before its head or a tensor does
//   ERR_FORMAT  it breaks a rule of the format, or has a tensor of a type that we do not read
//   ERR_UTF8    a text is not UTF-8
// Each message names the file and the byte.  Whoever truncates the file while it is open stops this
// process (SIGBUS).
enum err gguf_open(const char *path, struct gguf **out, struct error *e);

// gguf_view does the same for bytes in memory, aligned as malloc's, which must stay until
// gguf_close.  Messages call them `name`.  Errors as above without ERR_IO.
enum err gguf_view(const char *name, const void *bytes, size_t size, struct gguf **out,
                   struct error *e);

// gguf_close unmaps and frees.  g may be NULL.
void gguf_close(struct gguf *g);

// gguf_is says whether path is a file that begins as a GGUF does.
int gguf_is(const char *path);

// gguf_path returns what messages call the file.
const char *gguf_path(const struct gguf *g);

// gguf_count returns the number of tensors; gguf_at the i-th; gguf_find the one of that name, or
// NULL.
int gguf_count(const struct gguf *g);
const struct gguf_tensor *gguf_at(const struct gguf *g, int i);
const struct gguf_tensor *gguf_find(const struct gguf *g, const char *name);

// gguf_want finds the tensor of that name and shape.
//   ERR_MATCH  it is missing or has another shape; the message names file, tensor and both shapes
enum err gguf_want(const struct gguf *g, const char *name, int rank, const int64_t *shape,
                   const struct gguf_tensor **out, struct error *e);

// gguf_pairs returns the number of pairs; gguf_pair_at the i-th; gguf_pair the one of that key, or
// NULL.
int gguf_pairs(const struct gguf *g);
const struct gguf_pair *gguf_pair_at(const struct gguf *g, int i);
const struct gguf_pair *gguf_pair(const struct gguf *g, const char *key);

// gguf_whole sets *out to element i of a pair of whole numbers or of flags (0 and 1); gguf_number
// to that of a pair of any numbers.  They return 0 if there is none, or if it is too large.
int gguf_whole(const struct gguf_pair *p, size_t i, int64_t *out);
int gguf_number(const struct gguf_pair *p, size_t i, double *out);

// gguf_refuse says that a value is not what was expected, as below: ERR_MATCH or ERR_FORMAT.
enum err gguf_refuse(const struct gguf *g, const char *key, const char *want, struct error *e);

// gguf_want_int, _float, _flag, _string read a single value; gguf_want_list an array of `count`
// elements, of any number if that is GGUF_ANY.
//   ERR_MATCH   the key is missing
//   ERR_FORMAT  its value is of another kind, below `least` or above `most`, not finite, or has
//               another count
// Each names the file, the byte, the key, its value, and what was expected.
#define GGUF_ANY SIZE_MAX
enum err gguf_want_int(const struct gguf *g, const char *key, int least, int most, int *out,
                       struct error *e);
enum err gguf_want_float(const struct gguf *g, const char *key, float *out, struct error *e);
enum err gguf_want_flag(const struct gguf *g, const char *key, int *out, struct error *e);
enum err gguf_want_string(const struct gguf *g, const char *key, const char **out, struct error *e);
enum err gguf_want_list(const struct gguf *g, const char *key, enum gguf_kind kind, size_t count,
                        const struct gguf_pair **out, struct error *e);

// gguf_type_name returns the format's name ("Q8_0"); gguf_kind_name likewise ("uint32").
const char *gguf_type_name(enum gguf_type type);
const char *gguf_kind_name(enum gguf_kind kind);

// gguf_row_fits says whether rows of n elements are whole blocks of the type; gguf_row_bytes
// returns their bytes.
int gguf_row_fits(enum gguf_type type, int64_t n);
size_t gguf_row_bytes(enum gguf_type type, int64_t n);

// gguf_floats writes the elements of t to out, exactly.
//   out  as many floats as t has elements
void gguf_floats(const struct gguf_tensor *t, float *out);

// gguf_rounded writes R rows of C floats as the type has them, rounded as ggml rounds (half.h,
// quant.h).
//   x  (R, C)   out  R * gguf_row_bytes; C must fit
void gguf_rounded(enum gguf_type type, int R, int C, const float *x, void *out);

// struct gguf_set: pairs being put together.  gguf_put_… add one, of which key and value are copied
// into `memory`.
enum { GGUF_SET = 40 };
struct gguf_set {
    struct arena *memory;
    int count;
    struct gguf_pair pair[GGUF_SET];
};
void gguf_put_uint32(struct gguf_set *s, const char *key, uint32_t value);
void gguf_put_float32(struct gguf_set *s, const char *key, float value);
void gguf_put_flag(struct gguf_set *s, const char *key, int value);
void gguf_put_string(struct gguf_set *s, const char *key, const char *value);

// gguf_put_numbers adds an array of numbers, and gguf_put_strings one of texts; value[i] ends with
// a NUL.
void gguf_put_numbers(struct gguf_set *s, const char *key, enum gguf_kind kind, size_t count,
                      const void *value);
void gguf_put_strings(struct gguf_set *s, const char *key, size_t count, const char *const *value);

// gguf_write writes n tensors and m pairs to path, by temporary name.  The same content gives the
// same bytes.  Keys must differ, and so must names; keys are ASCII.  It writes no array of arrays,
// and its alignment is 32, which general.alignment may not change.
//   ERR_IO    the disk is full, or the system refused; an old file is still there
//   ERR_UTF8  a name or a text is not UTF-8
enum err gguf_write(const char *path, int n, const struct gguf_tensor *tensors, int m,
                    const struct gguf_pair *pairs, struct error *e);

#endif
