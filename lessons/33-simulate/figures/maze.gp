# Steps an episode takes, by episode, with 0, 5 and 50 imagined steps after each real one: means of 200 learners.
# data: build/gpt lab maze | awk '/episode +steps/ { on = 1; next } NF == 0 { on = 0 } on { print $1, $2, $3, $4 }'
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'steps to the goal, by episode'
set xlabel 'episode'
set logscale xy
set xrange [1:50]
set yrange [10:1200]
set xtics (1, 2, 3, 5, 10, 20, 50)
set ytics (14, 20, 50, 100, 200, 500, 1000)
set grid
set key at graph 0.98, graph 0.97
plot data using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'no imagined steps', \
     data using 1:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#888888' title '5 after each real one', \
     data using 1:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#27762f' title '50 after each real one', \
     14 with lines lw 1 dt 2 lc rgb '#444444' title 'the fewest there can be: 14'
