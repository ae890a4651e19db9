# Bits a character of stories against the products it took: a network of 128 units a layer, and one that grows from 16 to 128.
# data: make -s datasets/stories >&2 && build/gpt lab growth --examples 500000 | awk '/^(mlp|grow) / && $2 ~ /^[0-9]+$/ { print $1, $3, $4, $5 }'
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'bits a character of stories, by millions of products on the way up'
set xlabel 'millions of products'
set logscale x
set xrange [5:15000]
set yrange [0:5]
set grid
set key at graph 0.98, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
plot of('mlp') using 3:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title '128 units from the start', \
     of('grow') using 3:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#27762f' title 'grown, from 16', \
     of('grow') using 3:4:2 with labels offset 0, -1 tc rgb '#27762f' notitle
