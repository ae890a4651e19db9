// maze: walls and edges, the fewest steps, and what imagined steps save.
#include "maze.h"

#include <criterion/criterion.h>
#include <string.h>

enum { UP, DOWN, LEFT, RIGHT };

static int at(int row, int column)
{
    return row * MAZE_COLUMNS + column;
}

Test(maze, walls_and_edges_hold)
{
    cr_expect_eq(maze_start(), at(2, 0));
    cr_expect_eq(maze_step(at(2, 1), RIGHT).next, at(2, 1), "a wall");
    cr_expect_eq(maze_step(at(2, 0), LEFT).next, at(2, 0), "the edge");
    cr_expect_eq(maze_step(at(0, 0), UP).next, at(0, 0), "the edge");
    cr_expect_eq(maze_step(at(5, 8), DOWN).next, at(5, 8), "the edge");
    cr_expect_eq(maze_step(at(1, 8), LEFT).next, at(1, 8), "a wall");
    cr_expect_eq(maze_step(at(2, 0), UP).next, at(1, 0));
    cr_expect_eq(maze_step(at(5, 3), RIGHT).next, at(5, 4));
    struct simulate_step t = maze_step(at(1, 8), UP);
    cr_expect(t.reward == 1 && t.next == SIMULATE_END && t.state == at(1, 8) && t.action == UP);
}

// Every field's distance from the start, step by step.
Test(maze, the_fewest_steps)
{
    int far[MAZE_STATES], fewest = 0;
    memset(far, -1, sizeof far);
    far[maze_start()] = 0;
    for (int steps = 0; !fewest && steps < MAZE_STATES; steps++)
        for (int s = 0; s < MAZE_STATES; s++)
            for (int a = 0; a < MAZE_ACTIONS && far[s] == steps; a++) {
                int next = maze_step(s, a).next;
                if (next == SIMULATE_END)
                    fewest = steps + 1;
                else if (far[next] < 0)
                    far[next] = steps + 1;
            }
    cr_expect_eq(fewest, MAZE_FEWEST, "%d", fewest);
}

// episodes returns how many a learner needed until one took at most 20 steps.
static int episodes(int imagined, struct random *r)
{
    struct maze_learner m;
    maze_begin(&m);
    for (int count = 1;; count++)
        if (maze_episode(&m, imagined, r) <= 20) return count;
}

Test(maze, imagined_steps_save_real_ones)
{
    struct random r = random_start(1, RANDOM_TEST);
    int without = 0, with = 0;
    for (int k = 0; k < 20; k++) without += episodes(0, &r), with += episodes(50, &r);
    cr_expect(without > 4 * with, "%d episodes without, %d with 50 imagined steps", without, with);
}

// letters counts the fields from which a reward is expected, after one episode.
static int letters(int imagined, char text[MAZE_ROWS][MAZE_TEXT])
{
    struct maze_learner m;
    struct random r = random_start(1, RANDOM_TEST);
    int count = 0;
    maze_begin(&m);
    maze_episode(&m, imagined, &r);
    maze_map(&m, text);
    for (int i = 0; i < MAZE_STATES; i++)
        count += strchr("udlr", text[i / MAZE_COLUMNS][i % MAZE_COLUMNS]) != NULL;
    return count;
}

Test(maze, one_episode_teaches_one_step_or_the_whole_way)
{
    char text[MAZE_ROWS][MAZE_TEXT];
    cr_expect_eq(letters(0, text), 1, "%d fields", letters(0, text));
    cr_expect_eq(text[1][8], 'u', "the last step goes up to the goal");
    cr_expect(letters(50, text) > 1, "%d fields", letters(50, text));
}
