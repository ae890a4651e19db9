#include "maze.h"

#include <string.h>

#include "error.h"
#include "ride.h"

static const char FIELDS[MAZE_ROWS][MAZE_TEXT] = {
    ".......#G", "..#....#.", "S.#....#.", "..#......", ".....#...", ".........",
};
static const float ALPHA = 0.1f, GAMMA = 0.95f, EPSILON = 0.1f;

static char field(int state)
{
    CHECK(state >= 0 && state < MAZE_STATES, "state=%d", state);
    return FIELDS[state / MAZE_COLUMNS][state % MAZE_COLUMNS];
}

int maze_start(void)
{
    int state = 0;
    while (field(state) != 'S') state++;
    return state;
}

int maze_wall(int state)
{
    return field(state) == '#';
}

struct simulate_step maze_step(int state, int action)
{
    static const int DOWN[MAZE_ACTIONS] = {-1, 1, 0, 0}, RIGHT[MAZE_ACTIONS] = {0, 0, -1, 1};
    CHECK(action >= 0 && action < MAZE_ACTIONS, "action=%d", action);
    CHECK(!maze_wall(state), "state=%d is a wall", state);
    int row = state / MAZE_COLUMNS + DOWN[action], column = state % MAZE_COLUMNS + RIGHT[action];
    int inside = row >= 0 && row < MAZE_ROWS && column >= 0 && column < MAZE_COLUMNS;
    int next = inside ? row * MAZE_COLUMNS + column : state;
    if (maze_wall(next)) next = state;
    if (field(next) == 'G') return (struct simulate_step){state, action, 1, SIMULATE_END};
    return (struct simulate_step){state, action, 0, next};
}

void maze_begin(struct maze_learner *m)
{
    memset(m, 0, sizeof *m);
    m->s = (struct simulate){.S = MAZE_STATES,
                             .A = MAZE_ACTIONS,
                             .alpha = ALPHA,
                             .gamma = GAMMA,
                             .q = m->q,
                             .model = m->model};
}

int maze_episode(struct maze_learner *m, int imagined, struct random *r)
{
    int steps = 0;
    for (int state = maze_start(); state != SIMULATE_END; steps++) {
        struct simulate_step t = maze_step(state, simulate_action(&m->s, state, EPSILON, r));
        simulate_update(&m->s, t);
        simulate_remember(&m->s, t);
        simulate_imagine(&m->s, imagined, r);
        state = t.next;
    }
    return steps;
}

void maze_map(const struct maze_learner *m, char text[MAZE_ROWS][MAZE_TEXT])
{
    memcpy(text, FIELDS, sizeof FIELDS);
    for (int state = 0; state < MAZE_STATES; state++) {
        const float *q = m->q + state * MAZE_ACTIONS;
        int32_t best = ride_argmax(MAZE_ACTIONS, q);
        if (q[best] > 0) text[state / MAZE_COLUMNS][state % MAZE_COLUMNS] = "udlr"[best];
    }
}
