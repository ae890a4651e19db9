# Bits a character of stories against how many places were sent back through the network: all of them, those whose truth has less than 0.8, less than 0.5, and mistakes alone; after 10,000, 30,000 and 100,000 places.
# data: make -s datasets/stories >&2 && for n in 10000 30000 100000; do build/gpt lab updates --examples $n | awk -v n=$n '/^mlp|^intend|^mistakes/ { print $1, n, n * $2 / 100, $3 }'; done
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'bits a character of stories, by places that were sent back'
set xlabel 'places sent back through the network'
set logscale x
set xrange [5000:120000]
set xtics (5000, 10000, 20000, 50000, 100000)
set yrange [1:4]
set grid
set key at graph 0.98, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
plot of('mlp') using 3:4 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#999999' title 'all places', \
     of('intend') using 3:4 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#27762f' title 'the truth has less than 0.8', \
     of('intend-0.5') using 3:4 with linespoints lw 2 dt 2 pt 5 ps 0.6 lc rgb '#2c6fbb' title 'less than 0.5', \
     of('mistakes') using 3:4 with linespoints lw 2 dt 2 pt 9 ps 0.7 lc rgb '#c0392b' title 'is not the likeliest'
