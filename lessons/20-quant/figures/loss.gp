# Loss of the shipped model with all matrices rounded to blocks of 32, against bits a weight.
# data: make -s datasets/stories >&2 && for b in 2 3 4 5 6 8; do build/gpt blocks --model checkpoints/stories --bits $b --block 32 --data stories | awk -v b=$b 'NR == 2 { print $2, $4, b }'; done
set terminal svg size 700,400 background rgb 'white' font 'sans,14'
set xlabel 'bits a weight, with its share of the scale'
set ylabel 'bits a byte, on held-back stories'
set xrange [2:9]
set yrange [0.22:0.52]
set grid ytics linecolor rgb '#dddddd'
set key top right
plot data using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb '#08306b' title 'integers of 2 to 8 bits, blocks of 32', \
     data using 1:2:(sprintf('%d', $3)) with labels offset 0.9, 0.8 textcolor rgb '#08306b' notitle, \
     0.3544 with lines lw 2 dt 2 lc rgb '#e6550d' title 'floats of 32 bits', \
     0.2470 with lines lw 2 dt 3 lc rgb '#555555' title 'floor'
