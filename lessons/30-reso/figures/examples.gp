# Bits a character against the examples seen: the network by backprop, n-grams, ResoNet, on stories.
# data: make -s datasets/stories >&2 && mkdir -p build && build/gpt lab --table --only mlp,bigram,4-gram,reso --examples 100000 --out build/lab-examples >&2 && cut -f 1-3 build/lab-examples/results.tsv
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'bits a character of stories, by examples seen'
set xlabel 'examples'
set logscale x
set xrange [800:130000]
set yrange [0:5]
set grid
set key at graph 0.98, graph 0.97
set label 'floor' at 1000, 0.247 offset 0, 0.6 textcolor rgb '#555555'
of(name) = sprintf("< awk -F '\\t' '$1 == \"%s\"' '%s'", name, data)
plot of('bigram') using 2:3 with linespoints lw 2 pt 5 ps 0.5 lc rgb '#999999' title 'bigram', \
     of('mlp') using 2:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'a network, by backprop', \
     of('4-gram') using 2:3 with linespoints lw 2 pt 9 ps 0.7 lc rgb '#8fb3d9' title '4-gram', \
     of('reso') using 2:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#27762f' title 'ResoNet', \
     0.247 with lines lw 2 dt 2 lc rgb '#555555' notitle
