# How far off slopes by differences are, against h.
# data: build/gpt slope --at 2 --per-ten 4
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'slope of x³ at 2, by differences: how far off'
set xlabel 'h'
set ylabel 'off by'
set logscale xy
set xrange [1e-15:1]
set yrange [1e-12:1e2]
set format x '10^{%T}'
set format y '10^{%T}'
set xtics 1e-15, 1000, 1
set ytics 1e-12, 100, 100
set grid
set key bottom left
plot data using 1:4 with linespoints lw 1.5 pt 4 ps 0.4 lc rgb '#d9a441' title 'float, forward', \
     data using 1:5 with linespoints lw 1.5 pt 5 ps 0.4 lc rgb '#a8620c' title 'float, central', \
     data using 1:2 with linespoints lw 1.5 pt 6 ps 0.4 lc rgb '#8fb3d9' title 'double, forward', \
     data using 1:3 with linespoints lw 2 pt 7 ps 0.4 lc rgb '#1f4e8c' title 'double, central'
