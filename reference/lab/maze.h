// maze: a world of 54 fields in which a reward is far away, for whoever learns by trying.
//
//       . . . . . . . # G          S  where an episode begins
//       . . # . . . . # .          G  where it ends, with a reward of 1; all other steps give 0
//       S . # . . . . # .          #  a wall
//       . . # . . . . . .
//       . . . . . # . . .          14 steps are the fewest.
//       . . . . . . . . .
//
// A step goes to a neighbouring field; where a wall or the edge is, one stays.
// Source: Sutton & Barto 2018, "Reinforcement Learning", example 8.1 and figure 8.2.
#ifndef GPT_MAZE_H
#define GPT_MAZE_H

#include "random.h"
#include "simulate.h"

enum {
    MAZE_ROWS = 6,
    MAZE_COLUMNS = 9,
    MAZE_STATES = MAZE_ROWS * MAZE_COLUMNS,  // row * MAZE_COLUMNS + column
    MAZE_ACTIONS = 4,                        // up, down, left, right
    MAZE_FEWEST = 14,
};

// maze_start returns the state in which an episode begins; maze_wall whether a field is a wall.
int maze_start(void);
int maze_wall(int state);

// maze_step tells what becomes of an action.
struct simulate_step maze_step(int state, int action);

// struct maze_learner: a learner by Q, and the room it needs.
struct maze_learner {
    struct simulate s;
    float q[MAZE_STATES * MAZE_ACTIONS];
    struct simulate_step model[MAZE_STATES * MAZE_ACTIONS];
};

// maze_begin sets all to nothing learnt: alpha 0.1, gamma 0.95.  The learner may not be moved.
void maze_begin(struct maze_learner *m);

// maze_episode plays one episode, with one action in ten drawn by lot, and `imagined` imagined
// steps after each real one; returns how many real steps it took.
int maze_episode(struct maze_learner *m, int imagined, struct random *r);

// maze_map writes a line of text for each row: the fields, and in each from which a reward is
// expected a letter that says which way: u, d, l, r.
//   text  (MAZE_ROWS, MAZE_TEXT)
enum { MAZE_TEXT = MAZE_COLUMNS + 1 };
void maze_map(const struct maze_learner *m, char text[MAZE_ROWS][MAZE_TEXT]);

#endif
