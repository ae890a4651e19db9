# Bits a character of 20,000 characters of stories, and of held-back ones, against how often these were shown.
# data: make -s datasets/stories >&2 && build/gpt lab overfit --examples 640000 | awk 'NF == 4 && $2 + 0 == $2'
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'bits a character, 20,000 characters shown again and again'
set xlabel 'passes'
set logscale x 2
set xrange [0.9:36]
set yrange [0:4]
set grid
set key at graph 0.6, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
row(name) = real(system(sprintf("awk '$1 == \"%s\" { print $4 }' '%s'", name, data)))
plot of('mlp') using 2:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'held-back stories', \
     of('mlp') using 2:3 with linespoints lw 2 dt 2 pt 5 ps 0.5 lc rgb '#c0392b' title 'what it was shown', \
     row('trigram') with lines lw 2 dt 2 lc rgb '#8fb3d9' title 'held back: a trigram, one pass', \
     row('reso') with lines lw 2 dt 2 lc rgb '#27762f' title 'held back: a rule of the next lesson, one pass'
