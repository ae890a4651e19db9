# Bits a character of stories, and the share of places that were sent back through the network: all of them, those whose truth has less than 0.8, less than 0.5, and mistakes alone; after 10,000, 30,000 and 100,000 places.
# data: make -s datasets/stories >&2 && for n in 10000 30000 100000; do build/gpt lab updates --examples $n | awk -v n=$n '/^mlp|^intend|^mistakes/ { print $1, n, $2, $3 }'; done
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set multiplot layout 1,2
set xlabel 'places seen'
set logscale x
set xrange [9000:112000]
set xtics (10000, 30000, 100000)
set grid
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
set title 'bits a character of stories'
set yrange [1:4]
set key at graph 0.98, graph 0.98
plot of('mistakes') using 2:4 with linespoints lw 2 pt 9 ps 0.7 lc rgb '#c0392b' title 'mistakes', \
     of('intend-0.5') using 2:4 with linespoints lw 2 pt 5 ps 0.6 lc rgb '#2c6fbb' title 'below 0.5', \
     of('intend') using 2:4 with linespoints lw 4 pt 7 ps 0.8 lc rgb '#27762f' title 'below 0.8', \
     of('mlp') using 2:4 with linespoints lw 2 pt 7 ps 0.4 lc rgb '#999999' title 'all'
set title 'of 100 places, sent back so far'
set yrange [0:105]
unset key
plot of('mistakes') using 2:3 with linespoints lw 2 pt 9 ps 0.7 lc rgb '#c0392b', \
     of('intend-0.5') using 2:3 with linespoints lw 2 pt 5 ps 0.6 lc rgb '#2c6fbb', \
     of('intend') using 2:3 with linespoints lw 4 pt 7 ps 0.8 lc rgb '#27762f', \
     of('mlp') using 2:3 with linespoints lw 2 pt 7 ps 0.4 lc rgb '#999999'
