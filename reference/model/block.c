#include "block.h"

#include "ops.h"

int block_forward(struct tape *t, const struct block *w, int H, int x)
{
    int h = op_layernorm(t, x, w->norm1_w, w->norm1_b);
    h = op_attention(t, op_linear(t, h, w->qkv_w, w->qkv_b), H, H);
    x = tape_add(t, x, op_linear(t, h, w->out_w, w->out_b));

    h = op_layernorm(t, x, w->norm2_w, w->norm2_b);
    h = op_gelu(t, op_linear(t, h, w->up_w, w->up_b));
    return tape_add(t, x, op_linear(t, h, w->down_w, w->down_b));
}
