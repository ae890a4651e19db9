# Who computes which row of a triangle, on two threads: in blocks, by turns, by jobs.
set terminal svg size 800,330 background rgb 'white' font 'sans,14' noenhanced
T = 48
size = 6
# Jobs of 6 rows, the longest first: who is free takes the next.
array job[8]
load0 = 0.0
load1 = 0.0
do for [j=8:1:-1] {
    work = size * ((j - 1) * size + 0.5 * (size + 1))
    job[j] = load1 < load0
    if (job[j]) { load1 = load1 + work } else { load0 = load0 + work }
}
who(way, t) = way == 0 ? t >= T / 2 : way == 1 ? t % 2 : job[t / size + 1]
blue = '#6baed6'
red = '#e6783c'
set multiplot layout 1,3
unset tics
unset border
unset key
set xrange [-1:T + 1]
set yrange [T + 4:-5]
do for [way=0:2] {
    set title (way == 0 ? 'blocks: 25 % and 75 %' : way == 1 ? 'turns: 49 % and 51 %' : \
        sprintf('jobs, longest first: %.0f %% and %.0f %%', 100 * load0 / (load0 + load1), 100 * load1 / (load0 + load1)))
    do for [t=0:T-1] {
        set object t + 1 rectangle from 0,t to t + 1,t + 1 fillstyle solid noborder fillcolor rgb (who(way, t) ? red : blue)
    }
    set label 1 'thread 0' at 30,4 textcolor rgb '#1f5fa8'
    set label 2 'thread 1' at 30,9 textcolor rgb '#c0392b'
    set label 3 'row' at -0.6,-2 right offset 2,0 textcolor rgb '#777777'
    plot NaN notitle
}
unset multiplot
