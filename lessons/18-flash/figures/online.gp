# What a query has seen after each block of 64 scores that were drawn at random: above the largest, below the sum relative to it.
# data: build/gpt flash --keys 64 --block 4 | awk 'NR > 1 { print NR - 1, $2, $4, $5, ($3 < 1 && NR > 2) }'
set terminal svg size 760,480 background rgb 'white' font 'sans,14'
set multiplot layout 2,1
set xrange [0.4:16.6]
set xtics 1, 1, 16
set grid ytics linecolor rgb '#dddddd'
set lmargin 8
set style fill solid
set ylabel 'score'
set yrange [0:4]
set key top left horizontal
plot data using 1:2 with impulses linewidth 9 linecolor rgb '#9ecae1' title 'largest of the block', \
     data using 1:3 with steps linewidth 2 linecolor rgb '#e6550d' title 'max: largest so far'
set ylabel 'sum'
set xlabel 'block of four keys'
set yrange [0:10]
set ytics 0, 2, 10
set boxwidth 0.6
plot data using 1:($5 == 1 ? 1 / 0 : $4) with boxes linecolor rgb '#08306b' title 'sum', \
     data using 1:($5 == 1 ? $4 : 1 / 0) with boxes linecolor rgb '#e6550d' title 'sum, after a rescaling'
unset multiplot
