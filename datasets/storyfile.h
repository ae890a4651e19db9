// storyfile: stories in files: written with their floor, or read back and measured.
//
// A stream of stories is each story's text and "\n\n" behind it.  The two newlines are certain
// and cost no bits.  The stream starts with the validation part, so that the measuring stick
// stays the same however much text is made to train on.
#ifndef STORIES_STORYFILE_H
#define STORIES_STORYFILE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "grammar.h"

// struct tally: what is in one file.
struct tally {
    uint64_t bytes;    // with the newlines
    uint64_t stories;  // whole ones
    double bits;       // surprisal of all of them together
};

// struct written: what storyfile_write did.
struct written {
    struct tally train, val;
    uint64_t shared;  // stories of val that occur in train, too
};

// storyfile_write makes dir/val.txt of at least val_bytes and dir/train.txt of at least
// train_bytes, each ending with the story that reaches its size, and dir/floor.json with the two
// tallies: {"train":{"bytes":B,"stories":S,"bits":F},"val":{…}}.  The same seed gives the same
// bytes on every machine.  Missing directories are made.  No file is replaced before all three
// are whole.
//   ERR_IO  a file or directory cannot be made
enum err storyfile_write(const struct grammar *g, uint64_t seed, uint64_t train_bytes,
                         uint64_t val_bytes, const char *dir, struct written *w, struct error *e);

// struct checked: what a grammar makes of a stream.
struct checked {
    struct tally told;   // the stories that the grammar can tell, with their bits
    uint64_t stories;    // all stories, told or not
    uint64_t first_bad;  // number of the first one it cannot tell, from 1; 0: none
    size_t bad_offset;   // the byte of the stream where that one leaves the grammar
};

// storyfile_check reads a stream of any bytes back.  A last story without its two newlines
// counts if it is whole; empty stories do not count.
struct checked storyfile_check(const struct grammar *g, const char *text, size_t size);

#endif
