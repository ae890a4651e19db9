// mlp: what the learner does not write: shapes, names, memory, and what is refused.
#include <criterion/criterion.h>
#include <string.h>

#include "mlp.h"

static const struct mlp_config SMALL = {
    .vocab = 5, .context = 3, .embed = 2, .hidden = 4, .layers = 2};

Test(mlp_given, the_tensors_are_those_of_the_contract)
{
    static const struct {
        const char *name;
        int rank, rows, columns, hidden;
    } WANT[] = {{"table.weight", 2, 6, 2, 0},  {"hidden.0.weight", 2, 4, 6, 1},
                {"hidden.0.bias", 1, 4, 0, 0}, {"hidden.1.weight", 2, 4, 4, 1},
                {"hidden.1.bias", 1, 4, 0, 0}, {"head.weight", 2, 5, 4, 0},
                {"head.bias", 1, 5, 0, 0}};
    struct mlp *m = mlp_new(&SMALL);
    size_t at = 0;
    cr_assert(mlp_params(m) == 7 && memcmp(mlp_config(m), &SMALL, sizeof SMALL) == 0);
    for (int i = 0; i < 7; i++) {
        struct param p = mlp_param(m, i);
        cr_assert_str_eq(p.name, WANT[i].name);
        cr_assert(p.rank == WANT[i].rank && p.shape[0] == WANT[i].rows, "%s", p.name);
        cr_assert(p.shape[1] == WANT[i].columns && p.hidden == WANT[i].hidden, "%s", p.name);
        cr_assert(p.data == mlp_data(m) + at && p.grad == mlp_grad(m) + at, "%s", p.name);
        at += p.size;
    }
    cr_assert(at == mlp_weights(m));
    for (size_t i = 0; i < at; i++) cr_assert(mlp_data(m)[i] == 0 && mlp_grad(m)[i] == 0);
    mlp_free(m);
    mlp_free(NULL);
}

// refused says whether the size at field `i` of SMALL may not be `value`, and is then named.
static int refused(int i, int value, const char *name)
{
    struct mlp_config c = SMALL;
    int *field[] = {&c.vocab, &c.context, &c.embed, &c.hidden, &c.layers};
    struct error e = {.text = ""};
    *field[i] = value;
    enum err code = mlp_config_check(&c, &e);
    cr_assert(code == ERR_NONE || code == ERR_VALUE);
    cr_assert(code == ERR_NONE || strstr(e.text, name), "%s", e.text);
    return code == ERR_VALUE;
}

Test(mlp_given, sizes_have_limits)
{
    static const struct {
        const char *name;
        int least, most;
    } SIZE[] = {{"vocabulary", 1, 1 << 20},
                {"context", 1, 1 << 10},
                {"embed", 1, 1 << 12},
                {"hidden", 1, 1 << 14},
                {"layers", 0, 1 << 8}};
    for (int i = 0; i < 5; i++) {
        cr_assert(!refused(i, SIZE[i].least, "") && !refused(i, SIZE[i].most, ""));
        cr_assert(refused(i, SIZE[i].least - 1, SIZE[i].name));
        cr_assert(refused(i, SIZE[i].most + 1, SIZE[i].name));
    }
}
