// file: whole files in, whole files out.
//
// A file is written under a temporary name in the same directory, flushed to the disk and then
// renamed, so that a reader finds the old file or the new one, never half of one, and a power
// cut loses at most the newest.
#ifndef GPT_FILE_H
#define GPT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

// file_read reads all of path into memory from malloc, with a NUL behind the last byte that
// *size does not count.  The caller frees *bytes.
//   ERR_IO  path cannot be opened or read, or is a directory
enum err file_read(const char *path, char **bytes, size_t *size, struct error *e);

// file_map maps all of path into memory, to be read until file_unmap.  An empty file's *bytes is
// NULL.  Whoever truncates the file meanwhile stops this process (SIGBUS); one that is replaced by
// renaming stays whole.
//   ERR_IO  path cannot be opened, or is not a regular file
enum err file_map(const char *path, void **bytes, size_t *size, struct error *e);
void file_unmap(void *bytes, size_t size);

// file_exists returns 1 if something stands at path, whether or not it can be read.
int file_exists(const char *path);

// file_is_directory returns 1 if path is a directory.
int file_is_directory(const char *path);

// file_make_directory creates path and its parents where they are missing.
//   ERR_IO  it cannot, or something else stands there
enum err file_make_directory(const char *path, struct error *e);

// file_remove removes the file at path.  One that is not there is no error.
//   ERR_IO  the system refused
enum err file_remove(const char *path, struct error *e);

// file_lock keeps the directory at path for this process: who asks while it is kept is refused.
// *lock is then for file_unlock; a process that ends, however it ends, has unlocked.  Where the
// file system knows no locks everybody gets one.
//   ERR_IO  path cannot be opened, or another process has it
enum err file_lock(const char *path, int *lock, struct error *e);
void file_unlock(int lock);

// file_path returns "dir/name" in memory from malloc.
char *file_path(const char *dir, const char *name);

// struct output: a file being written.
struct output;

// output_open starts writing what will become path.
//   ERR_IO  the temporary file cannot be created
enum err output_open(const char *path, struct output **out, struct error *e);

// output_write appends.  A failure is remembered and reported by output_commit.
void output_write(struct output *o, const void *bytes, size_t size);

// output_print appends formatted text.
void output_print(struct output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

// output_stage flushes everything to the disk and leaves the file under its temporary name,
// `path`.new; output_publish renames it; output_withdraw removes it, if it is there.  Two files
// that belong together are both staged before either is published.  output_commit stages and
// publishes.  After a failure the old file is still there.  output_stage and output_commit free o.
//   ERR_IO  the disk is full, or the system refused
enum err output_stage(struct output *o, struct error *e);
enum err output_publish(const char *path, struct error *e);
void output_withdraw(const char *path);
enum err output_commit(struct output *o, struct error *e);

// output_abandon removes the temporary file and frees o.  o may be NULL.
void output_abandon(struct output *o);

#endif
