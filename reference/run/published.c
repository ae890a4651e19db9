#include "published.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

// The pieces of a name of ours that stands for several tensors.
static const struct {
    const char *ours, *theirs[PUBLISHED_PARTS];
} SPLIT[] = {
    {"self_attn.qkv_proj.weight",
     {"self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight"}},
    {"mlp.gate_up_proj.weight", {"mlp.gate_proj.weight", "mlp.up_proj.weight"}},
};
enum { QKV, GATE_UP, SPLITS };

static int width_of(const struct param *p)
{
    return p->rank == 2 ? p->shape[1] : p->shape[0];
}

// part_of describes rows first … first + rows - 1 of p, in a tensor called stem and name.
static struct published part_of(const struct param *p, int first, int rows, int heads, size_t stem,
                                const char *name)
{
    int width = width_of(p);
    struct published x = {.rank = p->rank,
                          .first = first,
                          .rows = rows,
                          .transposed = p->transposed,
                          .heads = heads,
                          .size = (size_t)rows * (size_t)width};
    CHECK(stem + strlen(name) < PUBLISHED_NAME, "%s", p->name);
    memcpy(x.name, p->name, stem);
    strcpy(x.name + stem, name);
    x.shape[0] = p->rank == 1 || p->transposed ? width : rows;
    x.shape[1] = p->transposed ? rows : width;
    return x;
}

int published_parts(const struct gpt_config *c, const struct param *p,
                    struct published part[PUBLISHED_PARTS])
{
    size_t size = strlen(p->name), stem = 0;
    int which = gpt_is_llama(c) ? 0 : SPLITS;
    for (; which < SPLITS; which++) {
        size_t n = strlen(SPLIT[which].ours);
        stem = size >= n ? size - n : 0;
        if (size >= n && strcmp(p->name + stem, SPLIT[which].ours) == 0) break;
    }
    if (which == SPLITS) {
        part[0] = part_of(p, 0, p->rank == 2 ? p->shape[0] : 1, 0, 0, p->name);
        return 1;
    }
    int D = c->channels / c->heads, F = c->hidden, first = 0;
    const struct {
        int rows, heads;
    } cut[SPLITS][PUBLISHED_PARTS] = {
        [QKV] = {{c->heads * D, c->heads}, {c->groups * D, c->groups}, {c->groups * D, 0}},
        [GATE_UP] = {{F, 0}, {F, 0}}};
    int count = which == QKV ? 3 : 2;
    for (int i = 0; i < count; i++) {
        part[i] = part_of(p, first, cut[which][i].rows, cut[which][i].heads, stem,
                          SPLIT[which].theirs[i]);
        first += cut[which][i].rows;
    }
    return count;
}

int published_is_plain(const struct published *part)
{
    return !part->transposed && !part->heads;
}

float *published_at(const struct published *part, const struct param *p)
{
    return p->data + (size_t)part->first * (size_t)width_of(p);
}

// row_in_file returns which row of the file is row r of ours.
static int row_in_file(const struct published *part, int r)
{
    if (!part->heads) return r;
    int D = part->rows / part->heads, d = r % D;
    return r - d + d / 2 + d % 2 * (D / 2);
}

// move copies a part one way or the other.
static void move(const struct published *part, const struct param *p, float *to, const float *from,
                 int is_ours)
{
    size_t C = (size_t)width_of(p), R = (size_t)part->rows;
    for (size_t r = 0; r < R; r++) {
        size_t row = (size_t)row_in_file(part, (int)r);
        for (size_t c = 0; c < C; c++) {
            size_t ours = r * C + c, theirs = part->transposed ? c * R + row : row * C + c;
            if (is_ours)
                to[theirs] = from[ours];
            else
                to[ours] = from[theirs];
        }
    }
}

void published_take(const struct published *part, const struct param *p, const float *file)
{
    move(part, p, published_at(part, p), file, 0);
}

void published_give(const struct published *part, const struct param *p, float *file)
{
    move(part, p, file, published_at(part, p), 1);
}
