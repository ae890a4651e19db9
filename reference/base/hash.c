#include "hash.h"

#include <string.h>

static const uint64_t P1 = 0x9E3779B185EBCA87u, P2 = 0xC2B2AE3D27D4EB4Fu, P3 = 0x165667B19E3779F9u,
                      P4 = 0x85EBCA77C2B2AE63u, P5 = 0x27D4EB2F165667C5u;

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

// The format is little-endian; so is every machine this runs on, but the checksum should not
// depend on it.
static uint64_t read_little(const unsigned char *p, int bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < bytes; i++) x |= (uint64_t)p[i] << (8 * i);
    return x;
}

static uint64_t round_lane(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * P2, 31) * P1;
}

static void add_block(struct hash *h, const unsigned char *p)
{
    for (int i = 0; i < 4; i++) h->lane[i] = round_lane(h->lane[i], read_little(p + 8 * i, 8));
}

void hash_start(struct hash *h, uint64_t seed)
{
    *h = (struct hash){.lane = {seed + P1 + P2, seed + P2, seed, seed - P1}, .seed = seed};
}

void hash_add(struct hash *h, const void *bytes, size_t size)
{
    if (!size) return;  // bytes may be NULL then
    const unsigned char *p = bytes;
    size_t held = h->size % 32;
    h->size += size;
    if (held) {
        size_t take = size < 32 - held ? size : 32 - held;
        memcpy(h->rest + held, p, take);
        p += take, size -= take;
        if (held + take < 32) return;
        add_block(h, h->rest);
    }
    for (; size >= 32; p += 32, size -= 32) add_block(h, p);
    if (size) memcpy(h->rest, p, size);
}

uint64_t hash_value(const struct hash *h)
{
    uint64_t x = h->seed + P5;
    if (h->size >= 32) {
        x = rotate(h->lane[0], 1) + rotate(h->lane[1], 7) + rotate(h->lane[2], 12) +
            rotate(h->lane[3], 18);
        for (int i = 0; i < 4; i++) x = (x ^ round_lane(0, h->lane[i])) * P1 + P4;
    }
    x += h->size;
    const unsigned char *p = h->rest;
    size_t left = h->size % 32;
    for (; left >= 8; p += 8, left -= 8)
        x = rotate(x ^ round_lane(0, read_little(p, 8)), 27) * P1 + P4;
    if (left >= 4) {
        x = rotate(x ^ read_little(p, 4) * P1, 23) * P2 + P3;
        p += 4, left -= 4;
    }
    for (; left; p++, left--) x = rotate(x ^ *p * P5, 11) * P1;
    x = (x ^ x >> 33) * P2;
    x = (x ^ x >> 29) * P3;
    return x ^ x >> 32;
}

uint64_t hash_bytes(const void *bytes, size_t size)
{
    struct hash h;
    hash_start(&h, 0);
    hash_add(&h, bytes, size);
    return hash_value(&h);
}
