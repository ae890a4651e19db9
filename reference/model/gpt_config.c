#include "gpt_config.h"

void gpt_llama(struct gpt_config *c)
{
    c->position = POSITION_ROTARY;
    c->norm = NORM_RMS;
    c->network = NETWORK_SWIGLU;
    c->unbiased = c->untied = 1;
}

int gpt_is_llama(const struct gpt_config *c)
{
    return c->position == POSITION_ROTARY && c->norm == NORM_RMS && c->network == NETWORK_SWIGLU &&
           c->unbiased;
}

enum err gpt_config_check(const struct gpt_config *c, struct error *e)
{
    const struct {
        const char *name;
        int value, least, most;
    } size[] = {{"vocabulary", c->vocab, 1, 1 << 24},  {"context", c->context, 1, 1 << 20},
                {"layers", c->layers, 1, 1 << 10},     {"heads", c->heads, 1, 1 << 10},
                {"channels", c->channels, 1, 1 << 16}, {"groups", c->groups, 0, 1 << 10},
                {"hidden", c->hidden, 0, 1 << 18}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        if (size[i].value < size[i].least || size[i].value > size[i].most)
            return error_set(e, ERR_VALUE, "%s %d: expected %d to %d", size[i].name, size[i].value,
                             size[i].least, size[i].most);
    }
    if (c->channels % c->heads != 0)
        return error_set(e, ERR_VALUE, "channels %d: expected a multiple of heads, %d", c->channels,
                         c->heads);
    if (c->groups && c->heads % c->groups != 0)
        return error_set(e, ERR_VALUE, "heads %d: expected a multiple of groups, %d", c->heads,
                         c->groups);
    if (c->position == POSITION_ROTARY && c->channels / c->heads % 2 != 0)
        return error_set(e, ERR_VALUE,
                         "channels %d, heads %d: expected an even number of channels a head, which "
                         "rotary turns in pairs",
                         c->channels, c->heads);
    if (!(c->epsilon >= 0 && c->epsilon < 1))
        return error_set(e, ERR_VALUE, "epsilon %g: expected 0 to 1", (double)c->epsilon);
    if (!(c->rotary_base >= 0 && c->rotary_base < 1e12f))
        return error_set(e, ERR_VALUE, "rotary base %g: expected 0 to 1e12",
                         (double)c->rotary_base);
    return ERR_NONE;
}

struct gpt_config gpt_filled(const struct gpt_config *c)
{
    struct gpt_config f = *c;
    if (!f.groups) f.groups = f.heads;
    if (!f.hidden)
        f.hidden =
            f.network == NETWORK_SWIGLU ? (8 * f.channels / 3 + 31) / 32 * 32 : 4 * f.channels;
    if (f.epsilon == 0) f.epsilon = 1e-5f;
    if (f.rotary_base == 0) f.rotary_base = 10000;
    return f;
}
