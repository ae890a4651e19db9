# 32 weights of the shipped model, and the lines on which Q4_0 puts them.
# data: build/gpt blocks --model checkpoints/stories --matrix wte.weight --row 330 | awk 'NR == 1 { print "#", $5 } NR > 1 { print NR - 1, $1, $5 }'
set terminal svg size 760,420 background rgb 'white' font 'sans,14'
d = abs(system("sed -n 's/^# //p' '" . data . "'") + 0)
set xlabel 'number in the block'
set ylabel 'value'
set xrange [0:33]
set yrange [-8.4 * d:8.4 * d]
set xtics (1, 8, 16, 24, 32)
set key outside top center horizontal
do for [i=-7:8] { set arrow i + 20 from 0, i * d to 33, i * d nohead lc rgb '#cccccc' }
plot data using 1:2:(0):($3 - $2) with vectors nohead lw 2 lc rgb '#e6550d' notitle, \
     data using 1:2 with points pt 7 ps 0.6 lc rgb '#08306b' title 'weight', \
     data using 1:3 with points pt 6 ps 0.9 lc rgb '#e6550d' title 'in Q4\_0'
