#include "gpt_grow.h"

#include <math.h>
#include <stdlib.h>

#include "gpt_parts.h"

// --- the shape -------------------------------------------------------------------------------

static enum err smaller(const char *what, int was, int wanted, struct error *e)
{
    if (!wanted || wanted >= was) return ERR_NONE;
    return error_set(e, ERR_VALUE, "%s %d: the model has %d already: expected no fewer", what,
                     wanted, was);
}

// network_of returns the width of the network that goes with the channels of `to`, as c's does.
static int network_of(const struct gpt_config *c, const struct gpt_config *to)
{
    struct gpt_config old = *c, new = *to;
    old.hidden = new.hidden = 0;
    if (gpt_filled(&old).hidden == c->hidden) return gpt_filled(&new).hidden;
    return (int)(((long long)c->hidden * to->channels + c->channels - 1) / c->channels);
}

enum err gpt_grown(const struct gpt_config *config, const struct gpt_growth *g,
                   struct gpt_config *out, struct error *e)
{
    struct gpt_config c = gpt_filled(config), to = c;
    enum err code = smaller("layers", c.layers, g->layers, e);
    if (!code) code = smaller("channels", c.channels, g->channels, e);
    if (!code) code = smaller("hidden", c.hidden, g->hidden, e);
    if (code) return code;
    // Heads come in groups of H / G, each of D channels.
    int group = c.channels / c.groups;
    if (g->channels % group != 0)
        return error_set(e, ERR_VALUE,
                         "channels %d: expected a multiple of %d: heads of %d, %d to a group",
                         g->channels, group, c.channels / c.heads, c.heads / c.groups);
    if (g->channels > c.channels && c.position == POSITION_WAVES)
        return error_set(e, ERR_VALUE,
                         "channels %d: a table of waves belongs to %d channels: expected learned, "
                         "rotary or no positions",
                         g->channels, c.channels);
    if (g->layers) to.layers = g->layers;
    if (g->channels) {
        to.channels = g->channels;
        to.groups = g->channels / group;
        to.heads = to.groups * (c.heads / c.groups);
        to.epsilon = c.epsilon * (float)c.channels / (float)to.channels;
    }
    to.hidden = g->hidden ? g->hidden : network_of(&c, &to);
    if (to.hidden < c.hidden) to.hidden = c.hidden;
    code = gpt_config_check(&to, e);
    if (!code) *out = to;
    return code;
}

// --- the weights -----------------------------------------------------------------------------

// enum fill: what stands where a tensor was not before.
enum fill {
    FIRST,  // the first weights that are there
    ZERO,   // 0
    MEAN,   // the mean of the old ones beside it: of a row's columns, or of a column's rows
};

// struct axis: the rows or columns of a tensor, in up to three runs, of which each was shorter.
struct axis {
    int runs, old[3], new[3];
    enum fill fill;
};

static int length(int runs, const int *run)
{
    int n = 0;
    for (int i = 0; i < runs; i++) n += run[i];
    return n;
}

// place returns where new number i was on the old axis, or -1.
static int place(const struct axis *a, int i)
{
    int before = 0;
    for (int r = 0; r < a->runs; r++) {
        if (i < a->new[r]) return i < a->old[r] ? before + i : -1;
        i -= a->new[r];
        before += a->old[r];
    }
    return -1;
}

// mean returns that of n numbers, `step` apart.
static float mean(int n, const float *x, int step)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)x[(ptrdiff_t)i * step];
    return (float)(sum / n);
}

// put writes a tensor whose rows and columns grow so; old values, and first weights of a vector,
// are multiplied by `scale`.  A vector has one column.
static void put(const float *from, const struct axis *rows, const struct axis *columns, float scale,
                float *to)
{
    int R = length(rows->runs, rows->old), C = length(columns->runs, columns->old);
    int R2 = length(rows->runs, rows->new), C2 = length(columns->runs, columns->new);
    for (int i = 0; i < R2; i++) {
        int r = place(rows, i);
        for (int j = 0; j < C2; j++, to++) {
            int c = place(columns, j);
            const float *row = r < 0 ? NULL : from + (ptrdiff_t)r * C;
            if (r >= 0 && c >= 0)
                *to = scale * row[c];
            else if (r >= 0 && columns->fill == MEAN)  // neighbours have the same
                *to = j && place(columns, j - 1) < 0 ? to[-1] : mean(C, row, 1);
            else if (c >= 0 && rows->fill == MEAN)
                *to = i && place(rows, i - 1) < 0 ? to[-C2] : mean(R, from + c, C);
            else if ((r < 0 && rows->fill != FIRST) || (c < 0 && columns->fill != FIRST))
                *to = 0;
            else
                *to *= scale;
        }
    }
}

// struct growing: two models, and the runs that their sizes make.
struct growing {
    const struct gpt *from, *to;
    struct axis stream;   // channels, where they are read
    struct axis written;  // where they are written
    struct axis heads, qkv, hidden, up;
    float scale;  // of the norms' gains
};

static struct axis axis(int old, int new, enum fill fill)
{
    return (struct axis){1, {old}, {new}, fill};
}

static struct growing measure(const struct gpt *from, const struct gpt *to)
{
    const struct gpt_config *a = &from->config, *b = &to->config;
    int D = a->channels / a->heads, gated = a->network == NETWORK_SWIGLU;
    return (struct growing){
        .from = from,
        .to = to,
        .stream = axis(a->channels, b->channels, FIRST),
        .written = axis(a->channels, b->channels, a->norm == NORM_LAYER ? MEAN : ZERO),
        .heads = axis(a->channels, b->channels, ZERO),
        .qkv = {3,
                {a->heads * D, a->groups * D, a->groups * D},
                {b->heads * D, b->groups * D, b->groups * D},
                FIRST},
        .hidden = axis(a->hidden, b->hidden, ZERO),
        .up = {1 + gated, {a->hidden, a->hidden}, {b->hidden, b->hidden}, FIRST},
        .scale = sqrtf((float)a->channels / (float)b->channels)};
}

// grow puts tensor i of one model into tensor j of the other; both may have none.
static void grow(const struct growing *g, int i, int j, struct axis rows, struct axis columns,
                 float scale)
{
    if (i == GPT_NONE) return;
    CHECK(g->to->params[j].size ==
              (size_t)length(rows.runs, rows.new) * (size_t)length(columns.runs, columns.new),
          "%s", g->to->params[j].name);
    put(g->from->params[i].data, &rows, &columns, scale, g->to->params[j].data);
}

static struct axis filled(struct axis a, enum fill fill)
{
    a.fill = fill;
    return a;
}

static void grow_norm(const struct growing *g, int w, int b, int to_w, int to_b)
{
    const struct axis one = axis(1, 1, ZERO);
    grow(g, w, to_w, g->stream, one, g->scale);
    grow(g, b, to_b, filled(g->stream, ZERO), one, 1);
}

static void grow_layer(const struct growing *g, int l)
{
    const struct axis one = axis(1, 1, ZERO);
    const int *a = g->from->layer[l], *b = g->to->layer[l];
    grow_norm(g, a[NORM1_W], a[NORM1_B], b[NORM1_W], b[NORM1_B]);
    grow(g, a[QKV_W], b[QKV_W], g->qkv, g->stream, 1);
    grow(g, a[QKV_B], b[QKV_B], filled(g->qkv, ZERO), one, 1);
    grow(g, a[OUT_W], b[OUT_W], g->written, g->heads, 1);
    grow(g, a[OUT_B], b[OUT_B], g->written, one, 1);
    grow_norm(g, a[NORM2_W], a[NORM2_B], b[NORM2_W], b[NORM2_B]);
    grow(g, a[UP_W], b[UP_W], g->up, g->stream, 1);
    grow(g, a[UP_B], b[UP_B], filled(g->up, ZERO), one, 1);
    grow(g, a[DOWN_W], b[DOWN_W], g->written, g->hidden, 1);
    grow(g, a[DOWN_B], b[DOWN_B], g->written, one, 1);
}

// silence lets a new layer write nothing.
static void silence(const struct gpt *m, int l)
{
    for (int i = 0; i < PER_LAYER; i++) {
        int at = m->layer[l][i];
        if (at == GPT_NONE || m->roles[at] != GPT_RESIDUAL) continue;
        for (size_t k = 0; k < m->params[at].size; k++) m->params[at].data[k] = 0;
    }
}

struct gpt *gpt_grow(const struct gpt *m, const struct gpt_config *c, uint64_t seed)
{
    CHECK(!m->held, "a frozen model");
    struct gpt *to = gpt_new(c, seed);
    struct growing g = measure(m, to);
    struct axis ids = axis(m->config.vocab, c->vocab, ZERO),
                places = axis(m->config.context, c->context, ZERO);
    grow(&g, m->wte, to->wte, ids, g.written, 1);
    grow(&g, m->wpe, to->wpe, places, g.written, 1);
    for (int l = 0; l < m->config.layers; l++) grow_layer(&g, l);
    for (int l = m->config.layers; l < c->layers; l++) silence(to, l);
    grow_norm(&g, m->norm_w, m->norm_b, to->norm_w, to->norm_b);
    grow(&g, m->head, to->head, ids, g.stream, 1);
    gpt_set_attention(to, m->attention);
    return to;
}
