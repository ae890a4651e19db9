#include "random.h"

#include <math.h>

#include "error.h"
#include "mathf.h"

static uint32_t high(uint32_t a, uint32_t b)
{
    return (uint32_t)(((uint64_t)a * b) >> 32);
}

void random_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint32_t n0 = high(0xCD9E8D57u, c2) ^ c1 ^ k0, n1 = 0xCD9E8D57u * c2;
        uint32_t n2 = high(0xD2511F53u, c0) ^ c3 ^ k1, n3 = 0xD2511F53u * c0;
        c0 = n0, c1 = n1, c2 = n2, c3 = n3;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

struct random random_start(uint64_t seed, uint64_t stream)
{
    return (struct random){.seed = seed, .stream = stream};
}

uint32_t random_u32(struct random *r)
{
    // Each block gives four numbers.  Computing it again for each of them costs time and buys a
    // state without a buffer: nothing to save, nothing to forget.
    uint64_t block = r->position / 4;
    uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)r->stream,
                           (uint32_t)(r->stream >> 32)};
    uint32_t key[2] = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)}, out[4];
    random_block(counter, key, out);
    return out[r->position++ % 4];
}

uint32_t random_below(struct random *r, uint32_t n)
{
    CHECK(n >= 1, "n=%u", n);
    // The product's high half is the answer; the few low halves below 2^32 mod n would make some
    // answers likelier than others and are drawn again.
    uint32_t threshold = -n % n;
    uint64_t product;
    do {
        product = (uint64_t)random_u32(r) * n;
    } while ((uint32_t)product < threshold);
    return (uint32_t)(product >> 32);
}

float random_float(struct random *r)
{
    return (float)(random_u32(r) >> 8) * 0x1p-24f;
}

float random_normal(struct random *r)
{
    float u = 1 - random_float(r);  // in (0, 1]: its logarithm is finite
    float angle = 6.28318530717958648f * random_float(r);
    return sqrtf(-2 * mathf_log(u)) * mathf_cos(angle);
}
