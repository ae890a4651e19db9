# Bits a character of Shakespeare against the examples seen, every rule of the table; five of them by name.
# data: cat lessons/35-stack/figures/shakespeare-curves.tsv
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'bits a character of Shakespeare, by examples seen'
set xlabel 'examples'
set logscale x
set autoscale xfix
set yrange [2:5.2]
set grid
set key outside right
rules = system(sprintf("awk -F '\\t' 'NR > 1 && !seen[$1]++ { print $1 }' '%s'", data))
of(name) = sprintf("< awk -F '\\t' '$1 == \"%s\"' '%s'", name, data)
plot for [i = 1:words(rules)] of(word(rules, i)) using 2:3 with lines lw 1 lc rgb '#bbbbbb' title i == 1 ? 'the others' : '', \
     of('mlp') using 2:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'mlp', \
     of('mine') using 2:3 with linespoints lw 2 pt 5 ps 0.5 lc rgb '#b8860b' title 'mine', \
     of('reso') using 2:3 with linespoints lw 2 pt 5 ps 0.5 lc rgb '#8fb3d9' title 'reso', \
     of('stack') using 2:3 with linespoints lw 2 pt 9 ps 0.7 lc rgb '#27762f' title 'stack', \
     of('stack-mlp') using 2:3 with linespoints lw 2 dt 2 pt 11 ps 0.7 lc rgb '#333333' title 'stack-mlp'
