# Of what the slope promises, how much a step of gradient descent keeps, against its rate: a network of 81,208 weights, on stories.
# data: make -s datasets/stories >&2 && build/gpt lab drop | awk '$2 + 0 == $2 && $1 + 0 == $1 && $4 == "of" { print $1, $2 }'
set terminal svg size 800,400 background rgb 'white' font 'sans,14'
set title 'how much of the promised drop of the loss a step keeps'
set xlabel 'rate'
set logscale x 2
set xrange [0.008:25]
set xtics (0.01, 0.04, 0.16, 0.64, 2.56, 10.24)
set yrange [-1.25:1.2]
set grid
set key off
set label 'promised' at 0.009, 1 offset 0, 0.6 textcolor rgb '#555555'
set label 'the loss rises' at 0.009, 0 offset 0, -0.7 textcolor rgb '#555555'
plot 1 with lines lw 2 dt 2 lc rgb '#555555', 0 with lines lw 2 lc rgb '#999999', \
     data using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#c0392b'
