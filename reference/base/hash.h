// hash: a fast 64-bit checksum of bytes.  It finds damage; it does not keep out an attacker.
#ifndef GPT_HASH_H
#define GPT_HASH_H

#include <stddef.h>
#include <stdint.h>

// struct hash: a checksum being computed.
struct hash {
    uint64_t lane[4], size, seed;
    unsigned char rest[32];  // bytes that do not fill a block of 32 yet
};

// hash_start, hash_add, hash_value: the XXH64 of all bytes added, in order, with that seed.
// hash_value may be asked at any time and changes nothing.  No bytes may be NULL.
// Source: Collet, xxHash fast digest algorithm, specification 0.1.1, section XXH64.
void hash_start(struct hash *h, uint64_t seed);
void hash_add(struct hash *h, const void *bytes, size_t size);
uint64_t hash_value(const struct hash *h);

// hash_bytes is the three in one, seed 0.
uint64_t hash_bytes(const void *bytes, size_t size);

#endif
