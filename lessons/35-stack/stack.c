#include "stack.h"

#include "todo.h"

#include <math.h>
#include <stdlib.h>

#include "loss.h"
#include "mathf.h"

int stack_cell(int V, int depth, const float *net)
{
    TODO();
}

void stack_mix(int V, const float *w, const float *memory, const float *net, float *p)
{
    TODO();
}

void stack_learn(int V, const float *memory, const float *net, const float *p, int32_t target,
                 struct stack_weights *weights)
{
    TODO();
}

const struct lab_rule *stack_mine(void)
{
    TODO();
}
